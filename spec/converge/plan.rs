//! The plan: the same code with apply left out, and earlier changes laid over what is known.

use chefrs::model::collection::{Guard, Timing};
use chefrs::model::query::End;
use chefrs::model::step::Command;
use serde_json::json;

use super::machine::Machine;
use super::story::Story;

#[test]
fn a_plan_writes_nothing_and_names_what_a_run_then_does() {
    let mut story = Story::new();
    story.package("git");
    let conf = story.file("/srv/a", "a");
    let web = story.service("web", &["nothing"]);
    story.notify(conf, web, "restart", Timing::Delayed);
    let mut machine = Machine::new();
    machine.service("web", true);
    let plan = story.plan(&mut machine);
    assert!(machine.state.steps.is_empty());
    assert!(plan.summary.changed);
    assert_eq!(plan.lines, story.run(&mut machine).lines);
    assert!(!story.plan(&mut machine).summary.changed);
}

#[test]
fn later_resources_see_what_earlier_ones_will_make() {
    let mut story = Story::new();
    story.file("/etc/a", "a");
    let guarded = story.file("/etc/b", "b");
    story.not_if(guarded, Guard::Exists("/etc/a".into()));
    story.file("/etc/a", "a");
    assert_eq!(
        story.plan(&mut Machine::new()).lines,
        [
            "file[/etc/a] create: updated",
            "file[/etc/b] create: skipped: not_if exists \"/etc/a\" holds",
            "file[/etc/a] create: up to date",
        ]
    );
}

#[test]
fn a_service_that_a_package_may_bring_is_unknown_until_then() {
    let mut story = Story::new();
    story.package("nginx");
    story.service("nginx", &["start"]);
    story.file("/etc/nginx/nginx.conf", "x");
    story.row("file", "/etc/nginx/default", &["delete"], json!({}));
    story.row("file", "/srv/other", &["delete"], json!({}));
    assert_eq!(
        story.plan(&mut Machine::new()).lines,
        [
            "package[nginx] install: updated",
            "service[nginx] start: unknown until package[nginx]",
            "file[/etc/nginx/nginx.conf] create: unknown until package[nginx]",
            "file[/etc/nginx/default] delete: unknown until package[nginx]",
            "file[/srv/other] delete: up to date",
        ]
    );
}

#[test]
fn a_service_whose_unit_is_written_before_will_be_there() {
    let mut story = Story::new();
    story.file("/etc/systemd/system/blog.service", "[Service]\nExecStart=/bin/blog\n[Install]\n");
    story.service("blog", &["enable", "start"]);
    story.file("/etc/systemd/system/tick.service", "[Service]\nExecStart=/bin/tick\n");
    story.service("tick.service", &["enable", "start"]);
    story.file("/srv/other.service", "[Service]\n");
    story.service("other", &["start"]);
    let mut machine = Machine::new();
    machine.directory("/etc/systemd/system");
    assert_eq!(
        story.plan(&mut machine).lines,
        [
            "file[/etc/systemd/system/blog.service] create: updated",
            "service[blog] enable: updated",
            "service[blog] start: updated",
            "file[/etc/systemd/system/tick.service] create: updated",
            "service[tick.service] enable: up to date",
            "service[tick.service] start: updated",
            "file[/srv/other.service] create: updated",
            "service[other] start: unknown until service[tick.service], would fail: there is no service `other`",
        ]
    );
}

#[test]
fn a_unit_is_told_of_even_where_a_command_before_it_might_have_brought_it() {
    let mut story = Story::new();
    story.row("execute", "make", &["run"], json!({ "command": ["make"] }));
    let unit = json!({ "unit_name": "blog.socket", "content": "[Socket]\n[Install]\n" });
    story.row("systemd_unit", "blog.socket", &["create", "enable", "start"], unit);
    let mut machine = Machine::new();
    machine.directory("/etc/systemd/system");
    assert_eq!(
        story.plan(&mut machine).lines[1..],
        [
            "systemd_unit[blog.socket] create: unknown until execute[make]",
            "systemd_unit[blog.socket] enable: updated",
            "systemd_unit[blog.socket] start: updated",
        ]
    );
}

#[test]
fn a_guard_that_cannot_run_yet_is_unknown_while_something_is_pending_and_an_error_else() {
    let mut story = Story::new();
    let row = story.file("/etc/a", "x");
    story.not_if(row, Guard::Command(Command::new(["/bin/sh", "-c", "git --version"])));
    assert_eq!(
        story.plan(&mut Machine::new()).lines,
        ["file[/etc/a] create: failed: the guard `git --version` could not be run"]
    );
    let mut later = Story::new();
    later.package("git");
    let row = later.file("/etc/a", "x");
    later.not_if(row, Guard::Command(Command::new(["/bin/sh", "-c", "git --version"])));
    assert_eq!(
        later.plan(&mut Machine::new()).lines[1],
        "file[/etc/a] create: unknown until package[git], would fail: the guard `git --version` could not be run"
    );
}

