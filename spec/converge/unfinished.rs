//! An action that was broken off where the machine does not show it: the rest of it is owed, as a notification is.

use chefrs::model::collection::{Guard, Timing};
use chefrs::model::event::Event;
use chefrs::model::foreseen::ForeseenSoFar;
use chefrs::model::journal::{BegunAction, Debt, Journal};
use serde_json::json;

use super::machine::Machine;
use super::story::{Story, Told};

const RELOAD: &str = "systemctl daemon-reload";

/// A line in `/etc/fstab`, which systemd then reads.
fn line(story: &mut Story, action: &str) -> usize {
    let properties = json!({ "device": "tmpfs", "fstype": "tmpfs", "mount_point": "/srv/a" });
    story.row("mount", "/srv/a", &[action], properties)
}

fn story() -> Story {
    let mut story = Story::new();
    line(&mut story, "enable");
    story.options.run = "this".into();
    story
}

/// A machine on which the line was written, and the reload failed.
fn broken_off(story: &Story) -> Machine {
    let mut machine = Machine::new();
    machine.on(RELOAD, |_| 1);
    assert!(!story.run(&mut machine).summary.success);
    assert_eq!(machine.state.ran, [RELOAD]);
    machine.on(RELOAD, |_| 0);
    machine.state.ran.clear();
    machine
}

fn warnings(told: &Told) -> Vec<&str> {
    let warnings = told.events.iter().filter_map(|event| match event {
        Event::Warning { diagnostic } => Some(diagnostic.message.as_str()),
        _ => None,
    });
    warnings.collect()
}

#[test]
fn it_is_written_down_before_the_first_step_and_struck_out_at_the_end() {
    let mut machine = Machine::new();
    machine.on(RELOAD, |state| {
        let [debt] = state.journal.owed.as_slice() else { panic!("{:?}", state.journal.owed) };
        assert_eq!(debt.begun, Some(BegunAction::Old));
        assert_eq!(
            (debt.to.as_str(), debt.action.as_str(), debt.run.as_str()),
            ("mount[/srv/a]", "enable", "this")
        );
        0
    });
    assert!(story().run(&mut machine).summary.success);
    assert_eq!(machine.state.journal, Journal::default());
    assert_eq!(machine.state.written, 2);
    assert_eq!(story().run(&mut machine).lines, ["mount[/srv/a] enable: up to date"]);
    assert_eq!((machine.state.written, machine.state.ran.len()), (2, 1));
}

#[test]
fn the_next_run_does_the_rest_of_it_and_its_plan_says_so() {
    let mut machine = broken_off(&story());
    let plan = story().plan(&mut machine);
    assert_eq!(plan.lines, ["mount[/srv/a] enable: updated"]);
    let told = story().run(&mut machine);
    assert_eq!(told.lines, plan.lines);
    let is_rest = |event: &&Event| matches!(event, Event::Owed { debt } if debt.begun.is_some());
    assert_eq!(told.events.iter().filter(is_rest).count(), 1);
    assert_eq!(machine.state.ran, [RELOAD]);
    assert!(machine.state.journal.owed.is_empty());
    assert_eq!(story().run(&mut machine).lines, ["mount[/srv/a] enable: up to date"]);
}

#[test]
fn another_attempt_of_the_same_run_does_the_rest_of_it() {
    let mut story = Story::new();
    let line = line(&mut story, "enable");
    story.at(line).retries = 1;
    let mut machine = Machine::new();
    let mut first = true;
    machine.on(RELOAD, move |_| i32::from(std::mem::take(&mut first)));
    let told = story.run(&mut machine);
    assert!(told.summary.success, "{:?}", told.failures);
    assert_eq!(machine.state.ran, [RELOAD, RELOAD]);
    assert!(machine.state.journal.owed.is_empty());
}

#[test]
fn it_stays_owed_while_it_fails_and_no_longer_once_nothing_is_to_be_done() {
    let mut machine = broken_off(&story());
    machine.on(RELOAD, |_| 1);
    assert!(!story().run(&mut machine).summary.success);
    assert_eq!(machine.state.journal.owed.len(), 1);
    let mut skipped = story();
    skipped.not_if(0, Guard::Is(true));
    assert!(skipped.run(&mut machine).summary.success);
    assert!(machine.state.journal.owed.is_empty());
}

