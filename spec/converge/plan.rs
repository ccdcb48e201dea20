//! The plan: the same code with apply left out, and earlier changes laid over what is known.

use chefrs::model::collection::{Guard, Timing};
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
fn a_template_that_is_written_before_is_there_for_its_instances() {
    let mut story = Story::new();
    story.file("/etc/systemd/system/each@.service", "[Service]\nExecStart=/bin/each %i\n[Install]\n");
    story.service("each@a.b", &["enable", "start"]);
    story.service("each@c.service", &["start"]);
    story.service("each@d.socket", &["start"]);
    let mut machine = Machine::new();
    machine.directory("/etc/systemd/system");
    assert_eq!(
        story.plan(&mut machine).lines,
        [
            "file[/etc/systemd/system/each@.service] create: updated",
            "service[each@a.b] enable: updated",
            "service[each@a.b] start: updated",
            "service[each@c.service] start: updated",
            "service[each@d.socket] start: unknown until service[each@c.service], would fail: there is no service `each@d.socket`",
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
fn a_service_whose_unit_is_written_again_runs_on() {
    let mut story = Story::new();
    for content in ["[Service]\n", "[Service]\n[Install]\n"] {
        story.file("/etc/systemd/system/blog.service", content);
        story.service("blog", &["start", "enable"]);
    }
    let mut machine = Machine::new();
    machine.directory("/etc/systemd/system");
    assert_eq!(
        story.plan(&mut machine).lines,
        [
            "file[/etc/systemd/system/blog.service] create: updated",
            "service[blog] start: updated",
            "service[blog] enable: up to date",
            "file[/etc/systemd/system/blog.service] create: updated",
            "service[blog] start: up to date",
            "service[blog] enable: updated",
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
            "file[/etc/new] create: unknown until service[web], would fail: contents of `/etc/key` can't be used: it is not there",
            "file[/etc/old] create: unknown until service[web], would fail: contents of `/etc/key` can't be used: it is not there",
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

#[test]
fn what_waits_is_unknown_at_once_while_something_is_pending() {
    let mut machine = Machine::new();
    let mut story = Story::new();
    story.file("/srv/a", "a");
    story.row("wait_for", "it", &["wait"], json!({ "path": "/srv/made/by/it", "timeout": 3600 }));
    let planned = story.plan(&mut machine);
    assert_eq!(
        planned.lines,
        ["file[/srv/a] create: updated", "wait_for[it] wait: unknown until file[/srv/a]"],
        "it would fail if the machine were asked"
    );
}
