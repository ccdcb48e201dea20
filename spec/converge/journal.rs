//! Rule 8: nothing is owed in silence.

use chefrs::model::collection::Timing;
use chefrs::model::event::Event;
use chefrs::model::journal::{Debt, Journal, Line, text};
use chefrs::target::interrupt::Interrupt;
use serde_json::json;

use super::machine::Machine;
use super::story::{Story, Told};

fn with_web() -> Machine {
    let mut machine = Machine::new();
    machine.service("web", true);
    machine
}

/// `file[/etc/a]` notifies `service[web]`, which waits.
fn site(timing: Timing) -> Story {
    let mut story = Story::new();
    let a = story.file("/etc/a", "a");
    let web = story.service("web", &["nothing"]);
    story.notify(a, web, "restart", timing);
    story.options.run = "this".into();
    story
}

fn debt(to: &str, action: &str, timing: Timing, from: &str) -> Debt {
    let (to, action, from, run) = (to.into(), action.into(), from.into(), "earlier".into());
    let (within, recipe) = (Vec::new(), String::new());
    Debt { to, within, recipe, action, timing, from, skip_on_failure: false, awaits: None, begun: None, run }
}

fn warnings(told: &Told) -> Vec<&str> {
    let mut warnings = Vec::new();
    for event in &told.events {
        if let Event::Warning { diagnostic } = event {
            warnings.push(diagnostic.message.as_str());
        }
    }
    warnings
}

#[test]
fn it_is_written_down_before_the_change_and_struck_out_once_it_has_run() {
    for timing in [Timing::Immediately, Timing::Delayed] {
        let mut machine = with_web();
        machine.on("systemctl restart -- web", |state| {
            assert_eq!(state.journal.owed.len(), 1, "owed while it runs");
            assert_eq!(state.journal.owed[0].run, "this");
            0
        });
        let told = site(timing).run(&mut machine);
        assert!(told.summary.success);
        assert_eq!(machine.state.ran, ["systemctl restart -- web"]);
        assert_eq!(machine.state.journal, Journal::default());
        assert_eq!(machine.state.written, 2);
        // A second run has nothing to do, and writes nothing.
        site(timing).run(&mut machine);
        assert_eq!((machine.state.written, machine.state.ran.len()), (2, 1));
    }
}

#[test]
fn a_change_that_owes_nothing_writes_nothing_and_before_is_never_owed() {
    let mut story = Story::new();
    let a = story.file("/etc/a", "a");
    story.file("/etc/b", "b");
    let web = story.service("web", &["nothing"]);
    story.notify(a, web, "stop", Timing::Before);
    let mut machine = with_web();
    assert!(story.run(&mut machine).summary.success);
    assert_eq!(machine.state.written, 0);
}

#[test]
fn what_can_not_be_written_down_is_not_changed() {
    let mut machine = with_web();
    machine.state.full = true;
    let story = site(Timing::Delayed);
    story.untold("a plan writes nothing, and so does not try to");
    let told = story.run(&mut machine);
    assert_eq!(
        told.failures,
        ["file[/etc/a]: its notifications can't be recorded, so nothing was changed: the disk is full"]
    );
    assert!(!machine.state.files.contains_key(camino::Utf8Path::new("/etc/a")));
}

#[test]
fn what_can_not_be_struck_out_is_told() {
    let mut machine = with_web();
    machine.on("systemctl restart -- web", |state| {
        state.full = true;
        0
    });
    let told = site(Timing::Delayed).run(&mut machine);
    assert!(told.summary.success);
    let warning = "can't clear delivered notifications, so the next run repeats them: the disk is full";
    assert_eq!(warnings(&told), [warning]);
}