#[test]
fn a_failure_before_the_first_step_leaves_nothing() {
    let mut machine = Machine::new();
    machine.keeps = false;
    machine.file("/etc/fstab", "");
    machine.state.full = true;
    let story = story();
    story.untold("a plan writes nothing, and so does not try to");
    let told = story.run(&mut machine);
    let what = "that it is begun can't be recorded, so nothing was changed: the disk is full";
    assert_eq!(told.failures, [format!("mount[/srv/a]: {what}")]);
    assert!(machine.state.ran.is_empty());
}

#[test]
fn it_is_dropped_aloud_where_the_recipe_asks_for_something_else() {
    let mut machine = broken_off(&story());
    let mut other = Story::new();
    line(&mut other, "mount");
    let told = other.plan(&mut machine);
    assert_eq!(
        warnings(&told),
        ["story no longer declares mount[/srv/a] with enable, so what is left of it would be dropped"]
    );
    assert_eq!(machine.state.journal.owed.len(), 1, "a plan writes nothing");
}

#[test]
fn a_row_that_waits_does_the_rest_of_it_when_it_is_notified_again() {
    let mut story = Story::new();
    let file = story.file("/etc/a", "a");
    let line = line(&mut story, "nothing");
    story.notify(file, line, "enable", Timing::Delayed);
    let mut machine = broken_off(&story);
    let told = story.run(&mut machine);
    assert_eq!(told.lines, ["file[/etc/a] create: up to date", "mount[/srv/a] enable: updated"]);
    assert_eq!(machine.state.ran, [RELOAD]);
    assert!(machine.state.journal.owed.is_empty());
}

#[test]
fn what_nothing_reaches_any_more_is_done_at_the_end() {
    let mut story = Story::new();
    let package = story.package("lib");
    let site = story.custom("site", &["nothing"]);
    let line = line(&mut story, "enable");
    story.within(site, "go", line);
    story.notify(package, site, "go", Timing::Immediately);
    let mut machine = Machine::new();
    assert!(story.run(&mut machine).summary.success);
    // The journal could not be written to once more.
    machine.state.journal.owe(begun());
    let told = story.run(&mut machine);
    assert_eq!(told.lines, ["package[lib] install: up to date", "mount[/srv/a] enable: updated"]);
    assert_eq!(machine.state.ran.last().map(String::as_str), Some(RELOAD));
    assert!(machine.state.journal.owed.is_empty());
}

/// The entry of an action in the custom resource.
fn begun() -> Debt {
    Debt {
        to: "mount[/srv/a]".into(),
        within: vec!["site[site] go".into()],
        recipe: "story".into(),
        action: "enable".into(),
        timing: Timing::Immediately,
        from: "mount[/srv/a]".into(),
        skip_on_failure: false,
        awaits: None,
        begun: Some(BegunAction::Old),
        run: "earlier".into(),
    }
}

#[test]
fn the_run_of_a_saved_plan_may_do_the_rest_of_it() {
    let mut story = story();
    let mut foreseen = ForeseenSoFar::default();
    for event in &story.plan(&mut Machine::new()).events {
        foreseen.note(event);
    }
    story.collection.foreseen = Some(foreseen.take());
    let mut machine = broken_off(&story);
    let told = story.run(&mut machine);
    assert!(told.summary.success, "{:?}", told.failures);
    assert_eq!(machine.state.ran, [RELOAD]);
}

#[test]
fn it_stays_owed_where_the_failure_is_ignored() {
    let mut story = story();
    story.at(0).ignore_failure = true;
    let mut machine = Machine::new();
    machine.on(RELOAD, |_| 1);
    for _ in 0..2 {
        assert!(story.run(&mut machine).summary.success);
        assert_eq!(machine.state.journal.owed.len(), 1);
    }
    machine.on(RELOAD, |_| 0);
    assert!(story.run(&mut machine).summary.success);
    assert!(machine.state.journal.owed.is_empty());
}
