//! A directory that holds a system is a target like any other.

use std::process::{Command, Stdio};

/// Makes a system of this one: everything is shared but the state directory. Arguments: root, program, project.
const ENTER: &str = "\
set -e
mount --make-rprivate /
mkdir -p /var/lib/chefrs
mount --rbind / \"$1\"
mount -t tmpfs -o mode=0700 tmpfs \"$1/var/lib/chefrs\"
cd \"$3\"
\"$2\" run -t \"chroot:$1\" -r motd
test -x \"$1\"/var/lib/chefrs/agent/chefrs-*
\"$2\" run -t \"chroot:$1\" -r motd
\"$2\" run -t \"chroot:$1\" -r slow 2>&1 & run=$!
until [ -e begun ]; do sleep 0.05; done
kill -9 $(cat /proc/$run/task/*/children)
touch go
wait $run
";

#[test]
fn a_chroot_is_converged_and_left_alone() {
    if !nix::unistd::geteuid().is_root() {
        println!("skipped: it needs root");
        return;
    }
    let root = tempfile::tempdir().unwrap();
    let project = tempfile::tempdir().unwrap();
    let place = project.path().to_str().unwrap();
    std::fs::create_dir(project.path().join("recipes")).unwrap();
    let recipe = format!("file \"{place}/motd\" {{ content = \"hello\\n\" }}\n");
    std::fs::write(project.path().join("recipes/motd.lua"), recipe).unwrap();
    let slow = format!(
        "execute \"slow\" {{ cwd = \"{place}\", command = \"touch begun; until [ -e go ]; do sleep 0.05; done\" }}\n"
    );
    std::fs::write(project.path().join("recipes/slow.lua"), slow).unwrap();
    let output = Command::new("unshare")
        .args(["--mount", "--", "/bin/sh", "-c", ENTER, "enter"])
        .args([root.path(), env!("CARGO_BIN_EXE_chefrs").as_ref(), project.path()])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains(&format!("converging chroot:{}: motd", root.path().to_str().unwrap())), "{text}");
    assert!(text.contains("1 updated, 0 up to date, 0 failed"), "{text}");
    assert!(text.contains("0 updated, 1 up to date, 0 failed"), "{text}");
    // The agent's connection was ended, its run not.
    assert!(
        text.contains("was lost, and the run goes on there") && text.contains("is reached again"),
        "{text}"
    );
    assert_eq!(text.matches("1 updated, 0 up to date, 0 failed").count(), 2, "{text}");
}
