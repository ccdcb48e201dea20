//! Custom resources that are notified: each runs to its end, or is owed.

use chefrs::model::collection::{Guard, Timing};
use chefrs::target::interrupt::Interrupt;
use serde_json::json;

use super::{breaks, custom, execute};
use crate::converge::machine::Machine;
use crate::converge::story::Story;

#[test]
fn one_that_is_notified_runs_after_a_failure_too() {
    let mut story = Story::new();
    let f = custom(&mut story, "F", &["nothing"], &["f"]);
    let s = execute(&mut story, "s", &["run"]);
    execute(&mut story, "x", &["run"]);
    execute(&mut story, "after", &["run"]);
    story.notify(s, f, "run", Timing::Delayed);
    let mut machine = Machine::new();
    breaks(&mut machine, "x");
    let told = story.run(&mut machine);
    assert!(!told.summary.success);
    assert_eq!(machine.state.ran, ["s", "x", "f"]);
    assert!(machine.state.journal.owed.is_empty());
}

#[test]
fn of_several_that_are_notified_each_runs_and_each_failure_is_told() {
    let mut story = Story::new();
    let customs = ["a", "b", "c"].map(|name| custom(&mut story, name, &["nothing"], &[name]));
    let s = execute(&mut story, "s", &["run"]);
    for custom in customs {
        story.notify(s, custom, "run", Timing::Delayed);
    }
    let mut machine = Machine::new();
    breaks(&mut machine, "a");
    breaks(&mut machine, "b");
    let told = story.run(&mut machine);
    assert_eq!(machine.state.ran, ["s", "a", "b", "c"]);
    assert_eq!(told.failures.len(), 2, "{:?}", told.failures);
    assert_eq!(machine.state.journal.owed.len(), 2);
}

#[test]
fn one_that_fails_in_part_is_owed_still() {
    let mut story = Story::new();
    let f = custom(&mut story, "F", &["nothing"], &["one", "two"]);
    let s = story.file("/etc/s", "s");
    story.notify(s, f, "run", Timing::Delayed);
    let mut machine = Machine::new();
    let broken = breaks(&mut machine, "two");
    story.run(&mut machine);
    assert_eq!(machine.state.journal.owed.len(), 1);
    broken.set(false);
    assert!(story.run(&mut machine).summary.success);
    assert_eq!(machine.state.ran, ["one", "two", "one", "two"]);
    assert!(machine.state.journal.owed.is_empty());
}

#[test]
fn an_interrupt_lets_a_notified_one_come_to_its_end() {
    let mut story = Story::new();
    let f = custom(&mut story, "F", &["nothing"], &["one", "two"]);
    let s = execute(&mut story, "s", &["run"]);
    execute(&mut story, "after", &["run"]);
    story.notify(s, f, "run", Timing::Delayed);
    let mut machine = Machine::new();
    let interrupted = story.options.interrupt.clone();
    machine.on("s", move |_| {
        interrupted.finish();
        0
    });
    let told = story.run(&mut machine);
    assert!(told.summary.interrupted);
    assert_eq!(machine.state.ran, ["s", "one", "two"]);
    assert!(machine.state.journal.owed.is_empty());
}

#[test]
fn one_that_an_interrupt_stops_half_way_is_not_done_and_what_it_owes_waits_for_it() {
    let mut story = Story::new();
    let site = custom(&mut story, "site", &["run"], &["one", "two"]);
    let web = story.service("web", &["nothing"]);
    story.notify(site, web, "restart", Timing::Delayed);
    let mut machine = Machine::new();
    machine.service("web", true);
    let stop = story.options.interrupt.clone();
    machine.on("one", move |_| {
        stop.finish();
        0
    });
    let told = story.run(&mut machine);
    assert_eq!(told.lines.last().unwrap(), "site[site] run: not run: the run was interrupted");
    assert_eq!(machine.state.ran, ["one"]);
    assert_eq!(machine.state.journal.owed.len(), 1);
    story.options.interrupt = Interrupt::default();
    machine.on("one", |_| 0);
    assert!(story.run(&mut machine).summary.success);
    assert_eq!(machine.state.ran, ["one", "one", "two", "systemctl restart -- web"]);
    assert!(machine.state.journal.owed.is_empty());
}

#[test]
fn rows_behind_one_that_restarts_the_machine_run_after_the_restart() {
    let mut story = Story::new();
    let f = story.custom("F", &["nothing"]);
    let reboot = story.row("reboot", "kernel", &["reboot_now"], json!({}));
    let behind = execute(&mut story, "behind", &["run"]);
    story.within(f, "run", reboot);
    story.within(f, "run", behind);
    let s = story.file("/etc/s", "s");
    story.notify(s, f, "run", Timing::Delayed);
    let mut machine = Machine::new();
    let told = story.run(&mut machine);
    assert!(machine.state.ran.is_empty(), "{:?}", told.lines);
    assert_eq!(machine.state.journal.owed.len(), 1);
    machine.restart();
    assert!(story.run(&mut machine).summary.success);
    assert_eq!(machine.state.ran, ["behind"]);
    assert!(machine.state.journal.owed.is_empty());
}

#[test]
fn what_may_not_come_to_pass_fails_nothing_in_a_plan() {
    let mut story = Story::new();
    execute(&mut story, "unclear", &["run"]);
    let site = story.custom("site", &["create"]);
    let fails = story.file("/missing/a", "a");
    story.within(site, "create", fails);
    story.not_if(site, Guard::Exists("/srv/x".into()));
    story.file("/etc/after", "a");
    let told = story.plan(&mut Machine::new());
    assert!(told.summary.success, "{:?}", told.lines);
    assert_eq!(told.counts.not_run, 0);
}

#[test]
fn of_two_notifiers_the_certain_one_is_told_too() {
    let mut story = Story::new();
    let target = execute(&mut story, "target", &["nothing"]);
    story.package("web");
    let may = story.service("web", &["restart"]);
    let will = execute(&mut story, "will", &["run"]);
    story.notify(may, target, "run", Timing::Delayed);
    story.notify(will, target, "run", Timing::Delayed);
    let lines = story.plan(&mut Machine::new()).lines;
    assert!(lines.contains(&"service[web] -> may execute[target] run delayed".to_owned()), "{lines:?}");
    assert!(lines.contains(&"execute[will] -> execute[target] run delayed".to_owned()), "{lines:?}");
}

#[test]
fn a_chain_of_notifications_may_be_of_any_length() {
    let length = 20_000;
    for timing in [Timing::Immediately, Timing::Delayed] {
        let mut story = Story::new();
        execute(&mut story, "c0", &["run"]);
        for number in 1..length {
            let row = execute(&mut story, &format!("c{number}"), &["nothing"]);
            story.notify(row - 1, row, "run", timing);
        }
        let mut machine = Machine::new();
        assert_eq!(story.plan(&mut machine).counts.updated + story.plan(&mut machine).counts.unknown, length);
        assert!(story.run_without_plan(&mut machine).summary.success);
        assert_eq!(machine.state.ran.len(), length, "{timing:?}");
    }
}
