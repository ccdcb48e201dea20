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
    let units = parse_show(text, &[]);
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

#[test]
fn scripts_under_systemd_are_enabled_by_their_links() {
    let text = "Id=a.service\nNames=a.service\nLoadState=loaded\nActiveState=active\nUnitFileState=generated\nSourcePath=/etc/init.d/a\n\nId=b.service\nNames=b.service\nLoadState=loaded\nActiveState=active\nUnitFileState=generated\nSourcePath=/etc/init.d/b\n\nId=c.mount\nNames=c.mount\nLoadState=loaded\nActiveState=active\nUnitFileState=generated\nSourcePath=/etc/fstab\n";
    let enabled: Vec<Enabled> = parse_show(text, &["S01a".to_owned(), "K01b".to_owned()])
        .iter()
        .map(|(_, state)| state.enabled)
        .collect();
    assert_eq!(enabled, [Enabled::Yes, Enabled::No, Enabled::Static]);
    let scripts: Vec<bool> = parse_show(text, &[]).iter().map(|(_, state)| state.script).collect();
    assert_eq!(scripts, [true, true, false]);
}
