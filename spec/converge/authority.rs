//! Rows of a cookbook that may not do everything: refused before anything is asked, run or changed.

use chefrs::model::capability::{Authority, Capabilities, Capability};

use super::machine::Machine;
use super::story::Story;

fn rights(kind: Capability, patterns: &[&str]) -> Capabilities {
    Capabilities::from([(kind, patterns.iter().map(|pattern| (*pattern).to_owned()).collect())])
}

/// A story whose rows belong to a cookbook from elsewhere with these grants.
fn held(story: &mut Story, granted: Capabilities) {
    for row in &mut story.collection.rows {
        "web".clone_into(&mut row.cookbook);
    }
    let authority = Authority { granted: Some(granted), alias: "web".to_owned(), ..Authority::default() };
    story.collection.authorities.insert("web".to_owned(), authority);
}

#[test]
fn whoever_applies_a_collection_refuses_what_the_grants_do_not_cover() {
    let mut story = Story::new();
    story.file("/srv/a", "x");
    story.file("/etc/x", "x");
    held(&mut story, rights(Capability::File, &["/srv/**"]));
    let mut machine = Machine::new();
    let told = story.run(&mut machine);
    assert_eq!(
        told.failures,
        ["file[/etc/x]: the cookbook `web` may not: it was not granted file `/etc/x`"],
        "{:#?}",
        told.lines
    );
    assert!(!told.summary.changed, "nothing is changed before the refusal: {:#?}", told.lines);
    held(&mut story, rights(Capability::File, &["/srv/**", "/etc/x"]));
    let told = story.run(&mut machine);
    assert_eq!(told.failures, Vec::<String>::new());
}

#[test]
fn a_guard_of_a_refused_row_is_not_run() {
    let mut story = Story::new();
    let row = story.file("/srv/a", "x");
    story.only_if(row, "touch /etc/x");
    held(&mut story, rights(Capability::File, &["/srv/**"]));
    // The machine would panic: it knows no such command.
    let told = story.plan(&mut Machine::new());
    assert_eq!(told.failures.len(), 1, "{:#?}", told.lines);
    assert!(
        told.failures[0].contains("it was not granted execute `/bin/sh -c 'touch /etc/x'`"),
        "{:#?}",
        told.failures
    );
}

#[test]
fn links_of_the_machine_are_followed_before_a_change() {
    let mut machine = Machine::new();
    machine.directory("/srv");
    machine.directory("/srv/www");
    machine.directory("/elsewhere");
    machine.link("/srv/www/out", "/elsewhere");
    let mut story = Story::new();
    story.file("/srv/www/out/x", "x");
    held(&mut story, rights(Capability::File, &["/srv/www/**"]));
    let told = story.plan(&mut machine);
    let says = "the cookbook `web` may not: it was not granted file `/elsewhere/x`";
    assert!(told.failures.iter().any(|failure| failure.contains(says)), "{:#?}", told.lines);
    assert!(!story.run_without_plan(&mut machine).summary.changed);
    held(&mut story, rights(Capability::File, &["/srv/www/**", "/elsewhere/**"]));
    assert_eq!(story.run(&mut machine).failures, Vec::<String>::new());
}
