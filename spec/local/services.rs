//! What systemd tells of units, as text.

use chefrs::model::query::Enabled;
use chefrs::target::local::systemd::{example, parse_show, unit};

#[test]
fn names_become_units() {
    assert_eq!(unit("nginx"), "nginx.service");
    assert_eq!(unit("apt-daily.timer"), "apt-daily.timer");
    assert_eq!(unit("site@a.b"), "site@a.b.service");
}

#[test]
fn templates_are_seen_through_an_instance() {
    assert_eq!(example("site@.service"), "site@chefrs-looks.service");
    assert_eq!(example("site@a.service"), "site@a.service");
    assert_eq!(example("a@.b@.socket"), "a@.b@chefrs-looks.socket");
}

#[test]
fn show() {
    let text = "Id=nginx.service\nNames=nginx.service web.service\nLoadState=loaded\nActiveState=active\nSubState=running\nUnitFileState=enabled\nNeedDaemonReload=yes\n\nId=gone.service\nNames=gone.service\nLoadState=not-found\nActiveState=inactive\nSubState=dead\nUnitFileState=\nNeedDaemonReload=no\n\nId=m.service\nNames=m.service\nLoadState=masked\nActiveState=failed\nSubState=failed\nUnitFileState=masked\nNeedDaemonReload=no\n\nId=s.service\nNames=s.service\nLoadState=loaded\nActiveState=activating\nSubState=auto-restart\nUnitFileState=static\nNeedDaemonReload=no\n";
    let units = parse_show(text);
    let names: Vec<&[String]> = units.iter().map(|(names, _)| names.as_slice()).collect();
    assert_eq!(names[0], ["nginx.service", "web.service"]);
    let states: Vec<_> = units
        .iter()
        .map(|(_, state)| (state.exists, state.running, state.enabled, state.needs_reload, state.failed))
        .collect();
    assert_eq!(
        states,
        [
            (true, true, Enabled::Yes, true, false),
            (false, false, Enabled::No, false, false),
            (true, false, Enabled::Masked, false, true),
            (true, true, Enabled::Static, false, false),
        ]
    );
}
