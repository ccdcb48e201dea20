//! What is seen of a machine before there is a collection changes nothing but how often it is asked.

use chefrs::model::collection::Guard;
use chefrs::model::query::End;
use serde_json::json;

use super::machine::Machine;
use super::story::{Story, Told};

/// The same story with early answers and without; each on a machine of its own.
fn both(mut story: Story, machine: impl Fn() -> Machine) -> (Told, Machine) {
    for plan in [true, false] {
        let tell = |story: &Story| {
            let mut machine = machine();
            let told = if plan { story.plan(&mut machine) } else { story.run(&mut machine) };
            (told, machine)
        };
        story.foreseen = false;
        let (without, plain) = tell(&story);
        story.foreseen = true;
        let (with, foreseen) = tell(&story);
        assert_eq!(with.lines, without.lines);
        assert_eq!((&with.failures, with.counts), (&without.failures, without.counts));
        assert_eq!(foreseen.state.steps, plain.state.steps);
        assert_eq!(foreseen.state.files, plain.state.files);
        if !plan {
            return (with, foreseen);
        }
    }
    unreachable!("the run comes last")
}

#[test]
fn what_is_as_declared_is_left_alone() {
    let mut story = Story::new();
    for path in ["/etc/a", "/etc/b", "/etc/c"] {
        story.file(path, "same");
    }
    let machine = || {
        let mut machine = Machine::new();
        for path in ["/etc/a", "/etc/b", "/etc/c"] {
            machine.file(path, "same");
        }
        machine
    };
    let (told, machine) = both(story, machine);
    assert_eq!(told.counts.up_to_date, 3);
    // The rows come in two parts. Of each it is asked what is there, and what is in what has the right size; one more for
    // what the run itself has to know.
    assert_eq!(machine.state.batches, 5, "and none for who runs it");
}

#[test]
fn what_an_earlier_row_changes_is_looked_at_again() {
    let mut story = Story::new();
    story.file("/etc/a", "two");
    story.file("/etc/b", "same");
    story.file("/etc/a", "one");
    story.row("directory", "/srv/gone", &["delete"], json!({ "recursive": true }));
    story.file("/srv/gone/file", "same");
    let machine = || {
        let mut machine = Machine::new();
        machine.file("/etc/a", "one");
        machine.file("/etc/b", "same");
        machine.directory("/srv/gone");
        machine.file("/srv/gone/file", "same");
        machine
    };
    let (told, machine) = both(story, machine);
    assert_eq!((told.counts.updated, told.counts.up_to_date), (3, 1), "{:?}", told.lines);
    assert_eq!(told.failures.len(), 1, "its directory is gone: {:?}", told.failures);
    assert_eq!(machine.state.files[camino::Utf8Path::new("/etc/a")].1, "one");
}

#[test]
fn what_a_command_does_is_seen() {
    let mut story = Story::new();
    story.row("execute", "spoil", &["run"], json!({ "command": "spoil" }));
    story.file("/etc/a", "one");
    let machine = || {
        let mut machine = Machine::new();
        machine.file("/etc/a", "one");
        machine.on("spoil", |state| {
            state.files.remove(camino::Utf8Path::new("/etc/a"));
            0
        });
        machine
    };
    let reason = "what a command does to what it was not declared for, no plan can know";
    story.foreseen = true;
    story.untold(reason);
    let mut spoilt = machine();
    assert_eq!(story.run(&mut spoilt).counts.updated, 2);
    story.foreseen = false;
    story.untold(reason);
    let mut plain = machine();
    assert_eq!(story.run(&mut plain).counts.updated, 2);
    assert_eq!(spoilt.state.files, plain.state.files);
}

#[test]
fn guards_and_further_actions_keep_their_say() {
    let mut story = Story::new();
    let kept = story.file("/etc/a", "other");
    story.not_if(kept, Guard::Exists("/etc/a".into()));
    let guarded = story.file("/etc/b", "same");
    story.only_if(guarded, "false");
    story.row("file", "/etc/c", &["create", "delete"], json!({}));
    story.row("file", "/etc/a", &["nothing"], json!({ "content": "never" }));
    let machine = || {
        let mut machine = Machine::new();
        machine.guard("false", End::Exit(1));
        for (path, text) in [("/etc/a", "one"), ("/etc/b", "same"), ("/etc/c", "")] {
            machine.file(path, text);
        }
        machine
    };
    let (told, machine) = both(story, machine);
    assert_eq!((told.counts.skipped, told.counts.updated), (3, 1), "{:?}", told.lines);
    assert!(!machine.state.files.contains_key(camino::Utf8Path::new("/etc/c")));
}

#[test]
fn what_starts_programs_is_asked_in_the_run_alone() {
    let mut story = Story::new();
    story.service("web", &["start"]);
    story.package("nginx");
    story.row("execute", "work", &["run"], json!({ "command": "work" }));
    story.foreseen = true;
    let mut machine = Machine::new();
    machine.service("web", true);
    let told = story.run(&mut machine);
    assert_eq!(told.counts.updated, 2, "{:?}", told.lines);
}
