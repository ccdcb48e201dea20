//! A root that is mounted read-only, as after a disk error: told before anything begins.

use super::{Control, boot, says};

use crate::patience::CallInTime as _;

#[test]
fn a_run_and_a_plan_say_so() {
    let Some([host]) = boot() else { return };
    let control = Control::new(&host, "directory \"/srv/made\"\n");
    // For all that comes over ssh. The agent may lie in /tmp.
    let shut = |but: &str| {
        let unit = format!("[Service]\nReadOnlyPaths=/\nReadWritePaths=/dev /proc /run /sys /tmp {but}\n");
        host.write("/etc/systemd/system/ssh.service.d/read_only.conf", unit.as_bytes());
        host.must("mkdir -p -m 0700 /var/lib/chefrs; systemctl daemon-reload; systemctl restart ssh");
        assert!(!host.ssh(&["touch /srv/x 2>/dev/null"]).status_in_time().unwrap().success());
    };
    shut("");
    let told = control.call("run", &[]).with(1);
    says(
        &told,
        &[
            &format!(
                "error: `ssh://{}`: can't make the state directory `/var/lib/chefrs/runs`: ",
                host.name()
            ),
            "the file system is mounted read-only\n",
            "hint: remount it writable; if it should not be read-only, look for a disk error in `dmesg`\n\
             hint: otherwise mount a writable file system at that path; it can't be kept elsewhere\n",
        ],
    );
    let would =
        "error: directory[/srv/made] would fail to create: `/srv/made` can't be written, not even by root\n";
    says(&control.call("plan", &[]).with(1), &[would]);
    shut("/var/lib/chefrs");
    let told = control.call("run", &[]).with(1);
    says(
        &told,
        &["error: directory[/srv/made] failed to create: `/srv/made` can't be written, not even by root\n"],
    );
    assert_eq!(host.must("cat /var/lib/chefrs/journal 2>/dev/null || :"), "");
}
