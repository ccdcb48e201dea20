//! Rule 9: a change is verified.

use std::time::Duration;

use chefrs::model::query::ServiceCourse;
use serde_json::json;

use super::machine::Machine;
use super::story::Story;

#[test]
fn a_command_that_reports_success_without_doing_its_work_has_failed() {
    let mut story = Story::new();
    story.service("web", &["start"]);
    let mut machine = Machine::new();
    machine.service("web", false);
    machine.on("systemctl start -- web", |state| {
        state.services.get_mut("web").expect("it is there").running = false;
        0
    });
    let told = story.run(&mut machine);
    assert_eq!(told.failures, ["service[web]: the change did not hold: afterwards it would again start"]);
}

#[test]
fn what_always_acts_is_exempt() {
    let mut story = Story::new();
    story.service("web", &["restart"]);
    let mut machine = Machine::new();
    machine.service("web", true);
    assert!(story.run(&mut machine).summary.success);
}

/// A machine on which `web` is stopped, and ends by itself in the given way when a command runs.
fn with_a_service_that_ends(failed: bool) -> (Story, Machine) {
    let mut story = Story::new();
    story.service("web", &["start"]);
    story.row("execute", "later", &["run"], json!({ "command": "later" }));
    let mut machine = Machine::new();
    machine.service("web", false);
    machine.on("later", move |state| {
        let service = state.services.get_mut("web").expect("it is there");
        service.running = false;
        service.failed = failed;
        service.course =
            Some(Box::new(ServiceCourse { conditions_met: Some(true), ..ServiceCourse::default() }));
        0
    });
    (story, machine)
}

#[test]
fn a_service_that_dies_before_the_end_of_the_run_has_failed() {
    let (story, mut machine) = with_a_service_that_ends(true);
    story.untold("nobody knows ahead that it dies");
    let told = story.run(&mut machine);
    assert_eq!(told.failures, ["service[web]: the service `web` has failed"]);
    assert!(!told.summary.success);
}

/// A twentieth of a second after the last row, by the machine's own clock.
#[test]
fn a_service_that_dies_a_moment_after_the_last_row_has_failed() {
    let mut story = Story::new();
    story.service("web", &["start"]);
    let mut machine = Machine::new();
    machine.service("web", false);
    machine.passing = Box::new(|state, waited| {
        if waited >= Duration::from_millis(50) {
            let service = state.services.get_mut("web").expect("it is there");
            service.running = false;
            service.failed = true;
            service.course = Some(Box::default());
        }
    });
    let told = story.run(&mut machine);
    assert_eq!(told.failures, ["service[web]: the service `web` has failed"]);
    assert!(!told.summary.success);
}

#[test]
fn a_quarter_of_a_second_at_most_is_waited_for_services_and_only_where_one_was_started() {
    let mut story = Story::new();
    for name in ["a", "b", "c"] {
        story.service(name, &["start"]);
    }
    let mut machine = Machine::new();
    for name in ["a", "b", "c"] {
        machine.service(name, false);
    }
    assert!(story.run(&mut machine).summary.success);
    let waited = machine.waited;
    assert!(!waited.is_zero() && waited <= Duration::from_millis(250), "{waited:?}");
    machine.waited = Duration::ZERO;
    assert!(story.run(&mut machine).summary.success);
    assert_eq!(machine.waited, Duration::ZERO);
}

#[test]
fn a_service_that_a_command_may_have_stopped_has_not_died() {
    let (story, mut machine) = with_a_service_that_ends(false);
    assert!(story.run(&mut machine).summary.success);
}

#[test]
fn a_service_that_is_stopped_by_the_run_is_looked_at_no_more() {
    let (mut story, mut machine) = with_a_service_that_ends(true);
    story.service("web", &["stop"]);
    machine.on("later", |_| 0);
    machine.on("systemctl stop -- web", |state| {
        let service = state.services.get_mut("web").expect("it is there");
        service.failed = true;
        service.course = Some(Box::default());
        0
    });
    assert!(story.run(&mut machine).summary.success);
}
