//! `systemd_unit` against a real systemd.

use super::boot;
use super::convergence::{converge, fail};
use crate::patience::until;

const UNIT: &str = r#"
systemd_unit "clock.service" {
  sections = {
    Service = { ExecStart = "/bin/sleep 1000" },
    Install = { WantedBy = "multi-user.target" },
  },
  action = { "create", "enable", "start" },
}
"#;

#[test]
fn a_unit_and_its_drop_in_are_made_and_loaded() {
    let Some([host]) = boot() else { return };
    assert_eq!(converge(&host, UNIT).len(), 3);
    host.must("systemctl is-active clock && systemctl is-enabled clock");
    let drop_in = r#"
systemd_unit "clock.service" {
  drop_in = "quick",
  sections = { Service = { ExecStart = { "", "/bin/sleep 500" }, Environment = "PACE=quick" } },
  notifies = { "restart", "service[clock]" },
}
service "clock" { action = "nothing" }
"#;
    assert_eq!(converge(&host, drop_in).len(), 2);
    host.must("systemctl show -P Environment clock | grep -qx PACE=quick");
    until("the new program", || host.script("pgrep -fx '/bin/sleep 500'").status.success());
    assert_eq!(host.must("systemctl show -P NeedDaemonReload clock"), "no\n");
    let gone = "systemd_unit \"clock.service\" { action = { \"stop\", \"disable\", \"delete\" } }\n";
    assert_eq!(converge(&host, gone).len(), 3);
    assert!(!host.script("systemctl cat clock").status.success());
}

#[test]
fn a_reload_that_an_interrupted_run_owed_is_made_up_for() {
    let Some([host]) = boot() else { return };
    converge(&host, UNIT);
    // As a run leaves it that was killed between the file and the reload.
    host.must("sed -i s/1000/1001/ /etc/systemd/system/clock.service");
    assert_eq!(host.must("systemctl show -P NeedDaemonReload clock"), "yes\n");
    assert_eq!(converge(&host, &UNIT.replace("1000", "1001")), ["systemd_unit[clock.service] create"]);
    assert_eq!(host.must("systemctl show -P NeedDaemonReload clock"), "no\n");
}

#[test]
fn sockets_and_timers_work() {
    let Some([host]) = boot() else { return };
    let recipe = r#"
systemd_unit "echo.socket" {
  sections = { Socket = { ListenStream = "/run/echo", Accept = true }, Install = { WantedBy = "sockets.target" } },
  action = { "create", "enable", "start" },
}
systemd_unit "echo@.service" {
  sections = { Service = { ExecStart = "/bin/cat", StandardInput = "socket" } },
}
systemd_unit "tick.service" {
  sections = { Service = { Type = "oneshot", ExecStart = "/usr/bin/touch /run/ticked" } },
}
systemd_unit "tick.timer" {
  sections = {
    Timer = { OnActiveSec = "100ms", AccuracySec = "10ms" },
    Install = { WantedBy = "timers.target" },
  },
  action = { "create", "enable", "start" },
}
"#;
    assert_eq!(converge(&host, recipe).len(), 8);
    let ask = "import socket; s = socket.socket(socket.AF_UNIX); s.connect('/run/echo'); s.send(b'hello'); print(s.recv(9))";
    assert_eq!(host.must(&format!("python3 -c \"{ask}\"")), "b'hello'\n");
    until("the tick", || host.script("test -e /run/ticked").status.success());
}

#[test]
fn a_unit_that_systemd_refuses_is_not_written() {
    let Some([host]) = boot() else { return };
    let recipe = r#"
systemd_unit "wrong.service" { sections = { Service = { Type = "oneshot" } }, verify = true }
"#;
    let said = fail(&host, recipe);
    assert!(said.contains("wrong.service"), "{said}");
    host.must("test ! -e /etc/systemd/system/wrong.service");
}
