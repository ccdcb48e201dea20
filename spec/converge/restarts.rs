//! Restarts of the machine: at the end of a run or in its middle, made once, and never forgotten.

use chefrs::model::collection::Timing;
use chefrs::model::event::Event;
use chefrs::model::journal::Journal;
use serde_json::json;

use super::machine::Machine;
use super::story::{Story, Told};

/// Resources for which the machine would now go down, by what the events say.
fn restarts(told: &Told) -> Vec<String> {
    let id = |event: &Event| match event {
        Event::Restart { resource, .. } => Some(resource.id.clone()),
        _ => None,
    };
    told.events.iter().filter_map(id).collect()
}

fn warned(told: &Told, words: &str) -> bool {
    let says =
        |event: &Event| matches!(event, Event::Warning { diagnostic } if diagnostic.message.contains(words));
    told.events.iter().any(says)
}

#[test]
fn one_in_the_middle_ends_the_run_and_is_made_once() {
    let mut machine = Machine::new();
    machine.service("web", true);
    let mut story = Story::new();
    let a = story.file("/etc/a", "a");
    let web = story.service("web", &["nothing"]);
    story.row("reboot", "kernel", &["reboot_now"], json!({}));
    story.file("/etc/b", "b");
    story.notify(a, web, "restart", Timing::Delayed);

    let plan = story.plan(&mut machine);
    assert_eq!((plan.counts.updated, plan.counts.not_run, restarts(&plan)), (4, 0, Vec::<String>::new()));

    let first = story.run(&mut machine);
    assert!(first.summary.success);
    assert_eq!(restarts(&first), ["reboot[kernel]"]);
    assert_eq!((first.counts.updated, first.counts.not_run), (2, 1), "{:#?}", first.lines);
    assert!(!machine.state.files.contains_key(camino::Utf8Path::new("/etc/b")));
    assert_eq!(machine.state.journal.owed.len(), 1, "the delayed notification waits");
    assert!(machine.state.ran.is_empty(), "{:?}", machine.state.ran);

    machine.restart();
    let second = story.run(&mut machine);
    assert!(second.summary.success && restarts(&second).is_empty(), "{:#?}", second.lines);
    assert_eq!((second.counts.updated, second.counts.up_to_date), (2, 2), "{:#?}", second.lines);
    assert_eq!(machine.state.ran, ["systemctl restart -- web"]);
    assert_eq!(machine.state.journal, Journal::default());

    assert_eq!(restarts(&story.run(&mut machine)), ["reboot[kernel]"], "another run has another restart");
}

#[test]
fn a_later_change_of_the_same_run_restarts_again() {
    let mut machine = Machine::new();
    let mut story = Story::new();
    let a = story.file("/etc/a", "a");
    let b = story.file("/etc/b", "b");
    let reboot = story.row("reboot", "kernel", &["nothing"], json!({}));
    for row in [a, b] {
        story.notify(row, reboot, "reboot_now", Timing::Immediately);
    }
    for _ in 0..2 {
        assert_eq!(restarts(&story.run(&mut machine)), ["reboot[kernel]"]);
        assert!(machine.state.journal.owed.is_empty(), "what was delivered is owed no more");
        machine.restart();
    }
    let last = story.run(&mut machine);
    assert_eq!((restarts(&last).len(), last.counts.up_to_date), (0, 2), "{:#?}", last.lines);
    assert_eq!(machine.state.journal, Journal::default());
}

#[test]
fn what_is_notified_after_every_start_restarts_five_times_and_fails() {
    for action in ["request_reboot", "reboot_now"] {
        let mut machine = Machine::new();
        let mut story = Story::new();
        let gone = story.file("/etc/flag", "x");
        let reboot = story.row("reboot", "kernel", &["nothing"], json!({}));
        story.notify(gone, reboot, action, Timing::Immediately);
        for _ in 0..5 {
            let told = story.run(&mut machine);
            assert_eq!(restarts(&told), ["reboot[kernel]"], "{:#?}", told.lines);
            machine.restart();
            machine.state.files.remove(camino::Utf8Path::new("/etc/flag"));
        }
        let last = story.run(&mut machine);
        assert!(!last.summary.success && restarts(&last).is_empty(), "{:#?}", last.lines);
        let failed =
            last.lines.iter().find(|line| line.contains("restarted the machine 5 times in this run"));
        assert!(failed.is_some(), "{:#?}", last.lines);

        machine.state.files.remove(camino::Utf8Path::new("/etc/flag"));
        story.options.run = "another".into();
        assert_eq!(restarts(&story.run(&mut machine)), ["reboot[kernel]"], "another run has its own count");
    }
}

