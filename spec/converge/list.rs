//! Rules 1, 2, 3, 6 and 7: order, duplicates, actions, failures, retries.

use chefrs::model::collection::Timing;
use chefrs::model::event::{Event, Outcome};
use serde_json::json;

use super::machine::Machine;
use super::story::Story;

#[test]
fn written_order_is_run_order_and_a_second_run_updates_nothing() {
    let mut story = Story::new();
    story.file("/etc/b", "b");
    story.file("/etc/a", "a");
    let mut machine = Machine::new();
    assert_eq!(
        story.run(&mut machine).lines,
        ["file[/etc/b] create: updated", "file[/etc/a] create: updated"]
    );
    let second = story.run(&mut machine);
    assert_eq!(second.lines, ["file[/etc/b] create: up to date", "file[/etc/a] create: up to date"]);
    assert!(second.summary.success && !second.summary.changed);
}

#[test]
fn the_same_resource_declared_twice_runs_twice() {
    let mut story = Story::new();
    story.file("/etc/a", "one");
    story.file("/etc/a", "two");
    let mut machine = Machine::new();
    assert_eq!(story.run(&mut machine).counts.updated, 2);
    assert_eq!(machine.state.files[camino::Utf8Path::new("/etc/a")].1, "two");
}

#[test]
fn actions_of_a_list_run_in_order() {
    let mut story = Story::new();
    story.service("web", &["stop", "start"]);
    let mut machine = Machine::new();
    machine.service("web", true);
    let told = story.run(&mut machine);
    assert_eq!(told.lines, ["service[web] stop: updated", "service[web] start: updated"]);
    assert_eq!(told.counts.updated, 1, "a row counts once");
}

#[test]
fn nothing_runs_neither_guards_nor_queries() {
    let mut story = Story::new();
    let row = story.row("service", "web", &["nothing"], json!({}));
    story.only_if(row, "never-there");
    let mut machine = Machine::new();
    let told = story.run(&mut machine);
    assert!(told.lines.is_empty());
    let [Event::RunStarted { .. }, waited, Event::RunFinished { .. }] = told.events.as_slice() else {
        panic!("{:?}", told.events)
    };
    let reason = "nothing notified it".to_owned();
    assert!(
        matches!(waited, Event::ActionFinished { outcome, .. } if *outcome == Outcome::Skipped { reason }),
        "{waited:?}"
    );
    assert_eq!((told.counts.skipped, told.summary.success), (1, true));
}

#[test]
fn a_failure_stops_the_list_and_owed_notifications_still_run() {
    let mut story = Story::new();
    let conf = story.file("/etc/web.conf", "new");
    let web = story.service("web", &["nothing"]);
    story.file("/missing/dir/file", "x");
    story.file("/etc/after", "x");
    story.notify(conf, web, "restart", Timing::Delayed);
    let mut machine = Machine::new();
    machine.service("web", true);
    let told = story.run(&mut machine);
    assert_eq!(
        told.lines,
        [
            "file[/etc/web.conf] create: updated",
            "file[/etc/web.conf] -> service[web] restart delayed",
            "file[/missing/dir/file] create: failed: the directory `/missing/dir` is not there",
            "service[web] restart: updated",
        ]
    );
    assert_eq!((told.counts.failed, told.counts.not_run, told.summary.success), (1, 1, false));
}

#[test]
fn a_notification_may_opt_out_of_running_after_a_failure() {
    let mut story = Story::new();
    let conf = story.file("/etc/web.conf", "new");
    let web = story.service("web", &["nothing"]);
    story.file("/missing/dir/file", "x");
    story.notify(conf, web, "restart", Timing::Delayed);
    story.at(conf).notifies[0].skip_on_failure = true;
    let mut machine = Machine::new();
    machine.service("web", true);
    story.run(&mut machine);
    assert!(machine.state.ran.is_empty());
}

#[test]
fn continue_goes_on_with_what_does_not_depend_on_the_failed_one() {
    let mut story = Story::new().keep_going();
    story.file("/missing/dir/file", "x");
    story.file("/etc/after", "x");
    story.service("web", &["start"]);
    let told = story.run(&mut Machine::new());
    assert_eq!(
        told.failures,
        [
            "file[/missing/dir/file]: the directory `/missing/dir` is not there",
            "service[web]: there is no service `web`"
        ]
    );
    assert_eq!(told.counts.updated, 1);
}

#[test]
fn retries_come_first_and_the_count_is_exact() {
    let mut story = Story::new();
    let web = story.service("web", &["start"]);
    story.at(web).retries = 2;
    let mut machine = Machine::new();
    machine.service("web", false);
    let mut left = 2;
    machine.on("systemctl start -- web", move |state| {
        left -= 1;
        let failing = left >= 0;
        state.services.get_mut("web").expect("it is there").running = !failing;
        i32::from(failing)
    });
    let told = story.run(&mut machine);
    assert_eq!(
        told.lines,
        ["service[web] again, 2 left", "service[web] again, 1 left", "service[web] start: updated"]
    );
    assert_eq!(machine.state.ran.len(), 3);
}

