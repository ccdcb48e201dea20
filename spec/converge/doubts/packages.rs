//! What pending packages, lists and services leave in doubt.

use chefrs::model::collection::Guard;
use chefrs::model::query::End;
use serde_json::json;

use super::super::machine::Machine;
use super::super::story::Story;
use super::plan_and_run;

#[test]
fn a_guard_on_what_a_pending_package_may_bring_is_unknown() {
    let mut story = Story::new();
    story.package("mariadb-server");
    let guarded = story.file("/srv/a", "x");
    story.only_if_exists(guarded, "/etc/mysql/debian.cnf");
    let decided = story.file("/srv/b", "x");
    story.only_if_exists(decided, "/srv/none");
    let there = story.file("/srv/c", "x");
    story.only_if_exists(there, "/etc");
    let machine = || {
        let mut machine = Machine::new();
        machine.brings("mariadb-server", &["/etc/mysql/debian.cnf"]);
        machine
    };
    let (plan, run) = plan_and_run(&story, machine);
    assert_eq!(
        plan[1..],
        [
            "file[/srv/a] create: unknown until package[mariadb-server]",
            "file[/srv/b] create: skipped: only_if exists \"/srv/none\" does not hold",
            "file[/srv/c] create: updated",
        ]
    );
    assert_eq!(run[1], "file[/srv/a] create: updated");
}

#[test]
fn no_package_is_taken_for_the_owner_of_a_path_by_its_name() {
    let mut story = Story::new();
    story.row("apt_update", "now", &["update"], json!({}));
    let guarded = story.file("/srv/a", "x");
    story.not_if(guarded, Guard::Exists("/etc/webmin".into()));
    story.row("package", "web", &["lock"], json!({}));
    let guarded = story.file("/srv/b", "x");
    story.not_if(guarded, Guard::Exists("/etc/webmin".into()));
    let lines = story.plan(&mut Machine::new()).lines;
    assert_eq!(
        (lines[1].as_str(), lines[3].as_str()),
        ("file[/srv/a] create: updated", "file[/srv/b] create: updated")
    );
}

#[test]
fn what_an_earlier_row_decides_stays_certain_behind_a_package() {
    let mut story = Story::new();
    story.package("nginx");
    story.file("/etc/a", "x");
    let guarded = story.file("/srv/b", "x");
    story.only_if_exists(guarded, "/etc/a");
    let shell = story.file("/srv/c", "x");
    story.only_if(shell, "test -e /etc/a");
    let machine = || {
        let mut machine = Machine::new();
        machine.guard("test -e /etc/a", End::Exit(0));
        machine
    };
    let (plan, _) = plan_and_run(&story, machine);
    assert_eq!(
        plan[1..],
        [
            "file[/etc/a] create: unknown until package[nginx]",
            "file[/srv/b] create: updated",
            "file[/srv/c] create: updated",
        ]
    );
}

#[test]
fn a_file_that_a_package_brings_as_declared_is_unknown() {
    let mut story = Story::new();
    story.package("nginx");
    story.file("/etc/same", "brought");
    let machine = || {
        let mut machine = Machine::new();
        machine.brings("nginx", &["/etc/same"]);
        machine
    };
    let (plan, run) = plan_and_run(&story, machine);
    assert_eq!(plan[1], "file[/etc/same] create: unknown until package[nginx]");
    assert_eq!(run[1], "file[/etc/same] create: up to date");
}

#[test]
fn a_group_that_a_package_may_make_is_unknown() {
    let mut story = Story::new();
    story.row("group", "early", &["manage"], json!({ "members": [], "append": true }));
    story.package("docker.io");
    story.row("group", "docker", &["manage"], json!({ "members": [], "append": true }));
    let plan = story.plan(&mut Machine::new()).lines;
    assert_eq!(plan[0], "group[early] manage: up to date");
    assert_eq!(plan[2], "group[docker] manage: unknown until package[docker.io]");
}

#[test]
fn candidates_are_unknown_until_the_lists_are_read() {
    let mut story = Story::new();
    story.row("apt_update", "now", &["update"], json!({}));
    story.row("package", "git", &["upgrade"], json!({}));
    story.package("nginx");
    story.package("no-such");
    let mut machine = Machine::new();
    machine.state.packages.insert("git".into());
    let plan = story.plan(&mut machine);
    assert_eq!(
        plan.lines[1..],
        [
            "package[git] upgrade: unknown until apt_update[now]",
            "package[nginx] install: updated",
            "package[no-such] install: unknown until apt_update[now]",
        ]
    );
}

/// It may be a virtual one, which then brings what comes behind it.
#[test]
fn what_follows_a_package_that_is_not_known_is_unknown() {
    let mut story = Story::new();
    story.row("apt_update", "now", &["update"], json!({}));
    story.package("no-such");
    story.package("nginx");
    let plan = story.plan(&mut Machine::new());
    assert_eq!(
        plan.lines[1..],
        [
            "package[no-such] install: unknown until apt_update[now]",
            "package[nginx] install: unknown until package[no-such]",
        ]
    );
}

#[test]
fn a_version_that_nobody_offers_is_a_failure_before_anything_is_changed() {
    let mut story = Story::new();
    story.row("package", "web", &["install"], json!({ "version": "2.*" }));
    story.row("package", "git", &["install"], json!({ "version": "1.*" }));
    let lines = story.plan(&mut Machine::new()).lines;
    assert_eq!(lines[0], "package[web] install: failed: no package source offers `web` in the version `2.*`");
    let mut later = Story::new();
    later.row("apt_update", "now", &["update"], json!({}));
    later.row("package", "web", &["install"], json!({ "version": "2.*" }));
    assert_eq!(
        later.plan(&mut Machine::new()).lines[1],
        "package[web] install: unknown until apt_update[now], would fail: no package source offers `web` in the version `2.*`"
    );
}

#[test]
fn a_version_on_offer_may_be_gone_once_the_sources_have_been_read() {
    let mut story = Story::new();
    story.row("apt_update", "now", &["update"], json!({}));
    story.row("package", "web", &["install"], json!({ "version": "1.*" }));
    let lines = story.plan(&mut Machine::new()).lines;
    assert_eq!(lines[1], "package[web] install: unknown until apt_update[now]");
}
