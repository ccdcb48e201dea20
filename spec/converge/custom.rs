//! Custom resources go through the same lines as built-in ones: each rule that holds for the one holds for the other.

use chefrs::model::collection::{Guard, Timing};
use chefrs::model::event::Event;
use chefrs::target::interrupt::Interrupt;
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
fn what_comes_before_it_comes_before_the_first_change_inside_it_and_only_then() {
    let mut story = Story::new();
    let p = execute(&mut story, "p", &["nothing"]);
    let site = story.custom("site", &["create"]);
    let (same, other) = (story.file("/etc/same", "same"), story.file("/etc/other", "other"));
    let last = story.file("/etc/last", "last");
    for row in [same, other, last] {
        story.within(site, "create", row);
    }
    story.notify(site, p, "run", Timing::Before);
    let mut machine = Machine::new();
    machine.file("/etc/same", "same");
    // A command may do anything, so a plan leaves open what comes behind it.
    let before = [
        "file[/etc/same] create: up to date",
        "site[site] -> execute[p] run before",
        "execute[p] run: updated",
    ];
    let planned = story.plan(&mut machine).lines;
    assert_eq!(planned[..3], before);
    assert_eq!(planned.last().unwrap(), "site[site] create: unknown until execute[p]");
    let ran = story.run(&mut machine).lines;
    assert_eq!(ran[..3], before);
    assert_eq!(
        ran[3..],
        ["file[/etc/other] create: updated", "file[/etc/last] create: updated", "site[site] create: updated"]
    );
    assert_eq!(machine.state.ran, ["p"]);
    story.run(&mut machine);
    assert_eq!(machine.state.ran, ["p"], "nothing to change, nothing before it");
}

#[test]
fn where_what_comes_before_it_fails_nothing_inside_it_changes() {
    let mut story = Story::new();
    let p = execute(&mut story, "p", &["nothing"]);
    let site = story.custom("site", &["create"]);
    let file = story.file("/etc/a", "a");
    story.within(site, "create", file);
    story.notify(site, p, "run", Timing::Before);
    let mut machine = Machine::new();
    breaks(&mut machine, "p");
    let told = story.run(&mut machine);
    assert!(!machine.state.files.contains_key(camino::Utf8Path::new("/etc/a")), "{:?}", told.lines);
    assert_eq!(told.counts.failed, 2);
}

