//! A disk that is full: under a file, the agent, the journal. What could not be done is not half done.

use super::{Control, Host, boot, says};

const RECIPE: &str = r#"
file "/mnt/disk/small" { content = "x" }
file "/mnt/disk/large" { content = string.rep("0123456789", 300000), notifies = { "run", "execute[paid]" } }
file "/srv/last" { content = "x" }
execute "paid" { action = "nothing", command = "echo paid >> /srv/log" }
"#;

/// Directories where the agent may lie, in the order in which they are tried.
const PLACES: [&str; 3] = ["/var/lib/chefrs/agent", "/root/.cache/chefrs", "/tmp/chefrs-0"];

fn mount(host: &Host, place: &str, size: &str) {
    host.must(&format!("mkdir -p {place} && mount -t tmpfs -o mode=0700,size={size} tmpfs {place}"));
}

#[test]
fn under_a_file_it_stops_there_and_goes_on_once_there_is_room() {
    let Some([host]) = boot() else { return };
    let control = Control::new(&host, RECIPE);
    mount(&host, "/mnt/disk", "1m");
    let told = control.call("run", &[]).with(1);
    says(
        &told,
        &[
            "error: file[/mnt/disk/large] failed to create: can't write `/mnt/disk/large`: the disk is full\n",
            "  --> recipes/spec.lua:3\n",
            "hint: free some space there; `df` and `df -i` show what is used up\n",
            "1 updated, 0 up to date, 2 not run, 1 failed",
        ],
    );
    assert_eq!(host.must("ls -A /mnt/disk"), "small\n");
    host.must("test ! -e /srv/last && test ! -e /srv/log && mount -o remount,size=20m /mnt/disk");
    says(&control.run(), &["3 updated, 1 up to date, 0 failed"]);
    assert_eq!(host.must("cat /srv/log; cat /var/lib/chefrs/journal"), "paid\n");
}

#[test]
fn under_the_agent_it_goes_elsewhere_or_works_through_a_shell() {
    let Some([host]) = boot() else { return };
    let control = Control::new(&host, "file \"/srv/made\" { content = \"x\" }\n");
    for place in PLACES {
        mount(&host, place, "1m");
    }
    let told = control.call("run", &["--engine", "agent"]).with(1);
    let nowhere = format!("error: `ssh://{}`: no directory there can hold and run the agent\n", host.name());
    says(&told, &[&nowhere, "hint: one of these must have space for it, ", &PLACES.join(" ")]);
    host.must("test ! -e /srv/made");
    let told = control.run();
    says(&told, &["through a shell: no directory there can hold and run the agent)\n", "1 updated, "]);
    host.must("rm /srv/made");
    for place in PLACES {
        assert_eq!(host.must(&format!("ls -A {place}")), "", "left in {place}");
    }
    // The second place has room.
    host.must("umount /root/.cache/chefrs");
    says(&control.run(), &["1 updated, "]);
    assert_eq!(host.must("ls /root/.cache/chefrs | grep -vc ok; ls -A /var/lib/chefrs/agent"), "1\n");
}

#[test]
fn under_the_journal_nothing_is_changed_that_would_owe() {
    let Some([host]) = boot() else { return };
    let control = Control::new(&host, RECIPE);
    mount(&host, "/mnt/disk", "20m");
    // The agent lies elsewhere; one page is left, and the lock takes it.
    mount(&host, "/var/lib/chefrs", "64k");
    host.must("head -c 60k /dev/zero > /var/lib/chefrs/filling");
    let told = control.call("run", &[]).with(1);
    says(
        &told,
        &[
            "error: file[/mnt/disk/large] failed to create: its notifications can't be recorded, so nothing was changed: can't write `/var/lib/chefrs/journal`: the disk is full\n",
            "hint: free some space there; `df` and `df -i` show what is used up\n",
            "this run can't be added to the history: can't write `/var/lib/chefrs/history`: the disk is full\n",
        ],
    );
    assert_eq!(host.must("ls -A /mnt/disk"), "small\n");
    // With no room even for the lock, nothing begins.
    host.must("rm /mnt/disk/small; head -c 4k /dev/zero >> /var/lib/chefrs/filling");
    let told = control.call("run", &[]).with(1);
    let locked =
        format!("error: `ssh://{}`: can't write `/var/lib/chefrs/lock`: the disk is full\n", host.name());
    says(&told, &[&locked, "hint: free some space there"]);
    assert_eq!(host.must("ls -A /mnt/disk"), "");

    host.must("rm /var/lib/chefrs/filling");
    control.run();
    assert_eq!(host.must("cat /srv/log; cat /var/lib/chefrs/journal"), "paid\n");
}
