//! What a custom resource notifies before a change: ahead of the first change inside it, once.

use chefrs::model::collection::Timing;
use serde_json::json;

use super::{breaks, custom, execute};
use crate::converge::machine::Machine;
use crate::converge::story::Story;

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
fn what_comes_before_it_comes_once_over_all_attempts() {
    let mut machine = Machine::new();
    machine.on("first", |state| i32::from(state.ran.iter().filter(|line| *line == "first").count() < 3));
    let mut story = Story::new();
    let site = custom(&mut story, "blog", &["run"], &["first"]);
    story.at(site).retries = 2;
    let stop = execute(&mut story, "stop", &["nothing"]);
    story.notify(site, stop, "run", Timing::Before);
    assert!(story.run(&mut machine).summary.success);
    assert_eq!(machine.state.ran, ["stop", "first", "first", "first"]);
}

#[test]
fn what_fails_before_a_change_inside_one_that_may_fail_keeps_the_change_from_being_made() {
    let mut story = Story::new();
    let site = story.custom("site", &["create"]);
    story.at(site).ignore_failure = true;
    let first = execute(&mut story, "first", &["nothing"]);
    let (a, b) = (story.file("/etc/a", "a"), story.file("/etc/b", "b"));
    for row in [first, a, b] {
        story.within(site, "create", row);
    }
    story.notify(a, first, "run", Timing::Before);
    let mut machine = Machine::new();
    machine.on("first", |_| 1);
    let told = story.run(&mut machine);
    assert!(told.summary.success, "{:#?}", told.lines);
    for path in ["/etc/a", "/etc/b"] {
        assert!(!machine.state.files.contains_key(camino::Utf8Path::new(path)), "{path}: {:#?}", told.lines);
    }
}

#[test]
fn what_waits_for_a_restart_inside_of_one_is_counted() {
    let mut story = Story::new();
    let site = story.custom("site", &["nothing"]);
    let kernel = story.row("reboot", "kernel", &["nothing"], json!({}));
    let build = execute(&mut story, "build", &["run"]);
    let file = story.file("/etc/a", "a");
    story.within(site, "run", kernel);
    story.within(site, "run", build);
    story.notify(build, kernel, "reboot_now", Timing::Before);
    story.notify(file, site, "run", Timing::Before);
    let told = story.run(&mut Machine::new());
    let stopped = told.lines.iter().filter(|line| line.contains(": not run: "));
    let stopped: Vec<&str> = stopped.map(|line| line.split(' ').next().unwrap_or_default()).collect();
    assert_eq!(stopped, ["execute[build]", "site[site]", "file[/etc/a]"]);
    assert_eq!(told.counts.not_run, 2, "{:#?}", told.lines);
}