#[test]
fn of_what_restarts_and_is_notified_before_it_the_notified_one_comes_once() {
    let mut machine = Machine::new();
    machine.on("inner", |_| 0);
    let mut story = Story::new();
    let inner = story.row("execute", "inner", &["nothing"], json!({ "command": ["inner"] }));
    let first = story.file("/etc/a", "a");
    let reboot = story.row("reboot", "kernel", &["nothing"], json!({}));
    story.notify(first, inner, "run", Timing::Delayed);
    story.notify(first, reboot, "reboot_now", Timing::Delayed);
    story.notify(reboot, inner, "run", Timing::Delayed);
    let planned = story.plan(&mut machine).lines;
    assert_eq!(
        planned.iter().filter(|line| line.starts_with("execute[inner] run")).count(),
        1,
        "{planned:#?}"
    );
    assert_eq!(restarts(&story.run(&mut machine)), ["reboot[kernel]"]);
    machine.restart();
    assert!(story.run(&mut machine).summary.success);
    assert_eq!(machine.state.ran, ["inner"]);
}

#[test]
fn one_that_is_requested_comes_after_everything_else() {
    let mut machine = Machine::new();
    machine.service("web", true);
    let mut story = Story::new();
    let a = story.file("/etc/a", "a");
    let reboot = story.row("reboot", "kernel", &["nothing"], json!({ "reason": "a new kernel" }));
    let web = story.service("web", &["nothing"]);
    story.notify(a, reboot, "request_reboot", Timing::Immediately);
    story.notify(a, web, "restart", Timing::Delayed);
    let told = story.run(&mut machine);
    assert!(told.summary.success);
    assert_eq!(restarts(&told), ["reboot[kernel]"]);
    assert_eq!(machine.state.ran, ["systemctl restart -- web"]);
    machine.restart();
    assert!(restarts(&story.run(&mut machine)).is_empty());
    assert_eq!(machine.state.journal, Journal::default());
}

#[test]
fn one_that_is_requested_waits_for_a_run_that_goes_well() {
    let mut machine = Machine::new();
    machine.on("make", |_| 1);
    let mut story = Story::new();
    let a = story.file("/etc/a", "a");
    let reboot = story.row("reboot", "kernel", &["nothing"], json!({}));
    story.row("execute", "make", &["run"], json!({ "command": ["make"] }));
    story.notify(a, reboot, "request_reboot", Timing::Immediately);
    let failed = story.run(&mut machine);
    assert!(!failed.summary.success && restarts(&failed).is_empty());
    assert!(warned(&failed, "the machine is not restarted for reboot[kernel]"), "{:#?}", failed.lines);

    // Another run knows nothing of what the first asked for but by what is kept on the machine.
    machine.state.restart = None;
    machine.on("make", |_| 0);
    let well = story.run(&mut machine);
    assert_eq!(restarts(&well), ["reboot[kernel]"], "{:#?}", well.lines);
}

#[test]
fn what_is_requested_can_be_taken_back() {
    let mut machine = Machine::new();
    let mut story = Story::new();
    story.row("reboot", "kernel", &["request_reboot"], json!({}));
    story.row("reboot", "not today", &["cancel"], json!({}));
    let plan = story.plan(&mut machine);
    let told = story.run(&mut machine);
    assert_eq!(plan.lines, told.lines);
    assert!(told.summary.success && restarts(&told).is_empty());
    assert_eq!(machine.state.journal, Journal::default());
}

#[test]
fn an_ordinary_user_is_refused_before_anything_is_touched() {
    let mut machine = Machine::new();
    machine.root = false;
    let mut story = Story::new();
    story.file("/tmp/a", "a");
    story.row("reboot", "kernel", &["request_reboot"], json!({}));
    let told = story.run(&mut machine);
    assert!(!told.summary.success && machine.state.steps.is_empty(), "{:#?}", told.lines);
}

#[test]
fn of_two_that_must_come_first_the_second_is_not_told_where_the_first_restarts_the_machine() {
    let mut machine = Machine::new();
    let mut story = Story::new();
    let kernel = story.row("reboot", "kernel", &["nothing"], json!({}));
    let a = story.file("/etc/a", "a");
    story.notify(a, kernel, "reboot_now", Timing::Before);
    story.notify(a, kernel, "request_reboot", Timing::Before);
    let told = story.run(&mut machine);
    let notified: Vec<&String> = told.lines.iter().filter(|line| line.contains("->")).collect();
    assert_eq!(notified, ["file[/etc/a] -> reboot[kernel] reboot_now before"]);
}

