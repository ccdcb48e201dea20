//! Custom resources of which a part fails: what was done counts, what was not is named.

use chefrs::model::collection::{Guard, Timing};
use chefrs::model::event::Event;
use serde_json::json;

use super::{breaks, custom, execute};
use crate::converge::machine::Machine;
use crate::converge::story::Story;

#[test]
fn packages_inside_one_that_may_fail_may_fail_together() {
    let mut story = Story::new();
    let site = story.custom("site", &["create"]);
    story.at(site).ignore_failure = true;
    let (a, b) = (story.package("a"), story.package("b"));
    story.within(site, "create", a);
    story.within(site, "create", b);
    execute(&mut story, "after", &["run"]);
    let mut machine = Machine::new();
    breaks(&mut machine, "apt-get a b");
    story.untold("a command of two packages that fails is told as the failure of one");
    let told = story.run(&mut machine);
    assert!(told.summary.success, "{:?}", told.failures);
    assert_eq!(machine.state.ran, ["apt-get a b", "after"]);
    assert_eq!((told.counts.failed, told.counts.ignored), (0, 1));
}

#[test]
fn an_attempt_that_failed_is_not_counted_once_another_has_worked() {
    let mut story = Story::new();
    let site = custom(&mut story, "site", &["run"], &["flaky", "then"]);
    story.at(site).retries = 1;
    let mut machine = Machine::new();
    let mut first = true;
    machine.on("flaky", move |_| i32::from(std::mem::take(&mut first)));
    let told = story.run(&mut machine);
    assert!(told.summary.success);
    assert_eq!((told.counts.updated, told.counts.failed, told.counts.not_run), (2, 0, 0));
}

#[test]
fn what_another_action_came_to_counts_whatever_is_tried_again() {
    let mut story = Story::new();
    let site = story.custom("site", &["one", "two"]);
    (story.at(site).retries, story.at(site).retry_delay) = (1, 0);
    let kept_back = story.file("/etc/a", "a");
    story.not_if(kept_back, Guard::Is(true));
    let flaky = execute(&mut story, "flaky", &["run"]);
    for (action, row) in [("one", kept_back), ("two", flaky)] {
        story.within(site, action, row);
    }
    let mut machine = Machine::new();
    let mut first = true;
    machine.on("flaky", move |_| i32::from(std::mem::take(&mut first)));
    let told = story.run(&mut machine);
    assert!(told.summary.success, "{:?}", told.failures);
    assert_eq!((told.counts.updated, told.counts.skipped, told.counts.failed), (1, 1, 0));
}

#[test]
fn what_an_earlier_attempt_changed_counts_when_the_next_finds_nothing_to_do() {
    let mut story = Story::new();
    let site = story.custom("site", &["create"]);
    let file = story.file("/etc/a", "a");
    let flaky = story.row("execute", "flaky", &["run"], json!({ "command": "flaky" }));
    story.not_if(flaky, Guard::Exists("/etc/done".into()));
    story.within(site, "create", file);
    story.within(site, "create", flaky);
    story.at(site).retries = 1;
    let web = story.service("web", &["nothing"]);
    story.notify(site, web, "restart", Timing::Delayed);
    let mut machine = Machine::new();
    machine.service("web", true);
    // It does its work, and says that it failed.
    machine.on("flaky", |state| {
        let done = (chefrs::model::query::FileKind::File, String::new(), 0o644);
        state.files.insert("/etc/done".into(), done);
        1
    });
    story.untold("the second attempt finds done what the first has said that it failed to do");
    assert!(story.run(&mut machine).summary.success);
    assert_eq!(machine.state.ran, ["flaky", "systemctl restart -- web"]);
    assert!(machine.state.journal.owed.is_empty());
}

#[test]
fn a_failure_earns_nothing_however_much_of_it_was_done() {
    // R2 is notified by a built-in resource that fails at once, and by a custom one that fails half-way.
    for commands in [&["broken"][..], &["fine", "broken"]] {
        let mut story = Story::new();
        let r2 = execute(&mut story, "r2", &["nothing"]);
        let site = custom(&mut story, "site", &["run"], commands);
        story.notify(site, r2, "run", Timing::Delayed);
        let mut machine = Machine::new();
        breaks(&mut machine, "broken");
        story.run(&mut machine);
        assert_eq!(machine.state.ran, commands);
    }
}