#[test]
fn a_deferred_value_is_unknown_until_what_makes_it() {
    let mut story = Story::new();
    story.row("service", "web", &["restart"], json!({}));
    story.row("file", "/etc/new", &["create"], json!({ "content": { "$contents": "/etc/key" } }));
    story.row("file", "/etc/old", &["create"], json!({ "content": { "$contents": "/etc/key" } }));
    let mut machine = Machine::new();
    machine.service("web", true);
    machine.file("/etc/old", "x");
    machine.on("systemctl restart -- web", |state| {
        state.files.insert("/etc/key".into(), (chefrs::model::query::FileKind::File, "k".into(), 0o600));
        0
    });
    assert_eq!(
        story.plan(&mut machine).lines,
        [
            "service[web] restart: updated",
            "file[/etc/new] create: updated",
            "file[/etc/old] create: unknown until service[web]",
        ]
    );
    let run = story.run(&mut machine);
    assert_eq!(run.counts.updated, 3, "{:?}", run.lines);
    assert_eq!(machine.state.files[camino::Utf8Path::new("/etc/new")].1, "k");
}

#[test]
fn secrets_are_masked_in_every_event() {
    let mut story = Story::new();
    story.options.secrets.insert("key".into(), "hunter22".into());
    story.row("file", "/etc/new", &["create"], json!({ "content": { "$secret": "key" } }));
    story.service("hunter22", &["start"]);
    let mut machine = Machine::new();
    let told = story.run(&mut machine);
    assert_eq!(machine.state.files[camino::Utf8Path::new("/etc/new")].1, "hunter22");
    let said = serde_json::to_string(&told.events).expect("events are data");
    assert!(!said.replace("service[hunter22]", "").contains("hunter22"), "{said}");
}

#[test]
fn a_run_that_changes_nothing_asks_a_constant_number_of_batches() {
    let batches = |files: usize| {
        let mut story = Story::new();
        let mut machine = Machine::new();
        for index in 0..files {
            let path = format!("/etc/f{index}");
            story.file(&path, "x");
            machine.file(&path, "x");
            story.package(&format!("p{index}"));
            machine.state.packages.insert(format!("p{index}"));
        }
        assert_eq!(story.run(&mut machine).counts.up_to_date, files * 2);
        machine.state.batches
    };
    assert_eq!(batches(1), batches(200));
    assert!(batches(200) <= 4);
}

#[test]
fn a_sensitive_resource_shows_neither_content_nor_command() {
    let mut story = Story::new();
    let file = story.file("/etc/key", "hunter22");
    let command = story.row("execute", "set", &["run"], json!({ "command": ["set-password", "hunter22"] }));
    story.at(file).sensitive = true;
    story.at(command).sensitive = true;
    let mut machine = Machine::new();
    machine.on("set-password hunter22", |_| 1);
    let told = story.run(&mut machine);
    let said = serde_json::to_string(&told.events).expect("events are data");
    assert!(!said.contains("hunter22"), "{said}");
    assert_eq!(told.counts.failed, 1);
}

#[test]
fn what_was_planned_below_a_directory_goes_with_it() {
    let mut story = Story::new();
    story.row("directory", "/srv/a", &["create"], json!({}));
    story.file("/srv/a/b", "b");
    story.row("directory", "/srv/a", &["delete"], json!({ "recursive": true }));
    story.row("directory", "/srv/a", &["create"], json!({}));
    story.file("/srv/a/b", "b");
    let mut machine = Machine::new();
    let plan = story.plan(&mut machine);
    assert_eq!(plan.counts.updated, 5, "{:?}", plan.lines);
    assert_eq!(plan.lines, story.run(&mut machine).lines);
}

