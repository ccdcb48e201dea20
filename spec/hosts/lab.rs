//! The hosts themselves: what the other specs count on.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::boot;

use crate::patience::CallInTime as _;

#[test]
fn hosts_are_real_and_apart() {
    let Some([one, two]) = boot() else { return };
    one.must(r#"test "$(systemctl is-system-running --wait)" = running"#);
    assert_ne!(one.must("cat /etc/machine-id"), two.must("cat /etc/machine-id"));
    let other = two.name();
    one.must(&format!("ping -c1 -W60 {other}"));
    assert_eq!(one.must("hostname").trim(), one.name());
    assert!(one.ssh(&["true"]).status_in_time().unwrap().success());
    // What would reach this machine is shut.
    for forbidden in ["mknod /root/vda b 254 0", "date -s @$(date +%s)", "sysctl -w kernel.panic=0"] {
        assert!(!one.script(forbidden).status.success(), "{forbidden}");
        assert!(!one.ssh(&[forbidden]).output_in_time().unwrap().status.success(), "{forbidden}, over ssh");
    }
}

/// As systemd does to all processes of a host that restarts, before it ends them.
#[test]
fn a_command_that_was_stopped_for_a_moment_is_waited_for_to_its_end() {
    let Some([host]) = boot() else { return };
    // It is continued when it has stopped, whenever that is.
    let continued =
        "until grep -q '^State:.T' /proc/$$/status; do sleep 0.05; done; sleep 0.2; kill -CONT $$";
    assert_eq!(host.must(&format!("({continued}) & kill -STOP $$; echo went on")), "went on\n");
    // And how it ended is told.
    assert_eq!(host.script("exit 3").status.code(), Some(3));
    assert_eq!(host.script("kill -KILL $$").status.code(), Some(137));
}

#[test]
fn a_host_is_cut_off_killed_and_comes_back() {
    let Some([host]) = boot() else { return };
    let answers = |mut ssh: Command| ssh.stderr(Stdio::null()).status_in_time().unwrap().success();
    let reachable = || answers(host.ssh(&["true"]));
    let reachable_soon = || answers(host.ssh_within(Duration::from_secs(2), &["true"]));
    assert!(reachable());
    host.cut();
    assert!(!reachable_soon());
    host.heal();
    assert!(reachable());
    host.must("touch /run/volatile /root/durable");
    host.kill();
    assert!(!reachable_soon());
    host.start();
    host.must("test -e /root/durable && test ! -e /run/volatile");
    host.freeze();
    assert!(!reachable_soon());
    host.thaw();
    host.net(&["delay", "60ms"]);
    let began = Instant::now();
    assert!(reachable());
    assert!(began.elapsed().as_millis() > 600, "{:?}", began.elapsed());
}