#[test]
fn the_next_run_pays_once_whatever_the_timing_was() {
    for timing in [Timing::Immediately, Timing::Delayed] {
        let mut machine = with_web();
        machine.file("/etc/a", "a");
        machine.state.journal.owe(debt("service[web]", "restart", timing, "file[/etc/a]"));
        let plan = site(timing).plan(&mut machine);
        assert!(plan.summary.changed);
        assert_eq!(plan.lines, ["file[/etc/a] create: up to date", "service[web] restart: updated"]);
        assert_eq!(
            (machine.state.written, machine.state.journal.owed.len()),
            (0, 1),
            "a plan writes nothing"
        );
        let told = site(timing).run(&mut machine);
        assert_eq!(told.lines, plan.lines);
        let owed = |event: &&Event| matches!(event, Event::Owed { debt } if debt.run == "earlier");
        assert_eq!(told.events.iter().filter(owed).count(), 1);
        assert!(machine.state.journal.owed.is_empty());
        assert_eq!(site(timing).run(&mut machine).lines, ["file[/etc/a] create: up to date"]);
        assert_eq!(machine.state.ran.len(), 1);
    }
}

#[test]
fn an_immediate_one_is_paid_at_its_notifier_and_before_what_comes_after() {
    let mut story = Story::new();
    let a = story.file("/etc/a", "a");
    story.file("/etc/b", "b");
    let web = story.service("web", &["nothing"]);
    story.notify(a, web, "restart", Timing::Immediately);
    let mut machine = with_web();
    machine.file("/etc/a", "a");
    machine.state.journal.owe(debt("service[web]", "restart", Timing::Immediately, "file[/etc/a]"));
    assert_eq!(
        story.run(&mut machine).lines,
        ["file[/etc/a] create: up to date", "service[web] restart: updated", "file[/etc/b] create: updated"]
    );
}

#[test]
fn it_is_not_paid_twice_when_the_notifier_changes_again() {
    for timing in [Timing::Immediately, Timing::Delayed] {
        let mut machine = with_web();
        machine.state.journal.owe(debt("service[web]", "restart", timing, "file[/etc/a]"));
        assert!(site(timing).run(&mut machine).summary.success);
        assert_eq!(machine.state.ran, ["systemctl restart -- web"], "{timing:?}");
        assert!(machine.state.journal.owed.is_empty());
    }
}

#[test]
fn any_recipe_with_the_resource_pays_and_any_other_keeps_it_and_says_so() {
    for timing in [Timing::Immediately, Timing::Delayed] {
        let mut machine = with_web();
        machine.state.journal.owe(debt("service[web]", "restart", timing, "file[/gone]"));
        let mut other = Story::new();
        other.file("/etc/b", "b");
        let told = other.run(&mut machine);
        assert_eq!(
            warnings(&told),
            ["service[web] is still owed restart, and nothing in this run declares it"]
        );
        assert_eq!(machine.state.journal.owed.len(), 1);
        let told = site(Timing::Delayed).run(&mut machine);
        assert_eq!(warnings(&told), Vec::<&str>::new());
        assert_eq!(machine.state.ran, ["systemctl restart -- web"]);
        assert!(machine.state.journal.owed.is_empty());
    }
}

#[test]
fn an_immediate_one_of_a_resource_that_waits_itself_is_paid_at_the_end() {
    let mut story = site(Timing::Immediately);
    story.at(0).actions = vec!["nothing".into()];
    story.file("/etc/b", "b");
    let mut machine = with_web();
    machine.state.journal.owe(debt("service[web]", "restart", Timing::Immediately, "file[/etc/a]"));
    let told = story.run(&mut machine);
    assert_eq!(told.lines, ["file[/etc/b] create: updated", "service[web] restart: updated"]);
}

#[test]
fn what_failed_is_owed_until_it_succeeds() {
    for timing in [Timing::Immediately, Timing::Delayed] {
        let mut machine = with_web();
        let mut attempts = 0;
        machine.on("systemctl restart -- web", move |_| {
            attempts += 1;
            i32::from(attempts == 1)
        });
        assert_eq!(site(timing).run(&mut machine).failures.len(), 1);
        assert_eq!(machine.state.journal.owed.len(), 1);
        assert!(site(timing).run(&mut machine).summary.success);
        assert_eq!((machine.state.ran.len(), machine.state.journal.owed.len()), (2, 0));
    }
}