#[test]
fn where_what_comes_before_it_fails_once_another_attempt_runs_its_rows() {
    let mut story = Story::new();
    let p = execute(&mut story, "p", &["nothing"]);
    let site = story.custom("site", &["create"]);
    story.at(site).retries = 1;
    let file = story.file("/etc/a", "a");
    story.within(site, "create", file);
    story.notify(site, p, "run", Timing::Before);
    let mut machine = Machine::new();
    let mut first = true;
    machine.on("p", move |_| i32::from(std::mem::take(&mut first)));
    let told = story.run(&mut machine);
    assert!(told.summary.success, "{:?}", told.lines);
    assert_eq!(machine.state.ran, ["p", "p"]);
    assert!(machine.state.files.contains_key(camino::Utf8Path::new("/etc/a")));
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
fn packages_inside_one_that_may_fail_may_fail_together() {
    let mut story = Story::new();
    let site = story.custom("site", &["create"]);
    story.at(site).ignore_failure = true;
    let (a, b) = (story.package("a"), story.package("b"));
    story.within(site, "create", a);
    story.within(site, "create", b);
    execute(&mut story, "after", &["run"]);
    let mut machine = Machine::new();
    breaks(&mut machine, "apt-get a b");
    story.untold("a command of two packages that fails is told as the failure of one");
    let told = story.run(&mut machine);
    assert!(told.summary.success, "{:?}", told.failures);
    assert_eq!(machine.state.ran, ["apt-get a b", "after"]);
    assert_eq!((told.counts.failed, told.counts.ignored), (0, 1));
}

#[test]
fn an_attempt_that_failed_is_not_counted_once_another_has_worked() {
    let mut story = Story::new();
    let site = custom(&mut story, "site", &["run"], &["flaky", "then"]);
    story.at(site).retries = 1;
    let mut machine = Machine::new();
    let mut first = true;
    machine.on("flaky", move |_| i32::from(std::mem::take(&mut first)));
    let told = story.run(&mut machine);
    assert!(told.summary.success);
    assert_eq!((told.counts.updated, told.counts.failed, told.counts.not_run), (2, 0, 0));
}

#[test]
fn what_an_earlier_attempt_changed_counts_when_the_next_finds_nothing_to_do() {
    let mut story = Story::new();
    let site = story.custom("site", &["create"]);
    let file = story.file("/etc/a", "a");
    let flaky = story.row("execute", "flaky", &["run"], json!({ "command": "flaky" }));
    story.not_if(flaky, Guard::Exists("/etc/done".into()));
    story.within(site, "create", file);
    story.within(site, "create", flaky);
    story.at(site).retries = 1;
    let web = story.service("web", &["nothing"]);
    story.notify(site, web, "restart", Timing::Delayed);
    let mut machine = Machine::new();
    machine.service("web", true);
    // It does its work, and says that it failed.
    machine.on("flaky", |state| {
        let done = (chefrs::model::query::FileKind::File, String::new(), 0o644);
        state.files.insert("/etc/done".into(), done);
        1
    });
    story.untold("the second attempt finds done what the first has said that it failed to do");
    assert!(story.run(&mut machine).summary.success);
    assert_eq!(machine.state.ran, ["flaky", "systemctl restart -- web"]);
    assert!(machine.state.journal.owed.is_empty());
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
fn a_failure_earns_nothing_however_much_of_it_was_done() {
    // R2 is notified by a built-in resource that fails at once, and by a custom one that fails half-way.
    for commands in [&["broken"][..], &["fine", "broken"]] {
        let mut story = Story::new();
        let r2 = execute(&mut story, "r2", &["nothing"]);
        let site = custom(&mut story, "site", &["run"], commands);
        story.notify(site, r2, "run", Timing::Delayed);
        let mut machine = Machine::new();
        breaks(&mut machine, "broken");
        story.run(&mut machine);
        assert_eq!(machine.state.ran, commands);
    }
}

#[test]
fn what_a_change_has_earned_runs_and_what_a_failure_left_waits() {
    let mut story = Story::new();
    let r2 = execute(&mut story, "r2", &["nothing"]);
    let file = story.file("/etc/a", "a");
    let site = custom(&mut story, "site", &["run"], &["fine", "broken"]);
    story.notify(file, r2, "run", Timing::Delayed);
    story.notify(site, r2, "run", Timing::Delayed);
    let mut machine = Machine::new();
    let broken = breaks(&mut machine, "broken");
    story.run(&mut machine);
    assert_eq!(machine.state.ran, ["fine", "broken", "r2"], "the file has earned it");
    assert_eq!(machine.state.journal.owed.len(), 1, "the custom resource has not yet");
    broken.set(false);
    assert!(story.run(&mut machine).summary.success);
    assert_eq!(machine.state.ran[3..], ["fine", "broken", "r2"]);
    assert!(machine.state.journal.owed.is_empty());
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
fn rows_that_were_not_run_are_named_once_with_the_reason() {
    let mut story = Story::new();
    execute(&mut story, "broken", &["run"]);
    custom(&mut story, "site", &["run"], &["one", "two"]);
    story.file("/etc/a", "a");
    let mut machine = Machine::new();
    breaks(&mut machine, "broken");
    let told = story.run(&mut machine);
    let not_run: Vec<_> = told
        .events
        .iter()
        .filter_map(|event| match event {
            Event::NotRun { resources, reason } => Some((resources.join(" "), reason.as_str())),
            _ => None,
        })
        .collect();
    assert_eq!(not_run, [("execute[one] execute[two] file[/etc/a]".to_owned(), "execute[broken] failed")]);
    assert_eq!(told.counts.not_run, 3);
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
