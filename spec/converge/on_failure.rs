//! What a failure runs, beside stopping the run.

use chefrs::model::collection::Timing;
use chefrs::scope::{RunScope, ScopeWord};
use serde_json::json;

use super::machine::Machine;
use super::story::Story;

/// A command that fails, and one that undoes it.
fn migration(story: &mut Story) -> (usize, usize) {
    let migrate = story.row("execute", "migrate", &["run"], json!({ "command": ["migrate"] }));
    let undo = story.row("execute", "undo", &["nothing"], json!({ "command": ["undo"] }));
    story.notify(migrate, undo, "run", Timing::OnFailure);
    (migrate, undo)
}

fn failing() -> Machine {
    let mut machine = Machine::new();
    machine.on("migrate", |_| 1);
    machine.on("undo", |_| 0);
    machine
}

#[test]
fn runs_directly_after_the_failure_and_the_run_has_failed() {
    let mut story = Story::new();
    migration(&mut story);
    story.file("/etc/after", "x");
    let mut machine = failing();
    let told = story.run(&mut machine);
    assert_eq!(
        told.lines,
        [
            "execute[migrate] run: failed: `migrate` failed",
            "execute[migrate] -> execute[undo] run on_failure",
            "execute[undo] run: updated",
        ]
    );
    assert_eq!((told.failures.len(), told.counts.failed, told.counts.not_run), (1, 1, 1));
    assert_eq!(machine.state.ran, ["migrate", "undo"]);
    assert!(machine.state.journal.owed.is_empty(), "{:?}", machine.state.journal);
}

#[test]
fn nothing_is_run_without_a_failure() {
    let mut story = Story::new();
    migration(&mut story);
    let mut machine = failing();
    machine.on("migrate", |_| 0);
    assert_eq!(story.run(&mut machine).lines, ["execute[migrate] run: updated"]);
}

#[test]
fn only_the_last_attempt_counts() {
    let mut story = Story::new();
    let (migrate, _) = migration(&mut story);
    story.at(migrate).retries = 2;
    let mut machine = failing();
    story.run(&mut machine);
    assert_eq!(machine.state.ran, ["migrate", "migrate", "migrate", "undo"]);
}

#[test]
fn an_ignored_failure_is_one_and_the_run_goes_on() {
    let mut story = Story::new();
    let (migrate, _) = migration(&mut story);
    story.at(migrate).ignore_failure = true;
    story.file("/etc/after", "x");
    let told = story.run(&mut failing());
    assert_eq!(told.failures, Vec::<String>::new());
    assert_eq!(
        told.lines[1..],
        [
            "execute[migrate] -> execute[undo] run on_failure",
            "execute[undo] run: updated",
            "file[/etc/after] create: updated",
        ]
    );
}

#[test]
fn what_a_failure_runs_may_fail_too_and_both_are_told() {
    let mut story = Story::new();
    let (_, undo) = migration(&mut story);
    let mail = story.row("execute", "mail", &["nothing"], json!({ "command": ["mail"] }));
    story.notify(undo, mail, "run", Timing::OnFailure);
    let mut machine = failing();
    machine.on("undo", |_| 2);
    machine.on("mail", |_| 0);
    let told = story.run(&mut machine);
    assert_eq!(told.failures.len(), 2, "{:?}", told.failures);
    assert_eq!(machine.state.ran, ["migrate", "undo", "mail"]);
}

/// A repair may run what has failed once more: that is tried once, and ends.
#[test]
fn a_repair_tries_once_more() {
    let mut story = Story::new();
    let (migrate, undo) = migration(&mut story);
    story.notify(undo, migrate, "run", Timing::Immediately);
    let mut machine = failing();
    story.run(&mut machine);
    assert_eq!(machine.state.ran, ["migrate", "undo", "migrate"]);
}

#[test]
fn that_of_a_custom_resource_runs_after_what_is_inside_failed() {
    let mut story = Story::new();
    let site = story.custom("blog", &["create"]);
    let migrate = story.row("execute", "migrate", &["run"], json!({ "command": ["migrate"] }));
    let second = story.file("/etc/second", "x");
    let undo = story.row("execute", "undo", &["nothing"], json!({ "command": ["undo"] }));
    story.within(site, "create", migrate);
    story.within(site, "create", second);
    story.notify(site, undo, "run", Timing::OnFailure);
    let mut machine = failing();
    let told = story.run(&mut machine);
    assert_eq!(machine.state.ran, ["migrate", "undo"]);
    assert_eq!(told.failures.len(), 1, "{:?}", told.failures);
}

/// A plan that knows of the failure knows of what it runs.
#[test]
fn a_plan_foresees_what_a_certain_failure_runs() {
    let mut story = Story::new();
    let web = story.service("web", &["start"]);
    let undo = story.row("execute", "undo", &["nothing"], json!({ "command": ["undo"] }));
    story.notify(web, undo, "run", Timing::OnFailure);
    let mut machine = failing();
    let planned = story.plan(&mut machine);
    assert_eq!(planned.lines.last().map(String::as_str), Some("execute[undo] run: updated"));
    story.run(&mut machine);
    assert_eq!(machine.state.ran, ["undo"]);
}

/// With what is left out, a failure is told what it does not run.
#[test]
fn what_is_left_out_is_not_run() {
    let mut story = Story::new();
    migration(&mut story);
    let scope = RunScope { skip: vec![ScopeWord::read("execute[undo]").unwrap()], ..RunScope::default() };
    let (collection, _) = scope.apply(story.collection);
    story.collection = collection;
    let mut machine = failing();
    let told = story.run(&mut machine);
    assert_eq!(machine.state.ran, ["migrate"]);
    assert!(told.lines.iter().any(|line| line.contains("execute[undo] run on_failure")), "{:?}", told.lines);
}