#[test]
fn what_is_dropped_on_failure_is_struck_out() {
    let mut story = site(Timing::Delayed);
    story.at(0).notifies[0].skip_on_failure = true;
    story.row("execute", "break", &["run"], serde_json::json!({ "command": "break" }));
    let mut machine = with_web();
    machine.on("break", |_| 1);
    assert!(!story.run(&mut machine).summary.success);
    assert_eq!((machine.state.ran.len(), machine.state.journal.owed.len()), (1, 0));
}

#[test]
fn a_change_that_never_began_owes_nothing() {
    let mut story = Story::new();
    let run = story.row("execute", "break", &["run"], serde_json::json!({ "command": "break" }));
    let web = story.service("web", &["nothing"]);
    story.notify(run, web, "restart", Timing::Delayed);
    let mut machine = with_web();
    machine.on("break", |state| {
        assert_eq!(state.journal.owed.len(), 1);
        1
    });
    assert!(!story.run(&mut machine).summary.success);
    assert!(machine.state.journal.owed.is_empty());
}

#[test]
fn a_custom_resource_owes_from_the_first_change_inside_it() {
    let mut story = Story::new();
    let site = story.custom("blog", &["create"]);
    let inside = story.file("/etc/a", "a");
    let second = story.row("execute", "break", &["run"], serde_json::json!({ "command": "break" }));
    story.within(site, "create", inside);
    story.within(site, "create", second);
    let web = story.service("web", &["nothing"]);
    story.notify(site, web, "restart", Timing::Immediately);
    story.notify(site, web, "stop", Timing::Delayed);
    let mut machine = with_web();
    let mut broken = true;
    machine.on("break", move |state| {
        assert_eq!(state.journal.owed.len(), 2);
        i32::from(std::mem::take(&mut broken))
    });
    assert!(!story.run(&mut machine).summary.success);
    // Part of it has changed, so both are owed, and wait until the whole comes out well.
    assert_eq!(machine.state.ran, ["break"]);
    assert_eq!(machine.state.journal.owed.len(), 2);
    assert!(story.run(&mut machine).summary.success);
    assert_eq!(machine.state.ran[1..], ["break", "systemctl restart -- web", "systemctl stop -- web"]);
    assert!(machine.state.journal.owed.is_empty());
}

#[test]
fn packages_installed_together_owe_before_their_one_transaction() {
    let mut story = Story::new();
    let (a, b) = (story.package("a"), story.package("b"));
    let web = story.service("web", &["nothing"]);
    story.notify(a, web, "restart", Timing::Delayed);
    story.notify(b, web, "stop", Timing::Delayed);
    let mut machine = with_web();
    machine.on("apt-get a b", |state| {
        assert_eq!(state.journal.owed.len(), 2);
        0
    });
    assert!(story.run(&mut machine).summary.success);
    assert_eq!(machine.state.ran.len(), 3, "{:?}", machine.state.ran);
    assert_eq!((machine.state.written, machine.state.journal.owed.len()), (3, 0));
}

#[test]
fn a_circle_of_immediate_ones_leaves_nothing_owed() {
    let mut story = Story::new();
    let a = story.row("execute", "a", &["run"], serde_json::json!({ "command": "a" }));
    let b = story.row("execute", "b", &["nothing"], serde_json::json!({ "command": "b" }));
    story.notify(a, b, "run", Timing::Immediately);
    story.notify(b, a, "run", Timing::Immediately);
    let mut machine = Machine::new();
    assert!(story.run(&mut machine).summary.success);
    assert!(machine.state.journal.owed.is_empty(), "{:?}", machine.state.journal);
}

