//! Rule 9: a change is verified.

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
