//! Rule 4: guards.

use chefrs::model::collection::Guard;
use chefrs::model::event::Event;
use chefrs::model::query::End;
use chefrs::model::step::Command;
use serde_json::json;

use super::machine::Machine;
use super::story::Story;

#[test]
fn all_only_if_must_hold_and_no_not_if_may() {
    let mut machine = Machine::new();
    machine.guard("yes", End::Exit(0));
    machine.guard("no", End::Exit(1));
    let mut story = Story::new();
    let first = story.file("/etc/first", "x");
    story.only_if(first, "yes");
    story.only_if(first, "no");
    let second = story.file("/etc/second", "x");
    story.not_if(second, Guard::Exists("/srv".into()));
    let third = story.file("/etc/third", "x");
    story.not_if(third, Guard::Is(false));
    story.only_if(third, "yes");
    assert_eq!(
        story.run(&mut machine).lines,
        [
            "file[/etc/first] create: skipped: only_if `no` does not hold",
            "file[/etc/second] create: skipped: not_if exists \"/srv\" holds",
            "file[/etc/third] create: updated",
        ]
    );
}

#[test]
fn a_guard_that_cannot_be_run_is_an_error_not_false() {
    for end in [End::Exit(126), End::Exit(127), End::Signal(9), End::TimedOut(5), End::NotStarted("x".into())]
    {
        let mut machine = Machine::new();
        machine.guard("probe", end);
        let mut story = Story::new();
        let row = story.file("/etc/a", "x");
        story.not_if(row, Guard::Command(chefrs::model::step::Command::new(["/bin/sh", "-c", "probe"])));
        let told = story.run(&mut machine);
        assert_eq!(told.failures, ["file[/etc/a]: the guard `probe` could not be run"]);
        assert!(machine.state.steps.is_empty());
    }
}

#[test]
fn guards_are_evaluated_once_for_each_action() {
    let mut machine = Machine::new();
    machine.service("web", true);
    let mut story = Story::new();
    let row = story.service("web", &["stop", "start"]);
    story.only_if(row, "yes");
    machine.guard("yes", End::Exit(0));
    assert_eq!(story.run(&mut machine).counts.updated, 1);
    machine.guard("yes", End::Exit(1));
    assert_eq!(story.run(&mut machine).counts.skipped, 1);
}

#[test]
fn the_guard_of_a_custom_resource_keeps_all_of_it_back() {
    let mut story = Story::new();
    let site = story.custom("blog", &["create"]);
    let file = story.file("/etc/one", "1");
    story.within(site, "create", file);
    story.not_if(site, Guard::Exists("/srv".into()));
    let told = story.run(&mut Machine::new());
    assert_eq!(told.lines, ["site[blog] create: skipped: not_if exists \"/srv\" holds"]);
    assert_eq!(told.counts.skipped, 1);
}

#[test]
fn a_failing_guard_of_a_custom_resource_is_told() {
    let mut story = Story::new();
    let site = story.custom("blog", &["create"]);
    let file = story.file("/etc/one", "1");
    story.within(site, "create", file);
    story.only_if(site, "probe");
    let told = story.run(&mut Machine::new());
    assert_eq!(told.failures, ["site[blog]: the guard `probe` could not be run"]);
}

#[test]
fn what_a_guard_keeps_back_is_neither_resolved_nor_run() {
    let mut story = Story::new();
    let missing = story.row("file", "/etc/a", &["create"], json!({ "content": { "$contents": "/missing" } }));
    story.only_if_exists(missing, "/missing");
    let command = json!({ "$output": Command::new(["touch", "/etc/side"]) });
    let asked = story.row("file", "/etc/b", &["create"], json!({ "content": command }));
    story.at(asked).only_if.push(Guard::Is(false));
    let mut machine = Machine::new();
    assert_eq!(
        story.run(&mut machine).lines,
        [
            "file[/etc/a] create: skipped: only_if exists \"/missing\" does not hold",
            "file[/etc/b] create: skipped: only_if false does not hold",
        ]
    );
}

#[test]
fn output_that_is_not_all_there_is_not_written() {
    let mut story = Story::new();
    let command = json!({ "$output": Command::new(["print", "longer"]) });
    story.row("file", "/etc/b", &["create"], json!({ "content": command }));
    let mut machine = Machine::new();
    machine.guard("print longer", End::Exit(0));
    let told = "the output of `print longer` can't be used: it is longer than 1 MiB or no UTF-8 text";
    assert_eq!(story.plan(&mut machine).lines, [format!("file[/etc/b] create: failed: {told}")]);
    assert_eq!(story.run(&mut machine).failures, [format!("file[/etc/b]: {told}")]);
    assert!(!machine.state.files.keys().any(|path| path == "/etc/b"));
}

#[test]
fn a_program_that_a_guard_looks_for_and_that_is_not_there_is_no_error() {
    for script in [
        "command -v tool",
        "command -v tool >/dev/null 2>&1",
        "! command -v tool",
        "type tool && tool --check",
    ] {
        let mut machine = Machine::new();
        machine.guard(script, End::Exit(127));
        let mut story = Story::new();
        let row = story.file("/etc/a", "x");
        story.only_if(row, script);
        let lines = story.run(&mut machine).lines;
        assert_eq!(lines, [format!("file[/etc/a] create: skipped: only_if `{script}` does not hold")]);
    }
    // One that is started without being looked for is missing.
    let mut machine = Machine::new();
    machine.guard("command -v tool && other", End::Exit(127));
    let mut story = Story::new();
    let row = story.file("/etc/a", "x");
    story.only_if(row, "command -v tool && other");
    assert!(!story.run(&mut machine).summary.success);
}

#[test]
fn a_guard_that_looks_for_a_program_depends_on_what_may_bring_it_alone() {
    let mut machine = Machine::new();
    machine.guard("command -v tool", End::Exit(127));
    let mut story = Story::new();
    story.file("/srv/other", "x");
    let row = story.file("/etc/a", "x");
    story.only_if(row, "command -v tool");
    let lines = story.plan(&mut machine).lines;
    assert_eq!(lines[1], "file[/etc/a] create: skipped: only_if `command -v tool` does not hold");
    let mut later = Story::new();
    later.package("tool");
    let row = later.file("/etc/a", "x");
    later.only_if(row, "command -v tool");
    assert_eq!(later.plan(&mut machine).lines[1], "file[/etc/a] create: unknown until package[tool]");
}

#[test]
fn rows_of_a_custom_resource_whose_guard_fails_are_named_as_not_run() {
    let mut story = Story::new();
    let site = story.custom("blog", &["create"]);
    let file = story.file("/etc/one", "1");
    story.within(site, "create", file);
    story.only_if(site, "probe");
    let told = story.run(&mut Machine::new());
    let named = told.events.iter().any(|event| {
        matches!(event, Event::NotRun { resources, reason }
            if resources == &["file[/etc/one]"] && reason == "site[blog] failed")
    });
    assert!(named, "{:#?}", told.events);
}