#[test]
fn what_comes_after_a_restart_may_ask_again_for_what_has_run_before_it() {
    let mut machine = Machine::new();
    machine.service("web", true);
    let mut story = Story::new();
    let kernel = story.row("reboot", "kernel", &["nothing"], json!({}));
    let web = story.service("web", &["nothing"]);
    let a = story.file("/etc/a", "a");
    story.notify(a, kernel, "reboot_now", Timing::Delayed);
    story.notify(a, web, "restart", Timing::Delayed);
    story.notify(web, kernel, "reboot_now", Timing::Delayed);
    let planned = story.plan(&mut machine).lines;
    let restarts = planned.iter().filter(|line| *line == "reboot[kernel] reboot_now: updated");
    assert_eq!(restarts.count(), 2, "{planned:#?}");
    let first = story.run(&mut machine);
    assert_eq!(super::restarts::restarts(&first), ["reboot[kernel]"]);
    machine.restart();
    let second = story.run(&mut machine);
    assert_eq!(super::restarts::restarts(&second), ["reboot[kernel]"], "{:#?}", second.lines);
}

#[test]
fn one_inside_what_comes_before_a_change_leaves_the_change_for_afterwards() {
    let mut story = Story::new();
    let site = story.custom("site", &["nothing"]);
    let reboot = story.row("reboot", "kernel", &["reboot_now"], json!({}));
    let behind = story.file("/etc/behind", "x");
    for row in [reboot, behind] {
        story.within(site, "run", row);
    }
    let file = story.file("/etc/a", "a");
    story.notify(file, site, "run", Timing::Before);
    let mut machine = Machine::new();
    let first = story.run(&mut machine);
    assert!(first.summary.success, "{:#?}", first.lines);
    assert_eq!(restarts(&first), ["reboot[kernel]"]);
    assert!(!machine.state.files.contains_key(camino::Utf8Path::new("/etc/a")));
    machine.restart();
    let second = story.run(&mut machine);
    assert!(second.summary.success && restarts(&second).is_empty(), "{:#?}", second.lines);
    for path in ["/etc/behind", "/etc/a"] {
        assert!(machine.state.files.contains_key(camino::Utf8Path::new(path)), "{path}");
    }
}

/// What always runs, asks for a restart, and has a file behind it.
fn always_asking(action: &str, timing: Timing) -> Story {
    let mut story = Story::new();
    let reboot = story.row("reboot", "kernel", &["nothing"], json!({}));
    let always = story.row("execute", "always", &["run"], json!({ "command": ["always"] }));
    story.notify(always, reboot, action, timing);
    story.file("/etc/behind", "x");
    story
}

fn asked_for(action: &str, timing: Timing) -> Machine {
    let mut machine = Machine::new();
    machine.on("always", |_| 0);
    let story = always_asking(action, timing);
    for _ in 0..5 {
        assert_eq!(restarts(&story.run_without_plan(&mut machine)), ["reboot[kernel]"]);
        machine.restart();
    }
    assert!(!story.run_without_plan(&mut machine).summary.success);
    machine
}

const FORESEEN: &str = "failed: the run would restart the machine for it 5 times, and then fail: execute[always] does its \
                        work again after each start, and notifies it";

#[test]
fn a_plan_foresees_that_what_always_acts_restarts_the_machine_again_and_again() {
    for (action, timing) in [("reboot_now", Timing::Immediately), ("reboot_now", Timing::Delayed)] {
        let mut machine = Machine::new();
        machine.on("always", |_| 0);
        let plan = always_asking(action, timing).plan(&mut machine);
        assert!(!plan.summary.success);
        assert!(plan.lines.contains(&format!("reboot[kernel] {action}: {FORESEEN}")), "{:#?}", plan.lines);
        let is_behind = timing == Timing::Delayed;
        let planned = plan.lines.iter().any(|line| line.starts_with("file[/etc/behind] create: "));
        let made = asked_for(action, timing).state.files.contains_key(camino::Utf8Path::new("/etc/behind"));
        assert_eq!((planned, made), (is_behind, is_behind), "{:#?}", plan.lines);
    }
}

