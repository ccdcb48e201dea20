//! What systemd tells of units, and OpenRC of scripts, as text.

use chefrs::model::query::{Enabled, Init, OfflineUnit};
use chefrs::model::service_manager::systemd::{example, parse_show, unit};
use chefrs::model::service_manager::{of_machine, openrc};

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

#[test]
fn openrc_tells_by_exit_statuses_and_links() {
    let links = ["boot/net.eth0", "default/sshd", "nonetwork/sshd", "nonetwork/local"].map(str::to_owned);
    let told = |name: &str, status: Option<i32>| {
        let state = openrc::state(name, status, &links);
        (state.running, state.failed, state.enabled, state.run_levels.join(" "))
    };
    let levels = || "default nonetwork".to_owned();
    assert_eq!(told("sshd", Some(0)), (true, false, Enabled::Yes, levels()), "started");
    assert_eq!(told("sshd.service", Some(3)), (false, false, Enabled::Yes, levels()), "stopped");
    assert!(told("sshd", Some(8)).0, "starting");
    assert!(!told("sshd", Some(4)).0, "stopping");
    assert_eq!(told("net.eth0", Some(16)), (true, false, Enabled::Yes, "boot".to_owned()), "inactive");
    assert_eq!(told("local", Some(32)), (false, true, Enabled::No, "nonetwork".to_owned()), "crashed");
    assert_eq!(told("ssh", Some(64)), (false, true, Enabled::No, String::new()), "unsupervised");
    assert!(!told("ssh", None).0, "its status took too long");
}

#[test]
fn scripts_of_openrc_need_it_and_others_do_not() {
    let offline = |text: &str| openrc::offline("sshd", true, text, &["default/sshd".to_owned()]);
    let own = offline("#!/sbin/openrc-run\ncommand=/usr/sbin/sshd\n");
    assert_eq!((own.running, own.enabled, own.offline), (false, Enabled::Yes, Some(OfflineUnit::Alone)));
    let other = offline("#!/bin/sh\n# openrc-run\n");
    assert_eq!((other.running, other.offline), (true, Some(OfflineUnit::WithScript)));
}

#[test]
fn service_managers_are_known_by_their_signs() {
    let of = |signs: &[&str]| of_machine(|path| signs.contains(&path));
    let (scripts, openrc, systemd) = ("/etc/init.d", "/sbin/openrc", "/usr/bin/systemctl");
    assert_eq!(of(&[]), (Init::None, None));
    assert_eq!(of(&[scripts]), (Init::Sysv, None));
    assert_eq!(of(&[scripts, systemd, "/run/systemd/system"]), (Init::Systemd, None));
    assert_eq!(of(&[scripts, systemd]), (Init::Sysv, Some(Init::Systemd)));
    assert_eq!(of(&[scripts, openrc, "/run/openrc/softlevel"]), (Init::Openrc, None));
    assert_eq!(of(&[scripts, openrc]), (Init::Sysv, Some(Init::Openrc)), "an image of Alpine or Gentoo");
    assert_eq!(of(&[scripts, openrc, systemd]), (Init::Sysv, Some(Init::Systemd)));
}