#[test]
fn what_a_change_has_earned_runs_and_what_a_failure_left_waits() {
    let mut story = Story::new();
    let r2 = execute(&mut story, "r2", &["nothing"]);
    let file = story.file("/etc/a", "a");
    let site = custom(&mut story, "site", &["run"], &["fine", "broken"]);
    story.notify(file, r2, "run", Timing::Delayed);
    story.notify(site, r2, "run", Timing::Delayed);
    let mut machine = Machine::new();
    let broken = breaks(&mut machine, "broken");
    story.run(&mut machine);
    assert_eq!(machine.state.ran, ["fine", "broken", "r2"], "the file has earned it");
    assert_eq!(machine.state.journal.owed.len(), 1, "the custom resource has not yet");
    broken.set(false);
    assert!(story.run(&mut machine).summary.success);
    assert_eq!(machine.state.ran[3..], ["fine", "broken", "r2"]);
    assert!(machine.state.journal.owed.is_empty());
}

#[test]
fn rows_that_were_not_run_are_named_once_with_the_reason() {
    let mut story = Story::new();
    execute(&mut story, "broken", &["run"]);
    custom(&mut story, "site", &["run"], &["one", "two"]);
    story.file("/etc/a", "a");
    let mut machine = Machine::new();
    breaks(&mut machine, "broken");
    let told = story.run(&mut machine);
    let not_run: Vec<_> = told
        .events
        .iter()
        .filter_map(|event| match event {
            Event::NotRun { resources, reason } => Some((resources.join(" "), reason.as_str())),
            _ => None,
        })
        .collect();
    assert_eq!(not_run, [("execute[one] execute[two] file[/etc/a]".to_owned(), "execute[broken] failed")]);
    assert_eq!(told.counts.not_run, 3);
}

#[test]
fn what_was_notified_at_once_and_failed_inside_runs_in_the_attempt_that_follows() {
    for row_is_left in [false, true] {
        let mut story = Story::new();
        let site = story.custom("site", &["run"]);
        (story.at(site).retries, story.at(site).retry_delay) = (1, 0);
        let flaky = execute(&mut story, "flaky", &["nothing"]);
        let file = story.file("/etc/a", "a");
        story.notify(file, flaky, "run", Timing::Immediately);
        for row in [flaky, file] {
            story.within(site, "run", row);
        }
        if row_is_left {
            let then = execute(&mut story, "then", &["run"]);
            story.within(site, "run", then);
        }
        let mut machine = Machine::new();
        let mut first = true;
        machine.on("flaky", move |_| i32::from(std::mem::take(&mut first)));
        let told = story.run(&mut machine);
        assert!(told.summary.success, "{:?}", told.failures);
        let wanted: &[&str] = if row_is_left { &["flaky", "flaky", "then"] } else { &["flaky", "flaky"] };
        assert_eq!(machine.state.ran, wanted);
        assert!(machine.state.journal.owed.is_empty(), "{:?}", machine.state.journal.owed);
        assert_eq!(told.counts.failed, 0);
    }
}

#[test]
fn the_rest_of_a_custom_resource_depends_on_one_inside_it() {
    let mut story = Story::new();
    let outer = story.custom("outer", &["create"]);
    let inner = story.custom("inner", &["create"]);
    story.within(outer, "create", inner);
    let fails = story.row("execute", "fails", &["run"], json!({ "command": ["fails"] }));
    story.within(inner, "create", fails);
    let behind = story.file("/srv/behind", "x");
    story.within(outer, "create", behind);
    story.at(outer).ignore_failure = true;
    story.file("/srv/last", "x");
    let mut machine = Machine::new();
    machine.on("fails", |_| 1);
    let told = story.run(&mut machine);
    assert_eq!(
        told.lines[2..],
        [
            "site[outer] create: failed, ignored: a resource inside it failed",
            "file[/srv/last] create: updated"
        ]
    );
    assert!(!machine.state.files.contains_key(camino::Utf8Path::new("/srv/behind")));
}