#[test]
fn one_that_is_requested_again_and_again_fails_at_the_end_of_the_plan() {
    for timing in [Timing::Immediately, Timing::Delayed] {
        let mut machine = Machine::new();
        machine.on("always", |_| 0);
        let plan = always_asking("request_reboot", timing).plan(&mut machine);
        let last = plan.lines.iter().rfind(|line| line.starts_with("reboot[kernel]"));
        assert_eq!(last, Some(&format!("reboot[kernel] request_reboot: {FORESEEN}")), "{:#?}", plan.lines);
        assert!(plan.lines.iter().any(|line| line.starts_with("file[/etc/behind] create: ")));
        assert!(
            asked_for("request_reboot", timing)
                .state
                .files
                .contains_key(camino::Utf8Path::new("/etc/behind"))
        );
    }
}

#[test]
fn a_plan_for_this_machine_ends_where_each_run_ends() {
    let mut machine = Machine::new();
    machine.on("always", |_| 0);
    let mut story = always_asking("reboot_now", Timing::Immediately);
    story.options.continues_after_restart = false;
    let plan = story.plan(&mut machine);
    assert!(plan.summary.success, "{:#?}", plan.lines);
    assert_eq!((plan.counts.updated, plan.counts.not_run), (2, 1), "{:#?}", plan.lines);
    assert!(story.run(&mut machine).summary.success);
}

#[test]
fn a_restart_comes_to_an_end_where_what_asks_for_it_does() {
    for case in ["creates", "before", "guard"] {
        let mut machine = Machine::new();
        machine.on("once", |_| 0);
        machine.guard("is done", chefrs::model::query::End::Exit(1));
        let mut story = Story::new();
        let reboot = story.row("reboot", "kernel", &["nothing"], json!({}));
        let properties = match case {
            "creates" => json!({ "command": ["once"], "creates": "/etc/once" }),
            _ => json!({ "command": ["once"] }),
        };
        let once = story.row("execute", "once", &["run"], properties);
        if case == "guard" {
            let guard = chefrs::model::step::Command::new(["/bin/sh", "-c", "is done"]);
            story.not_if(once, chefrs::model::collection::Guard::Command(guard));
        }
        let timing = if case == "before" { Timing::Before } else { Timing::Immediately };
        story.notify(once, reboot, "reboot_now", timing);
        story.file("/etc/behind", "x");
        let plan = story.plan(&mut machine);
        assert!(plan.summary.success, "{case}: {:#?}", plan.lines);
        assert!(plan.lines.iter().any(|line| line.starts_with("file[/etc/behind] create: ")), "{case}");
    }
}

#[test]
fn one_at_the_end_of_a_long_chain_of_notifications_is_foreseen() {
    let length = 5000;
    let mut story = Story::new();
    let mut last = story.row("execute", "c0", &["run"], json!({ "command": ["always"] }));
    for number in 1..length {
        let next =
            story.row("execute", &format!("c{number}"), &["nothing"], json!({ "command": ["always"] }));
        story.notify(last, next, "run", Timing::Immediately);
        last = next;
    }
    let reboot = story.row("reboot", "kernel", &["nothing"], json!({}));
    story.notify(last, reboot, "reboot_now", Timing::Immediately);
    let mut machine = Machine::new();
    machine.on("always", |_| 0);
    let plan = story.plan(&mut machine);
    let by = format!("execute[c{}]", length - 1);
    assert!(!plan.summary.success);
    assert!(
        plan.lines
            .contains(&format!("reboot[kernel] reboot_now: {}", FORESEEN.replace("execute[always]", &by)))
    );
}

/// Two resources of a name that the same one notifies, and which ask together.
#[test]
fn one_that_two_ask_for_after_the_same_notification_is_foreseen() {
    let mut story = Story::new();
    let always = story.row("execute", "always", &["run"], json!({ "command": ["always"] }));
    let reboot = story.row("reboot", "kernel", &["nothing"], json!({}));
    for name in ["left", "right"] {
        let between = story.row("execute", name, &["nothing"], json!({ "command": ["always"] }));
        story.notify(always, between, "run", Timing::Immediately);
        let last = story.row("execute", "last", &["nothing"], json!({ "command": ["always", name] }));
        story.notify(between, last, "run", Timing::Immediately);
        story.notify(last, reboot, "reboot_now", Timing::Delayed);
    }
    let mut machine = Machine::new();
    machine.on("always", |_| 0);
    let plan = story.plan(&mut machine);
    assert!(!plan.summary.success, "{:#?}", plan.lines);
    assert!(plan.lines.iter().any(|line| line.contains("the run would restart the machine for it 5 times")));
}
