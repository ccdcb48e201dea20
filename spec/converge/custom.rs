//! Custom resources go through the same lines as built-in ones: each rule that holds for the one holds for the other.

mod before;
mod in_part;
mod notified;

use chefrs::model::collection::{Guard, Timing};
use chefrs::model::event::Event;
use serde_json::json;

use super::machine::Machine;
use super::story::{Story, Told};

/// A row that runs a command named like it.
fn execute(story: &mut Story, name: &str, actions: &[&str]) -> usize {
    story.row("execute", name, actions, json!({ "command": name }))
}

/// A custom resource with one action, of rows that each run a command.
fn custom(story: &mut Story, name: &str, actions: &[&str], commands: &[&str]) -> usize {
    let custom = story.custom(name, actions);
    for command in commands {
        let row = execute(story, command, &["run"]);
        story.within(custom, "run", row);
    }
    custom
}

/// A command that fails until it is mended.
fn breaks(machine: &mut Machine, command: &str) -> std::rc::Rc<std::cell::Cell<bool>> {
    let broken = std::rc::Rc::new(std::cell::Cell::new(true));
    let state = broken.clone();
    machine.on(command, move |_| i32::from(state.get()));
    broken
}

fn warnings(told: &Told) -> Vec<&str> {
    let warnings = told.events.iter().filter_map(|event| match event {
        Event::Warning { diagnostic } => Some(diagnostic.message.as_str()),
        _ => None,
    });
    warnings.collect()
}

#[test]
fn a_sensitive_one_hides_what_is_inside_it_and_says_so() {
    let mut story = Story::new();
    let site = story.custom("site", &["create"]);
    story.at(site).sensitive = true;
    let file = story.file("/etc/a", "hunter2\n");
    let run = story.row("execute", "run", &["run"], json!({ "command": "login hunter2" }));
    story.within(site, "create", file);
    story.within(site, "create", run);
    let mut machine = Machine::new();
    breaks(&mut machine, "login hunter2");
    breaks(&mut machine, "/bin/sh -c login hunter2");
    let plan = story.plan(&mut machine);
    let told = story.run(&mut machine);
    for told in [&plan, &told] {
        let text = serde_json::to_string(&told.events).unwrap();
        assert!(!text.contains("hunter2"), "{text}");
        let withheld = |event: &&Event| matches!(event, Event::Change { withheld: true, .. });
        assert_eq!(told.events.iter().filter(withheld).count(), 1);
    }
}

#[test]
fn one_without_differences_hides_those_of_what_is_inside_it() {
    let mut story = Story::new();
    let site = story.custom("site", &["create"]);
    story.at(site).diff = false;
    let file = story.file("/etc/a", "inside\n");
    story.within(site, "create", file);
    story.file("/etc/b", "outside\n");
    let mut machine = Machine::new();
    let plan = story.plan(&mut machine);
    let told = story.run(&mut machine);
    for told in [&plan, &told] {
        let changes: Vec<_> =
            told.events.iter().filter(|event| matches!(event, Event::Change { .. })).collect();
        let text = serde_json::to_string(&changes).unwrap();
        assert!(!text.contains("inside") && text.contains("outside"), "{text}");
        assert!(text.contains("create file, 7 bytes"), "the change itself is told: {text}");
        assert!(!text.contains("\"withheld\":true"), "{text}");
    }
}

#[test]
fn one_whose_rows_are_unknown_is_unknown_and_what_it_may_notify_is_told() {
    let mut story = Story::new();
    story.package("web");
    let site = story.custom("site", &["create"]);
    let service = story.service("web", &["restart"]);
    story.within(site, "create", service);
    let after = execute(&mut story, "after", &["nothing"]);
    story.notify(site, after, "run", Timing::Delayed);
    let told = story.plan(&mut Machine::new());
    assert_eq!(
        told.lines[1..],
        [
            "service[web] restart: unknown until package[web]",
            "site[site] create: unknown until package[web]",
            "site[site] -> may execute[after] run delayed",
            "execute[after] run: unknown until site[site]",
        ]
    );
}

#[test]
fn places_never_exceed_the_number_of_resources() {
    let mut story = Story::new();
    custom(&mut story, "site", &["run"], &["one", "two"]);
    custom(&mut story, "idle", &["nothing"], &["three"]);
    story.file("/etc/a", "a");
    let told = story.run(&mut Machine::new());
    let Some(Event::RunStarted { resources, .. }) = told.events.first() else { panic!("no start") };
    let places: Vec<usize> = told
        .events
        .iter()
        .filter_map(|event| match event {
            Event::ActionStarted { resource, .. } => Some(resource.position),
            _ => None,
        })
        .collect();
    assert_eq!(*resources, 3);
    assert_eq!(places, [0, 1, 2, 3]);
}

#[test]
fn a_guarded_command_that_its_guard_would_let_run_again_is_told_of() {
    let mut story = Story::new();
    let never = execute(&mut story, "never", &["run"]);
    story.not_if(never, Guard::Exists("/etc/done".into()));
    let once = execute(&mut story, "once", &["run"]);
    story.not_if(once, Guard::Exists("/etc/once".into()));
    let mut machine = Machine::new();
    machine.on("once", |state| {
        let done = (chefrs::model::query::FileKind::File, String::new(), 0o644);
        state.files.insert("/etc/once".into(), done);
        0
    });
    let told = story.run(&mut machine);
    assert_eq!(
        warnings(&told),
        [
            "execute[never]: not_if exists \"/etc/done\" still does not hold after it has run, so it will run each time"
        ]
    );
}

#[test]
fn a_guard_that_can_not_be_run_is_told_in_a_plan_where_something_is_pending() {
    let mut story = Story::new();
    execute(&mut story, "anything", &["run"]);
    let plain = execute(&mut story, "plain", &["run"]);
    let custom = custom(&mut story, "C", &["run"], &["inside"]);
    for row in [plain, custom] {
        story.only_if(row, "nowhere");
    }
    let lines = story.plan(&mut Machine::new()).lines;
    let failed = "unknown until execute[anything], would fail: the guard `nowhere` could not be run";
    assert_eq!(lines[1], format!("execute[plain] run: {failed}"), "{lines:#?}");
    let failed = "unknown until execute[plain], would fail: the guard `nowhere` could not be run";
    assert_eq!(lines[3], format!("site[C] run: {failed}"));
}