#[test]
fn half_a_line_does_not_count_and_a_foreign_line_is_counted() {
    let one = debt("service[web]", "restart", Timing::Delayed, "file[/a]");
    let two = Debt { action: "stop".into(), ..one.clone() };
    let whole = text([Line::Owed(one.clone()), Line::Owed(two.clone()), Line::Struck(one.clone())]).unwrap();
    assert_eq!(Journal::read(&whole).owed, std::slice::from_ref(&two));
    let torn = format!("{whole}{}", text([Line::Struck(two.clone())]).unwrap().trim_end());
    assert_eq!(Journal::read(&torn).owed, [two]);
    assert_eq!(Journal::read(&format!("{{\"later\":1}}\n{whole}")).unread, 1);
    assert_eq!(
        whole.lines().next().unwrap(),
        concat!(
            "{\"owed\":{\"to\":\"service[web]\",\"action\":\"restart\",\"timing\":\"delayed\",",
            "\"from\":\"file[/a]\",\"run\":\"earlier\"}}"
        )
    );
}

#[test]
fn what_its_own_recipe_declares_no_more_is_given_up_once_and_any_other_recipe_leaves_it() {
    let mut machine = with_web();
    let gone =
        Debt { recipe: "story".into(), ..debt("service[old]", "restart", Timing::Delayed, "file[/etc/a]") };
    let other =
        Debt { recipe: "other".into(), ..debt("service[other]", "stop", Timing::Delayed, "file[/etc/a]") };
    machine.state.journal.owe(gone);
    machine.state.journal.owe(other.clone());
    let mut story = Story::new();
    story.file("/etc/b", "b");
    let other_is_owed = "service[other] is still owed stop, and nothing in this run declares it";
    let told = story.run(&mut machine);
    assert_eq!(
        warnings(&told),
        [
            "story no longer declares service[old], so its restart, owed since an earlier run, is dropped",
            other_is_owed
        ]
    );
    assert_eq!(machine.state.journal.owed, [other]);
    assert_eq!(warnings(&story.run(&mut machine)), [other_is_owed]);
}

#[test]
fn an_immediate_one_whose_notifier_is_gone_is_paid_where_its_target_stands() {
    let mut machine = with_web();
    machine.state.journal.owe(debt("service[web]", "restart", Timing::Immediately, "file[/gone]"));
    let mut story = Story::new();
    story.file("/etc/first", "1");
    story.service("web", &["nothing"]);
    story.file("/etc/last", "2");
    assert_eq!(
        story.run(&mut machine).lines,
        [
            "file[/etc/first] create: updated",
            "service[web] restart: updated",
            "file[/etc/last] create: updated"
        ]
    );
    assert!(machine.state.journal.owed.is_empty());
}

#[test]
fn what_a_row_inside_of_what_is_notified_owes_is_paid_when_that_runs_again() {
    let mut machine = with_web();
    let mut story = Story::new();
    let first = story.file("/etc/first", "x");
    let site = story.custom("blog", &["nothing"]);
    let inner = story.file("/etc/inner", "x");
    story.within(site, "create", inner);
    let web = story.service("web", &["nothing"]);
    story.notify(first, site, "create", Timing::Delayed);
    story.notify(inner, web, "restart", Timing::Immediately);
    // Both files are written, and the run was cut off there.
    machine.file("/etc/first", "x");
    machine.file("/etc/inner", "x");
    machine.state.journal.owe(debt("site[blog]", "create", Timing::Delayed, "file[/etc/first]"));
    machine.state.journal.owe(debt("service[web]", "restart", Timing::Immediately, "file[/etc/inner]"));
    assert!(story.run(&mut machine).summary.success);
    assert_eq!(machine.state.ran, ["systemctl restart -- web"]);
    assert_eq!(machine.state.journal, Journal::default());
}

