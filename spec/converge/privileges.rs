//! What is known before the first change is said before the first change, by plan and run alike.

use chefrs::model::collection::Guard;
use serde_json::json;

use super::machine::Machine;
use super::story::Story;

#[test]
fn nothing_is_changed_when_a_later_resource_needs_root() {
    let mut story = Story::new();
    story.file("/tmp/a", "a");
    story.file("/etc/b", "b");
    story.package("git");
    let mut machine = Machine::new();
    machine.root = false;
    let told = story.run(&mut machine);
    assert!(machine.state.steps.is_empty());
    assert_eq!(
        told.failures,
        [
            "file[/etc/b]: it needs root to write `/etc/b`, and this run is by `ada`",
            "package[git]: it needs root, and this run is by `ada`",
        ]
    );
}

#[test]
fn what_holds_already_needs_nobody() {
    let mut story = Story::new();
    story.file("/tmp/a", "a");
    story.package("git");
    let mut machine = Machine::new();
    machine.root = false;
    machine.state.packages.insert("git".into());
    assert!(story.run(&mut machine).summary.success);
}

/// What a plan says and what a run refuses, before which nothing is touched.
fn refused(story: &Story, machine: &mut Machine) -> (Vec<String>, Vec<String>) {
    let plan = story.plan(machine).lines;
    let run = story.run(machine);
    assert!(machine.state.steps.is_empty(), "{:?}", machine.state.steps);
    let asked = chefrs::converge::preflight(&story.collection, machine, &story.options).expect("it answers");
    let asked: Vec<String> =
        asked.iter().map(|one| format!("{}: {}", one.resource.id, one.failure.message)).collect();
    assert_eq!(asked, run.failures);
    (plan, run.failures)
}

#[test]
fn a_plan_by_an_ordinary_user_says_what_the_run_is_refused_for() {
    let mut story = Story::new();
    story.file("/tmp/a", "a");
    story.package("git");
    story.file("/tmp/b", "b");
    let mut machine = Machine::new();
    machine.root = false;
    let (plan, run) = refused(&story, &mut machine);
    assert_eq!(
        plan,
        [
            "file[/tmp/a] create: updated",
            "package[git] install: failed: it needs root, and this run is by `ada`",
            "file[/tmp/b] create: updated",
        ]
    );
    assert_eq!(run, ["package[git]: it needs root, and this run is by `ada`"]);
}

#[test]
fn a_missing_secret_is_said_before_anything_is_touched() {
    let mut story = Story::new();
    story.file("/srv/a", "a");
    let key = story.row("file", "/srv/key", &["create"], json!({ "content": { "$secret": "key" } }));
    story.at(key).sensitive = true;
    let kept = story.row("file", "/srv/kept", &["create"], json!({ "content": { "$secret": "other" } }));
    story.not_if(kept, Guard::Is(true));
    let mut machine = Machine::new();
    let (plan, run) = refused(&story, &mut machine);
    assert_eq!(run, ["file[/srv/key]: the secret `key` is not known"]);
    assert_eq!(plan[1], "file[/srv/key] create: failed: the secret `key` is not known");
    let told = story.run(&mut machine);
    let said = serde_json::to_string(&told.events).expect("events are data");
    assert!(said.contains("CHEFRS_SECRET_KEY"), "the way out is shown: {said}");
}

#[test]
fn a_file_system_that_can_not_be_written_to_is_seen() {
    let mut story = Story::new();
    story.file("/tmp/a", "a");
    story.file("/srv/b", "b");
    let mut machine = Machine::new();
    machine.read_only.push("/srv");
    let (plan, run) = refused(&story, &mut machine);
    assert_eq!(run, ["file[/srv/b]: `/srv/b` can't be written, not even by root"]);
    assert_eq!(plan[1], "file[/srv/b] create: failed: `/srv/b` can't be written, not even by root");
}

#[test]
fn what_an_earlier_resource_mends_is_no_reason_to_refuse() {
    let mut story = Story::new();
    story.row("file", "/srv/x", &["delete"], json!({}));
    story.row("directory", "/srv/x", &["create"], json!({}));
    let mut machine = Machine::new();
    machine.file("/srv/x", "a file");
    assert_eq!(story.run(&mut machine).counts.updated, 2);
    let mut ignored = Story::new();
    let row = ignored.row("file", "/srv", &["create"], json!({ "content": "x" }));
    ignored.at(row).ignore_failure = true;
    ignored.file("/srv/b", "b");
    let mut machine = Machine::new();
    assert_eq!(ignored.run(&mut machine).counts.updated, 1);
}

#[test]
fn where_nothing_tells_of_immutable_files_a_plan_that_changes_one_says_so_once() {
    let plan = |unseen: bool, recipe: &[(&str, &str)]| {
        let mut story = Story::new();
        for (path, content) in recipe {
            story.file(path, content);
        }
        let mut machine = Machine::new();
        machine.attributes_unseen = unseen;
        machine.file("/etc/a", "old");
        machine.file("/etc/b", "old");
        let notes = |lines: &[String]| lines.iter().filter(|line| line.starts_with("note: ")).count();
        let told = story.plan(&mut machine).lines;
        assert_eq!(notes(&story.run(&mut machine).lines), 0);
        (notes(&told), told)
    };
    let (notes, told) = plan(true, &[("/etc/new", "x"), ("/etc/a", "new"), ("/etc/b", "new")]);
    assert_eq!(notes, 1);
    assert!(
        told[1].starts_with("note: without `lsattr` there, this plan can't know whether `/etc/a` is"),
        "{told:?}"
    );
    // Where it is seen, where nothing is to be done, and where all is new, it does not matter.
    assert_eq!(plan(false, &[("/etc/a", "new")]).0, 0);
    assert_eq!(plan(true, &[("/etc/a", "old"), ("/etc/new", "x")]).0, 0);
}