#[test]
fn ignore_failure_comes_last_and_the_run_goes_on() {
    let mut story = Story::new();
    let web = story.service("web", &["start"]);
    story.at(web).retries = 1;
    story.at(web).ignore_failure = true;
    story.file("/etc/after", "x");
    let told = story.run(&mut Machine::new());
    assert_eq!(
        told.lines,
        [
            "service[web] again, 1 left",
            "service[web] start: failed, ignored: there is no service `web`",
            "file[/etc/after] create: updated",
        ]
    );
    assert!(told.summary.success);
    assert_eq!((told.counts.failed, told.counts.ignored), (0, 1));
}

#[test]
fn an_interrupt_lets_the_current_resource_finish_and_starts_no_other() {
    let mut story = Story::new();
    story.service("web", &["restart"]);
    story.file("/etc/after", "x");
    let mut machine = Machine::new();
    machine.service("web", true);
    let interrupt = story.options.interrupt.clone();
    machine.on("systemctl restart -- web", move |_| {
        interrupt.finish();
        0
    });
    let told = story.run(&mut machine);
    assert_eq!(told.lines, ["service[web] restart: updated"]);
    assert_eq!((told.counts.not_run, told.summary.interrupted), (1, true));
    assert!(matches!(told.events.last(), Some(Event::RunFinished { interrupted: true, .. })));
}

/// `make`, and while it runs somebody interrupts; it ends with this status.
fn interrupted_by_its_last(story: &mut Story, machine: &mut Machine, status: i32) -> usize {
    let row = story.row("execute", "make", &["run"], json!({ "command": ["make"] }));
    let interrupt = story.options.interrupt.clone();
    machine.on("make", move |_| {
        interrupt.finish();
        status
    });
    row
}

#[test]
fn an_interrupt_that_leaves_nothing_undone_is_none() {
    let (mut story, mut machine) = (Story::new(), Machine::new());
    machine.service("web", true);
    let make = interrupted_by_its_last(&mut story, &mut machine, 0);
    let web = story.service("web", &["nothing"]);
    story.notify(make, web, "restart", Timing::Delayed);
    let told = story.run(&mut machine);
    let last = told.lines.last().map(String::as_str);
    assert_eq!(last, Some("service[web] restart: updated"), "{:#?}", told.lines);
    assert_eq!((told.counts.updated, told.counts.not_run), (2, 0));
    assert_eq!((told.summary.success, told.summary.interrupted), (true, false));
    assert!(matches!(told.events.last(), Some(Event::RunFinished { interrupted: false, .. })));
}

#[test]
fn an_interrupt_during_the_last_resource_does_not_hide_that_it_failed() {
    let (mut story, mut machine) = (Story::new(), Machine::new());
    interrupted_by_its_last(&mut story, &mut machine, 1);
    let told = story.run(&mut machine);
    assert_eq!((told.summary.success, told.summary.interrupted), (false, false));
    // An attempt that is left is something left to do.
    let (mut story, mut machine) = (Story::new(), Machine::new());
    let make = interrupted_by_its_last(&mut story, &mut machine, 1);
    story.at(make).retries = 1;
    let told = story.run(&mut machine);
    assert_eq!((told.summary.success, told.summary.interrupted), (false, true));
}

#[test]
fn a_restart_that_an_interrupt_prevents_is_left_to_do() {
    let (mut story, mut machine) = (Story::new(), Machine::new());
    story.row("reboot", "kernel", &["request_reboot"], json!({}));
    interrupted_by_its_last(&mut story, &mut machine, 0);
    let told = story.run(&mut machine);
    assert_eq!((told.counts.not_run, told.summary.interrupted), (0, true));
    assert!(!told.events.iter().any(|event| matches!(event, Event::Restart { .. })));
}

#[test]
fn a_custom_resource_is_updated_when_a_row_of_it_is_and_ends_at_its_first_failure() {
    let mut story = Story::new();
    let site = story.custom("blog", &["create"]);
    let one = story.file("/etc/one", "1");
    let two = story.file("/missing/two", "2");
    let three = story.file("/etc/three", "3");
    let gone = story.row("file", "/etc/one", &["delete"], json!({}));
    for row in [one, two, three] {
        story.within(site, "create", row);
    }
    story.within(site, "delete", gone);
    story.file("/etc/after", "x");
    let told = story.run(&mut Machine::new());
    assert_eq!(
        told.lines,
        [
            "file[/etc/one] create: updated",
            "file[/missing/two] create: failed: the directory `/missing` is not there",
            "site[blog] create: failed: a resource inside it failed",
        ]
    );
    assert_eq!(told.failures.len(), 1, "the cause is told once");
    assert_eq!((told.counts.updated, told.counts.failed, told.counts.not_run), (1, 1, 2));
}

#[test]
fn a_custom_resource_may_be_retried_and_ignored_as_a_whole() {
    let mut story = Story::new();
    let site = story.custom("blog", &["create"]);
    let two = story.file("/missing/two", "2");
    let three = story.file("/etc/three", "3");
    story.within(site, "create", two);
    story.within(site, "create", three);
    story.at(site).retries = 1;
    story.at(site).ignore_failure = true;
    story.file("/etc/after", "x");
    let told = story.run(&mut Machine::new());
    assert_eq!(
        told.lines,
        [
            "file[/missing/two] create: failed, ignored: the directory `/missing` is not there",
            "site[blog] again, 1 left",
            "file[/missing/two] create: failed, ignored: the directory `/missing` is not there",
            "site[blog] create: failed, ignored: a resource inside it failed",
            "file[/etc/after] create: updated",
        ]
    );
    assert!(told.summary.success);
}