#[test]
fn a_row_that_no_attempt_comes_to_is_named_once() {
    let mut story = Story::new();
    let site = story.custom("site", &["run", "also"]);
    story.at(site).retries = 2;
    let fails = execute(&mut story, "fails", &["run"]);
    let behind = story.file("/etc/behind", "x");
    let further = story.file("/etc/further", "x");
    for (action, row) in [("run", fails), ("run", behind), ("also", further)] {
        story.within(site, action, row);
    }
    let mut machine = Machine::new();
    machine.on("fails", |_| 1);
    let told = story.run(&mut machine);
    let named = told.events.iter().filter_map(|event| match event {
        Event::NotRun { resources, .. } => Some(resources.clone()),
        _ => None,
    });
    assert_eq!(named.flatten().collect::<Vec<_>>(), ["file[/etc/behind]", "file[/etc/further]"]);
    assert_eq!((told.counts.not_run, told.counts.failed), (2, 1));
}

#[test]
fn rows_of_one_inside_that_a_guard_keeps_back_are_skipped_too() {
    let mut story = Story::new();
    let outer = story.custom("outer", &["run"]);
    story.not_if(outer, Guard::Is(true));
    let inner = story.custom("inner", &["run"]);
    story.within(outer, "run", inner);
    let file = story.file("/etc/a", "x");
    story.within(inner, "run", file);
    let told = story.run(&mut Machine::new());
    assert_eq!((told.counts.skipped, told.counts.not_run), (1, 0));
}

#[test]
fn one_around_another_that_has_failed_in_part_is_updated() {
    let mut story = Story::new();
    let outer = story.custom("outer", &["create"]);
    let inner = story.custom("inner", &["create"]);
    story.at(inner).ignore_failure = true;
    let file = story.file("/etc/a", "a");
    let broken = execute(&mut story, "broken", &["run"]);
    let web = story.service("web", &["nothing"]);
    story.within(outer, "create", inner);
    story.within(inner, "create", file);
    story.within(inner, "create", broken);
    story.notify(outer, web, "restart", Timing::Immediately);
    let mut machine = Machine::new();
    machine.service("web", true);
    breaks(&mut machine, "broken");
    let told = story.run(&mut machine);
    assert!(told.summary.success, "{:?}", told.failures);
    assert_eq!(machine.state.ran, ["broken", "systemctl restart -- web"]);
    assert!(machine.state.journal.owed.is_empty());
}

#[test]
fn what_one_owes_for_a_later_action_waits_for_that() {
    let mut story = Story::new();
    let site = story.custom("site", &["one", "two"]);
    let (same, file) = (story.file("/etc/same", "same"), story.file("/etc/a", "a"));
    let broken = execute(&mut story, "broken", &["run"]);
    let web = story.service("web", &["nothing"]);
    for (action, row) in [("one", same), ("two", file), ("two", broken)] {
        story.within(site, action, row);
    }
    story.notify(site, web, "restart", Timing::Delayed);
    let mut machine = Machine::new();
    machine.service("web", true);
    machine.file("/etc/same", "same");
    let is_broken = breaks(&mut machine, "broken");
    for _ in 0..2 {
        assert!(!story.run(&mut machine).summary.success);
        assert!(
            !machine.state.ran.iter().any(|line| line.starts_with("systemctl")),
            "{:?}",
            machine.state.ran
        );
    }
    is_broken.set(false);
    assert!(story.run(&mut machine).summary.success);
    assert_eq!(machine.state.ran.last().map(String::as_str), Some("systemctl restart -- web"));
    assert!(machine.state.journal.owed.is_empty());
}

#[test]
fn what_one_owes_for_an_earlier_action_is_paid_although_a_later_one_fails() {
    let mut story = Story::new();
    let site = story.custom("site", &["one", "two"]);
    let file = story.file("/etc/a", "a");
    let broken = execute(&mut story, "broken", &["run"]);
    let web = story.service("web", &["nothing"]);
    story.within(site, "one", file);
    story.within(site, "two", broken);
    story.notify(site, web, "restart", Timing::Delayed);
    let mut machine = Machine::new();
    machine.service("web", true);
    breaks(&mut machine, "broken");
    let mut first = true;
    machine.on("systemctl restart -- web", move |_| i32::from(std::mem::take(&mut first)));
    for _ in 0..2 {
        assert!(!story.run(&mut machine).summary.success);
    }
    let restart = "systemctl restart -- web";
    assert_eq!(machine.state.ran, ["broken", restart, "broken", restart]);
    assert!(machine.state.journal.owed.is_empty());
}
