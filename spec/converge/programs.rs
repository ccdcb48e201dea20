//! A program that is not there: a plan tells of the failure that its start would be, unless something may bring it.

use chefrs::model::collection::Timing;
use serde_json::json;

use super::machine::Machine;
use super::story::Story;

const SEARCHED: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

fn lacking(program: &'static str) -> Machine {
    let mut machine = Machine::new();
    machine.lacks = vec![program];
    machine
}

fn planned(command: serde_json::Value) -> String {
    let mut story = Story::new();
    story.row("execute", "it", &["run"], json!({ "command": command }));
    story.plan(&mut lacking("composer")).lines.remove(0)
}

#[test]
fn it_is_told_as_the_failure_that_it_would_be() {
    for command in [json!(["composer", "install"]), json!(["/bin/sh", "-c", "composer install"])] {
        assert_eq!(
            planned(command),
            format!(
                "execute[it] run: failed: `composer install` can't be run: there is no program `composer` in {SEARCHED}"
            )
        );
    }
    assert_eq!(
        planned(json!(["/opt/composer", "install"])),
        "execute[it] run: failed: `/opt/composer install` can't be run: there is no program `/opt/composer`"
    );
    assert_eq!(planned(json!(["make", "install"])), "execute[it] run: updated");
}

#[test]
fn what_a_shell_makes_of_a_line_nobody_says_beforehand() {
    for script in
        ["composer install || true", "if composer; then true; fi", "cd /srv", "A=1 composer", "$COMPOSER x"]
    {
        assert_eq!(planned(json!(["/bin/sh", "-c", script])), "execute[it] run: updated", "{script}");
    }
}

/// As a run does, which finds it out when it starts the program.
#[test]
fn what_is_notified_before_comes_before_that_failure() {
    let mut story = Story::new();
    let made = story.file("/etc/a", "a");
    let it = story.row("execute", "it", &["run"], json!({ "command": ["composer"] }));
    story.notify(it, made, "delete", Timing::Before);
    let mut machine = lacking("composer");
    let lines = story.plan(&mut machine).lines;
    assert_eq!(
        lines,
        [
            "file[/etc/a] create: updated".to_owned(),
            "execute[it] -> file[/etc/a] delete before".to_owned(),
            "file[/etc/a] delete: updated".to_owned(),
            format!(
                "execute[it] run: failed: `composer` can't be run: there is no program `composer` in {SEARCHED}"
            ),
        ]
    );
}

#[test]
fn a_status_that_says_so_and_counts_as_success_is_none() {
    let mut story = Story::new();
    story.row("execute", "it", &["run"], json!({ "command": ["composer"], "returns": [0, 127] }));
    assert_eq!(story.plan(&mut lacking("composer")).lines, ["execute[it] run: updated"]);
}

#[test]
fn it_is_looked_for_where_the_command_looks_for_it() {
    let mut story = Story::new();
    let environment = json!({ "PATH": "/opt/bin:/usr/bin" });
    story.row("execute", "it", &["run"], json!({ "command": ["composer"], "environment": environment }));
    let mut machine = lacking("composer");
    machine
        .state
        .files
        .insert("/opt/bin/composer".into(), (chefrs::model::query::FileKind::File, "x".into(), 0o755));
    assert_eq!(story.plan(&mut machine).lines, ["execute[it] run: updated"]);
    machine.file("/opt/bin/composer", "x");
    assert_eq!(
        story.plan(&mut machine).lines,
        ["execute[it] run: failed: `composer` can't be run: `/opt/bin/composer` is not executable"]
    );
}

#[test]
fn what_may_be_brought_before_is_counted_on() {
    type Brings = fn(&mut Story) -> usize;
    let brings: [Brings; 3] = [
        |story| story.package("composer"),
        |story| story.row("execute", "make", &["run"], json!({ "command": ["make", "install"] })),
        |story| {
            let content = json!({ "content": "#!/bin/sh\n", "mode": "0755" });
            story.row("file", "/usr/local/bin/composer", &["create"], content)
        },
    ];
    for brings in brings {
        let mut story = Story::new();
        brings(&mut story);
        story.row("execute", "it", &["run"], json!({ "command": ["composer", "install"] }));
        let mut machine = lacking("composer");
        machine.directory("/usr/local/bin");
        assert_eq!(story.plan(&mut machine).lines[1], "execute[it] run: updated");
    }
}

#[test]
fn what_a_guard_keeps_back_needs_no_program() {
    let mut story = Story::new();
    let row = story.row("execute", "it", &["run"], json!({ "command": ["composer", "install"] }));
    story.only_if_exists(row, "/srv/none");
    assert!(story.plan(&mut lacking("composer")).lines[0].starts_with("execute[it] run: skipped"));
}