/// Plans and runs on the same kind of machine; what the plan stated for certain has to be what the run told.
fn plan_and_run(story: &Story, machine: impl Fn() -> Machine) -> (Vec<String>, Vec<String>) {
    let (plan, run) = (story.plan(&mut machine()).lines, story.run(&mut machine()).lines);
    for (planned, ran) in plan.iter().zip(&run) {
        assert!(planned.contains("unknown until") || planned == ran, "planned {planned}, ran {ran}");
    }
    (plan, run)
}

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
fn what_a_command_may_have_made_is_in_doubt_and_what_it_promises_is_not() {
    let mut story = Story::new();
    let made =
        story.row("execute", "touch /srv/made", &["run"], json!({ "command": ["touch", "/srv/made"] }));
    story.not_if(made, Guard::Command(Command::new(["/bin/sh", "-c", "test -e /srv/made"])));
    let guarded = story.file("/srv/d2", "x");
    story.only_if_exists(guarded, "/srv/made");
    story.file("/srv/made", "");
    let promise = json!({ "command": ["touch", "/srv/other"], "creates": "/srv/other" });
    story.row("execute", "touch /srv/other", &["run"], promise);
    let guarded = story.file("/srv/d3", "x");
    story.only_if_exists(guarded, "/srv/other");
    let machine = || {
        let mut machine = Machine::new();
        machine.guard("test -e /srv/made", End::Exit(1));
        machine.touches("touch /srv/made", "/srv/made");
        machine.touches("touch /srv/other", "/srv/other");
        machine
    };
    let (plan, run) = plan_and_run(&story, machine);
    let made = "unknown until execute[touch /srv/made]";
    assert_eq!(
        plan,
        [
            "execute[touch /srv/made] run: updated".to_owned(),
            format!("file[/srv/d2] create: {made}"),
            format!("file[/srv/made] create: {made}"),
            format!("execute[touch /srv/other] run: {made}"),
            format!("file[/srv/d3] create: {made}"),
        ]
    );
    assert_eq!(
        (run[1].as_str(), run[2].as_str()),
        ("file[/srv/d2] create: updated", "file[/srv/made] create: up to date")
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
fn a_failure_that_nothing_pending_may_alter_is_a_failure() {
    let mut story = Story::new();
    story.package("nginx");
    story.row("service", "web", &["restart"], json!({}));
    story.file("/srv/none/a", "x");
    let mut machine = Machine::new();
    machine.service("web", true);
    let plan = story.plan(&mut machine);
    assert_eq!(plan.lines[2], "file[/srv/none/a] create: failed: the directory `/srv/none` is not there");
}

#[test]
fn a_failure_names_the_resource_that_may_alter_it() {
    let mut story = Story::new();
    story.package("nginx");
    story.row("execute", "make", &["run"], json!({ "command": ["make"] }));
    story.file("/srv/other", "x");
    story.file("/srv/none/a", "x");
    let plan = story.plan(&mut Machine::new());
    assert_eq!(plan.lines[3], "file[/srv/none/a] create: unknown until execute[make]");
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
            "package[no-such] install: unknown until apt_update[now], would fail: no package source offers `no-such`",
        ]
    );
}

#[test]
fn a_row_that_may_change_something_casts_doubt_on_what_follows() {
    let mut story = Story::new();
    story.package("nginx");
    let may = story.file("/srv/a", "x");
    story.only_if_exists(may, "/etc/nginx");
    let after = story.file("/srv/b", "x");
    story.only_if_exists(after, "/srv/a");
    let (plan, _) = plan_and_run(&story, Machine::new);
    assert_eq!(plan[1], "file[/srv/a] create: unknown until package[nginx]");
    assert_eq!(plan[2], "file[/srv/b] create: unknown until file[/srv/a]");
}

#[test]
fn what_comes_into_a_directory_is_in_its_way() {
    let mut story = Story::new();
    story.row("directory", "/srv/a", &["create"], json!({}));
    story.file("/srv/a/b", "x");
    story.row("directory", "/srv/a", &["delete"], json!({}));
    let plan = story.plan(&mut Machine::new());
    assert_eq!(plan.lines[2], "directory[/srv/a] delete: failed: `/srv/a` is not empty: it holds b");
}

#[test]
fn a_plan_asks_no_more_of_a_row_the_more_rows_there_are() {
    let asked = |files: usize| {
        let mut story = Story::new();
        for index in 0..files {
            story.row("directory", &format!("/srv/d{index}"), &["create"], json!({}));
            story.file(&format!("/srv/d{index}/f"), "x");
        }
        let mut machine = Machine::new();
        assert_eq!(story.plan(&mut machine).counts.updated, files * 2);
        (machine.state.batches, machine.state.asked)
    };
    let (few, many) = (asked(100), asked(400));
    assert_eq!(few.0, many.0, "batches");
    assert!(many.1 <= 4 * few.1, "{many:?} questions against {few:?}");
}

#[test]
fn the_parents_that_a_tree_makes_are_told_and_checked() {
    let tree =
        json!({ "source": { "name": "tree", "files": [{ "path": "a", "content": { "text": "a" } }] } });
    let mut story = Story::new();
    story.row("remote_directory", "/srv/q/e/x", &["create"], tree.clone());
    story.file("/srv/q/e/y", "x");
    let guarded = story.file("/srv/z", "x");
    story.not_if(guarded, Guard::Exists("/srv/q/e".into()));
    let (plan, _) = plan_and_run(&story, Machine::new);
    assert_eq!(
        plan,
        [
            "remote_directory[/srv/q/e/x] create: updated",
            "file[/srv/q/e/y] create: updated",
            "file[/srv/z] create: skipped: not_if exists \"/srv/q/e\" holds",
        ]
    );
    let mut wrong = Story::new();
    wrong.file("/srv/p", "x");
    wrong.row("remote_directory", "/srv/p/x", &["create"], tree);
    let lines = wrong.plan(&mut Machine::new()).lines;
    assert_eq!(lines[1], "remote_directory[/srv/p/x] create: failed: `/srv/p` is a file, not a directory");
}