#[test]
fn what_is_dropped_after_a_failure_is_owed_still_where_an_interrupt_has_ended_the_attempts() {
    let mut machine = with_web();
    let mut story = site(Timing::Delayed);
    story.at(0).notifies[0].skip_on_failure = true;
    let again = story.row("execute", "again", &["run"], json!({ "command": "again" }));
    story.at(again).retries = 1;
    let interrupt = story.options.interrupt.clone();
    machine.on("again", move |state| {
        interrupt.finish();
        i32::from(state.ran.iter().filter(|line| *line == "again").count() < 2)
    });
    let told = story.run(&mut machine);
    assert!(told.summary.interrupted && !told.summary.success);
    assert_eq!(machine.state.ran, ["again"]);
    assert_eq!(machine.state.journal.owed.len(), 1);
    story.options.interrupt = Interrupt::default();
    machine.on("again", |_| 0);
    assert!(story.run(&mut machine).summary.success);
    assert_eq!(machine.state.ran, ["again", "again", "systemctl restart -- web"]);
    assert_eq!(machine.state.journal, Journal::default());
}

/// `site[s]` with two actions, whose second one fails; it notifies `service[web]`.
#[test]
fn what_a_part_of_an_action_earned_is_paid_by_that_action_whatever_a_later_one_comes_to() {
    let mut story = Story::new();
    let site = story.custom("s", &["go", "also"]);
    let file = story.file("/etc/a", "a");
    story.within(site, "go", file);
    let breaks = story.row("execute", "break", &["run"], json!({ "command": "break" }));
    story.within(site, "go", breaks);
    let later = story.row("execute", "later", &["run"], json!({ "command": "later" }));
    story.within(site, "also", later);
    let web = story.service("web", &["nothing"]);
    story.notify(site, web, "restart", Timing::Delayed);
    let mut machine = with_web();
    machine.on("break", |_| 1);
    machine.on("later", |_| 1);
    assert!(!story.run(&mut machine).summary.success);
    let [debt] = machine.state.journal.owed.as_slice() else { panic!("{:?}", machine.state.journal.owed) };
    assert_eq!(debt.awaits.as_deref(), Some("go"));

    // There is nothing left to do in the first action. It has succeeded all the same.
    story.only_if_exists(breaks, "/nowhere");
    machine.state.ran.clear();
    assert!(!story.run(&mut machine).summary.success);
    assert_eq!(machine.state.ran, ["later", "systemctl restart -- web"]);
    assert!(machine.state.journal.owed.is_empty(), "{:?}", machine.state.journal.owed);
}

#[test]
fn what_nothing_notifies_any_more_pays_what_it_owed_at_the_end() {
    let mut story = Story::new();
    let package = story.package("lib");
    let site = story.custom("s", &["nothing"]);
    let file = story.file("/etc/a", "a");
    story.within(site, "go", file);
    let web = story.service("web", &["nothing"]);
    story.notify(package, site, "go", Timing::Delayed);
    story.notify(file, web, "restart", Timing::Immediately);
    let mut machine = with_web();
    assert!(story.run(&mut machine).summary.success);
    // What was delivered could not be struck out.
    let mut left = debt("service[web]", "restart", Timing::Immediately, "file[/etc/a]");
    left.recipe = "story".into();
    machine.state.journal.owe(left.clone());
    machine.state.ran.clear();
    let told = story.run(&mut machine);
    assert!(told.summary.success);
    assert_eq!(machine.state.ran, ["systemctl restart -- web"]);
    assert!(machine.state.journal.owed.is_empty());

    // Where the site itself is still owed its action, the notifier may get its turn: it does, at the end of the run.
    let mut go = debt("site[s]", "go", Timing::Delayed, "package[lib]");
    go.recipe = "story".into();
    machine.state.journal.owe(go);
    machine.state.journal.owe(left);
    machine.state.ran.clear();
    let told = story.run(&mut machine);
    assert_eq!(machine.state.ran, ["systemctl restart -- web"]);
    assert!(told.lines.contains(&"file[/etc/a] create: up to date".to_owned()), "{:?}", told.lines);
    assert!(machine.state.journal.owed.is_empty());
}
