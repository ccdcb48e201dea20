//! Services that are scripts: systemd reads its units anew once, after all that are enabled in a row.

use chefrs::model::collection::Timing;
use chefrs::model::query::{Enabled, ServiceState};
use serde_json::json;

use super::machine::Machine;
use super::story::Story;

const RELOAD: &str = "systemctl daemon-reload";

/// Services with a script each, none of them enabled or running.
fn with_scripts(names: &[&'static str]) -> Machine {
    let mut machine = Machine::new();
    for &name in names {
        let state =
            ServiceState { exists: true, enabled: Enabled::No, script: true, ..ServiceState::missing() };
        machine.state.services.insert(name.into(), state);
        machine.on(&format!("systemctl --no-reload enable -- {name}"), move |state| {
            state.services.get_mut(name).expect("it is there").enabled = Enabled::Yes;
            // It is enabled, and not started.
            state.services.get_mut(name).expect("it is there").running = false;
            0
        });
    }
    machine
}

fn words(machine: &Machine) -> Vec<&str> {
    let ran = machine.state.ran.iter();
    ran.map(|line| {
        if line == RELOAD {
            "reload"
        } else {
            line.trim_start_matches("systemctl ").trim_start_matches("--no-reload ")
        }
    })
    .collect()
}

#[test]
fn once_after_several() {
    let mut story = Story::new();
    for name in ["a", "b", "c"] {
        story.service(name, &["enable", "start"]);
    }
    let mut machine = with_scripts(&["a", "b", "c"]);
    let told = story.run(&mut machine);
    assert!(told.summary.success);
    assert_eq!(
        words(&machine),
        ["enable -- a", "start -- a", "enable -- b", "start -- b", "enable -- c", "start -- c", "reload"]
    );
    story.run(&mut machine);
    assert_eq!(machine.state.ran.len(), 7, "a second run does nothing: {:?}", machine.state.ran);
}

#[test]
fn before_anything_else() {
    let mut story = Story::new();
    story.service("a", &["enable"]);
    story.row("execute", "look", &["run"], json!({ "command": ["look"] }));
    story.service("b", &["enable"]);
    let guarded = story.service("c", &["enable"]);
    story.only_if(guarded, "true");
    // One with a unit of its own is another thing.
    let unit = story.service("unit", &["start"]);
    let mut machine = with_scripts(&["a", "b", "c"]);
    machine.service("unit", false);
    machine.guard("true", chefrs::model::query::End::Exit(0));
    story.notify(unit, guarded, "stop", Timing::Immediately);
    let told = story.run(&mut machine);
    assert!(told.summary.success, "{:?}", told.failures);
    assert_eq!(
        words(&machine),
        ["enable -- a", "reload", "look", "enable -- b", "reload", "enable -- c", "reload", "start -- unit"]
    );
}

#[test]
fn after_a_failure_too() {
    let mut story = Story::new();
    story.service("a", &["enable"]);
    story.service("b", &["enable"]);
    story.service("c", &["enable"]);
    let mut machine = with_scripts(&["a", "b", "c"]);
    machine.on("systemctl --no-reload enable -- b", |_| 1);
    let told = story.run(&mut machine);
    assert_eq!(told.failures, ["service[b]: `systemctl --no-reload enable -- b` failed"]);
    assert_eq!(words(&machine), ["enable -- a", "enable -- b", "reload"]);
}

#[test]
fn its_failure_is_one_of_the_service_that_wanted_it() {
    let mut story = Story::new();
    story.service("a", &["enable"]);
    story.row("execute", "look", &["run"], json!({ "command": ["look"] }));
    let mut machine = with_scripts(&["a"]);
    machine.on(RELOAD, |_| 1);
    let told = story.run(&mut machine);
    assert!(!told.summary.success);
    assert_eq!(told.failures, ["service[a]: `systemctl daemon-reload` failed"]);
    assert_eq!(words(&machine), ["enable -- a", "reload"]);
    assert_eq!((told.counts.failed, told.counts.updated, told.counts.not_run), (1, 0, 1));
}

#[test]
fn after_a_notified_one_at_once() {
    let mut story = Story::new();
    let file = story.file("/etc/a", "a");
    let service = story.service("a", &["nothing"]);
    let other = story.file("/etc/b", "b");
    story.notify(file, service, "enable", Timing::Immediately);
    story.notify(other, service, "start", Timing::Delayed);
    let mut machine = with_scripts(&["a"]);
    assert!(story.run(&mut machine).summary.success);
    assert_eq!(words(&machine), ["enable -- a", "reload", "start -- a"]);
}
