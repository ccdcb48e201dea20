//! Rule 5: notifications.

use chefrs::model::collection::Timing;
use serde_json::json;

use super::machine::Machine;
use super::story::Story;

fn with_web() -> Machine {
    let mut machine = Machine::new();
    machine.service("web", true);
    machine
}

#[test]
fn delayed_ones_run_after_the_list_once_in_first_fired_order() {
    let mut story = Story::new();
    let a = story.file("/etc/a", "a");
    let web = story.service("web", &["nothing"]);
    let b = story.file("/etc/b", "b");
    story.notify(a, web, "restart", Timing::Delayed);
    story.notify(b, web, "restart", Timing::Delayed);
    story.notify(b, web, "stop", Timing::Delayed);
    let told = story.run(&mut with_web());
    assert_eq!(
        told.lines,
        [
            "file[/etc/a] create: updated",
            "file[/etc/a] -> service[web] restart delayed",
            "file[/etc/b] create: updated",
            "file[/etc/b] -> service[web] stop delayed",
            "service[web] restart: updated",
            "service[web] stop: updated",
        ]
    );
}

#[test]
fn nothing_fires_when_nothing_was_updated() {
    let mut story = Story::new();
    let a = story.file("/etc/a", "a");
    let web = story.service("web", &["nothing"]);
    story.notify(a, web, "restart", Timing::Delayed);
    let mut machine = with_web();
    machine.file("/etc/a", "a");
    assert_eq!(story.run(&mut machine).lines, ["file[/etc/a] create: up to date"]);
}

#[test]
fn immediate_ones_run_at_once_and_chain_and_what_is_queued_while_draining_runs_too() {
    let mut story = Story::new();
    let a = story.file("/etc/a", "a");
    let b = story.file("/etc/b", "b");
    let c = story.file("/etc/c", "c");
    let web = story.service("web", &["nothing"]);
    story.at(b).actions = vec!["nothing".into()];
    story.at(c).actions = vec!["nothing".into()];
    story.notify(a, b, "create", Timing::Immediately);
    story.notify(b, web, "restart", Timing::Immediately);
    story.notify(a, c, "create", Timing::Delayed);
    story.notify(c, web, "stop", Timing::Delayed);
    let told = story.run(&mut with_web());
    assert_eq!(
        told.lines,
        [
            "file[/etc/a] create: updated",
            "file[/etc/a] -> file[/etc/c] create delayed",
            "file[/etc/a] -> file[/etc/b] create immediately",
            "file[/etc/b] create: updated",
            "file[/etc/b] -> service[web] restart immediately",
            "service[web] restart: updated",
            "file[/etc/c] create: updated",
            "file[/etc/c] -> service[web] stop delayed",
            "service[web] stop: updated",
        ]
    );
}

#[test]
fn before_runs_the_target_first_and_only_if_there_is_something_to_change() {
    let mut story = Story::new();
    let web = story.service("web", &["nothing"]);
    let a = story.file("/etc/a", "a");
    story.notify(a, web, "stop", Timing::Before);
    let mut machine = with_web();
    let told = story.run(&mut machine);
    assert_eq!(
        told.lines,
        [
            "file[/etc/a] -> service[web] stop before",
            "service[web] stop: updated",
            "file[/etc/a] create: updated"
        ]
    );
    assert_eq!(machine.state.steps, ["run", "write_file"]);
    assert_eq!(story.run(&mut machine).lines, ["file[/etc/a] create: up to date"]);
}

#[test]
fn a_circle_of_immediate_notifications_ends() {
    let mut story = Story::new();
    let web = story.service("web", &["restart"]);
    let db = story.service("db", &["nothing"]);
    story.notify(web, db, "restart", Timing::Immediately);
    story.notify(db, web, "restart", Timing::Immediately);
    let mut machine = with_web();
    machine.service("db", true);
    story.run(&mut machine);
    assert!(machine.state.ran.len() <= 4, "{:?}", machine.state.ran);
}

#[test]
fn a_failed_notification_does_not_keep_the_others_from_running() {
    let mut story = Story::new();
    let a = story.file("/etc/a", "a");
    let web = story.service("web", &["nothing"]);
    let db = story.service("db", &["nothing"]);
    story.notify(a, db, "restart", Timing::Delayed);
    story.notify(a, web, "restart", Timing::Delayed);
    let told = story.run(&mut with_web());
    assert_eq!(told.failures, ["service[db]: there is no service `db`"]);
    assert_eq!(told.lines.last().map(String::as_str), Some("service[web] restart: updated"));
}

