//! What needs a failed resource is not run, and names the one that failed.

use serde_json::json;

use super::machine::Machine;
use super::story::{Story, Told};
use chefrs::model::event::Event;

/// The resources that were not run, with the reasons.
fn not_run(told: &Told) -> Vec<(String, String)> {
    let listed = told.events.iter().filter_map(|event| match event {
        Event::NotRun { resources, reason } => Some(resources.iter().map(|id| (id.clone(), reason.clone()))),
        _ => None,
    });
    listed.flatten().collect()
}

fn because(reason: &str, resources: &[&str]) -> Vec<(String, String)> {
    resources.iter().map(|id| ((*id).to_owned(), reason.to_owned())).collect()
}

#[test]
fn what_is_below_a_directory_needs_it() {
    let mut story = Story::new().keep_going();
    story.row("directory", "/missing/app", &["create"], json!({}));
    story.row("directory", "/missing/app/conf", &["create"], json!({}));
    story.file("/missing/app/conf/one", "x");
    story.file("/etc/other", "x");
    story.file("/elsewhere/file", "x");
    let mut machine = Machine::new();
    for told in [story.plan(&mut machine), story.run(&mut machine)] {
        assert_eq!(told.failures.len(), 2, "{:?}", told.failures);
        assert!(told.failures[0].starts_with("directory[/missing/app]: "), "{:?}", told.failures);
        assert!(told.failures[1].starts_with("file[/elsewhere/file]: "), "{:?}", told.failures);
        assert_eq!(
            not_run(&told),
            because(
                "directory[/missing/app] failed",
                &["directory[/missing/app/conf]", "file[/missing/app/conf/one]"]
            )
        );
        assert_eq!((told.counts.updated, told.counts.failed, told.counts.not_run), (1, 2, 2));
    }
}

/// A run that is certain to fail is refused before its first change, and the cause is told once.
#[test]
fn what_can_never_be_is_refused_without_what_needs_it() {
    let mut story = Story::new().keep_going();
    story.file("/etc/other", "x");
    story.row("directory", "/srv/taken/app", &["create"], json!({}));
    story.file("/srv/taken/app/one", "x");
    let mut machine = Machine::new();
    machine.file("/srv/taken", "a file");
    let told = story.run(&mut machine);
    assert_eq!(told.failures, ["directory[/srv/taken/app]: `/srv/taken` is a file, not a directory"]);
    assert_eq!((told.counts.updated, told.counts.not_run), (0, 2));
}

/// Otherwise no failure after that of a command would be told.
#[test]
fn what_a_command_may_bring_fails_for_itself() {
    let mut story = Story::new().keep_going();
    story.row("execute", "setup", &["run"], json!({ "command": ["setup"] }));
    story.service("web", &["start"]);
    let mut machine = Machine::new();
    machine.on("setup", |_| 1);
    let told = story.run(&mut machine);
    assert_eq!((told.failures.len(), not_run(&told)), (2, Vec::new()));
}

#[test]
fn a_failure_of_its_own_stays_one() {
    let mut story = Story::new().keep_going();
    story.file("/missing/dir/file", "x");
    story.service("web", &["start"]);
    let told = story.run(&mut Machine::new());
    assert_eq!((told.failures.len(), not_run(&told)), (2, Vec::new()));
}

#[test]
fn a_resource_that_is_required_must_not_fail() {
    let mut story = Story::new().keep_going();
    let failing = story.file("/missing/file", "x");
    let first = story.file("/etc/first", "x");
    let second = story.file("/etc/second", "x");
    let third = story.file("/etc/third", "x");
    story.at(first).requires = vec![failing];
    story.at(third).requires = vec![second, first];
    let told = story.run(&mut Machine::new());
    assert_eq!(
        not_run(&told),
        because("file[/missing/file] failed", &["file[/etc/first]", "file[/etc/third]"])
    );
    assert_eq!((told.counts.updated, told.counts.not_run), (1, 2));
}

#[test]
fn an_ignored_failure_holds_up_what_requires_it() {
    let mut story = Story::new();
    let site = story.custom("site", &["create"]);
    let inner = story.file("/missing/file", "x");
    story.within(site, "create", inner);
    story.at(site).ignore_failure = true;
    let other = story.custom("other", &["create"]);
    let part = story.file("/etc/part", "x");
    story.within(other, "create", part);
    story.at(other).requires = vec![site];
    story.file("/etc/last", "x");
    let told = story.run(&mut Machine::new());
    assert!(told.summary.success);
    assert_eq!(not_run(&told), because("site[site] failed", &["file[/etc/part]"]));
    assert_eq!(told.counts.updated, 1);
}

#[test]
fn what_is_notified_waits_for_what_it_requires() {
    use chefrs::model::collection::Timing;
    let mut story = Story::new().keep_going();
    let failing = story.file("/missing/file", "x");
    let config = story.file("/etc/web.conf", "x");
    let web = story.service("web", &["nothing"]);
    story.at(web).requires = vec![failing];
    story.notify(config, web, "restart", Timing::Delayed);
    let mut machine = Machine::new();
    machine.service("web", true);
    let told = story.run(&mut machine);
    assert_eq!(not_run(&told), because("file[/missing/file] failed", &["service[web]"]));
    assert_eq!(machine.state.journal.owed.len(), 1, "the next run delivers it");
}

/// A collection comes from another process, or from another machine.
#[test]
fn a_row_requires_only_what_stands_before_it() {
    for (required, is_sound) in [(0, true), (1, false), (2, false), (usize::MAX, false)] {
        let mut story = Story::new();
        story.file("/etc/first", "x");
        let second = story.file("/etc/second", "x");
        story.at(second).requires = vec![required];
        assert_eq!(story.collection.check_links().is_ok(), is_sound, "{required}");
    }
}