#[test]
fn a_notification_to_a_custom_resource_runs_the_rows_of_that_action() {
    let mut story = Story::new();
    let a = story.file("/etc/a", "a");
    let site = story.custom("blog", &["nothing"]);
    let make = story.file("/etc/site", "x");
    let reload = story.service("web", &["restart"]);
    story.within(site, "create", make);
    story.within(site, "reload", reload);
    story.notify(a, site, "reload", Timing::Delayed);
    let told = story.run(&mut with_web());
    assert_eq!(
        told.lines,
        [
            "file[/etc/a] create: updated",
            "file[/etc/a] -> site[blog] reload delayed",
            "service[web] restart: updated",
            "site[blog] reload: updated",
        ]
    );
}

#[test]
fn what_a_half_made_change_owes_is_paid_once_it_holds() {
    let mut story = Story::new();
    let touch = story.row("file", "/etc/a", &["create"], serde_json::json!({ "content": "a" }));
    let web = story.service("web", &["nothing"]);
    story.notify(touch, web, "restart", Timing::Delayed);
    let mut machine = with_web();
    machine.keeps = false;
    let told = story.run(&mut machine);
    assert_eq!(
        told.lines,
        [
            "file[/etc/a] create: failed: the change did not hold: afterwards it would again create file, 1 byte",
        ]
    );
    assert_eq!(machine.state.journal.owed.len(), 1);
    // Somebody else has put it right: there is nothing to change, and still something to pay.
    machine.file("/etc/a", "a");
    let told = story.run(&mut machine);
    assert_eq!(told.lines, ["file[/etc/a] create: up to date", "service[web] restart: updated"]);
    assert!(machine.state.journal.owed.is_empty());
}

#[test]
fn what_must_come_first_is_tried_again_with_another_attempt() {
    let mut story = Story::new();
    let first = story.row("execute", "first", &["nothing"], json!({ "command": "first" }));
    let file = story.file("/etc/a", "a");
    story.notify(file, first, "run", Timing::Before);
    (story.at(file).retries, story.at(file).retry_delay) = (1, 0);
    let mut machine = Machine::new();
    let mut times = 0;
    machine.on("first", move |_| {
        times += 1;
        i32::from(times == 1)
    });
    let told = story.run(&mut machine);
    assert!(told.summary.success, "{:#?}", told.lines);
    assert_eq!(machine.state.ran, ["first", "first"], "{:#?}", told.lines);
    assert_eq!(
        (told.counts.updated, told.counts.failed),
        (2, 0),
        "what has worked in the end has not failed"
    );
    assert!(machine.state.files.contains_key(camino::Utf8Path::new("/etc/a")));
}

#[test]
fn what_has_run_at_the_end_does_not_run_there_once_more() {
    let mut machine = Machine::new();
    machine.service("web", true);
    let mut story = Story::new();
    let a = story.file("/etc/a", "a");
    let web = story.service("web", &["nothing"]);
    let late = story.row("execute", "late", &["nothing"], json!({ "command": "late" }));
    story.notify(a, web, "restart", Timing::Delayed);
    story.notify(a, late, "run", Timing::Delayed);
    story.notify(late, web, "restart", Timing::Delayed);
    assert!(story.run(&mut machine).summary.success);
    assert_eq!(machine.state.ran, ["systemctl restart -- web", "late"]);
    assert!(machine.state.journal.owed.is_empty());
}

#[test]
fn a_failure_of_an_immediate_one_keeps_the_next_action_of_its_notifier_from_running() {
    let mut story = Story::new();
    let web = story.service("web", &["stop", "start"]);
    let check = story.row("execute", "check", &["nothing"], json!({ "command": ["check"] }));
    story.notify(web, check, "run", Timing::Immediately);
    let mut machine = with_web();
    machine.on("check", |_| 1);
    let told = story.run(&mut machine);
    assert_eq!(
        told.lines.last().map(String::as_str),
        Some("service[web] start: not run: execute[check] failed")
    );
    assert_eq!(told.failures.len(), 1, "{:?}", told.failures);
    assert!(machine.state.ran.iter().all(|command| !command.contains("start")), "{:?}", machine.state.ran);
}

#[test]
fn a_delayed_one_that_failed_stays_owed_whoever_notifies_it_again() {
    let mut story = Story::new();
    let (a, b) = (story.file("/etc/a", "a"), story.file("/etc/b", "b"));
    let inner = story.row("execute", "inner", &["nothing"], json!({ "command": "inner" }));
    let web = story.service("web", &["nothing"]);
    story.notify(a, inner, "run", Timing::Delayed);
    story.notify(b, web, "restart", Timing::Delayed);
    story.notify(web, inner, "run", Timing::Delayed);
    let mut machine = Machine::new();
    machine.service("web", true);
    machine.on("inner", |_| 1);
    assert!(!story.run(&mut machine).summary.success);
    assert_eq!(machine.state.ran, ["inner", "systemctl restart -- web"]);
    machine.on("inner", |_| 0);
    assert!(story.run(&mut machine).summary.success);
    assert_eq!(machine.state.ran.last().map(String::as_str), Some("inner"));
    assert!(machine.state.journal.owed.is_empty());
}
