//! What is planned for one path, and what that means for others.

use chefrs::model::collection::Guard;
use serde_json::json;

use super::super::machine::Machine;
use super::super::story::Story;
use super::plan_and_run;

#[test]
fn what_comes_into_a_directory_is_in_its_way() {
    let mut story = Story::new();
    story.row("directory", "/srv/a", &["create"], json!({}));
    story.file("/srv/a/b", "x");
    story.row("directory", "/srv/a", &["delete"], json!({}));
    let plan = story.plan(&mut Machine::new());
    assert_eq!(plan.lines[2], "directory[/srv/a] delete: failed: `/srv/a` is not empty: it holds b");
}

#[test]
fn the_parents_that_a_tree_makes_are_told_and_checked() {
    let tree =
        json!({ "source": { "name": "tree", "files": [{ "path": "a", "content": { "text": "a" } }] } });
    let mut story = Story::new();
    story.row("remote_directory", "/srv/q/e/x", &["create"], tree.clone());
    story.file("/srv/q/e/y", "x");
    let guarded = story.file("/srv/z", "x");
    story.not_if(guarded, Guard::Exists("/srv/q/e".into()));
    let (plan, _) = plan_and_run(&story, Machine::new);
    assert_eq!(
        plan,
        [
            "remote_directory[/srv/q/e/x] create: updated",
            "file[/srv/q/e/y] create: updated",
            "file[/srv/z] create: skipped: not_if exists \"/srv/q/e\" holds",
        ]
    );
    let mut wrong = Story::new();
    wrong.file("/srv/p", "x");
    wrong.row("remote_directory", "/srv/p/x", &["create"], tree);
    let lines = wrong.plan(&mut Machine::new()).lines;
    assert_eq!(lines[1], "remote_directory[/srv/p/x] create: failed: `/srv/p` is a file, not a directory");
}

#[test]
fn a_link_that_comes_is_followed_to_what_is_there() {
    let link = |story: &mut Story| {
        story.row("link", "/srv/second", &["create"], json!({ "to": "/srv/d" }));
        story.row("file", "/srv/copy", &["create"], json!({ "content": { "$contents": "/srv/second/f" } }));
    };
    let machine = || {
        let mut machine = Machine::new();
        machine.directory("/srv/d");
        machine
    };
    let mut story = Story::new();
    link(&mut story);
    let (plan, _) = plan_and_run(&story, machine);
    assert_eq!(
        plan[1],
        "file[/srv/copy] create: failed: contents of `/srv/second/f` can't be used: it is not there"
    );
    let mut story = Story::new();
    story.file("/srv/d/f", "x");
    link(&mut story);
    let (plan, _) = plan_and_run(&story, machine);
    assert_eq!(plan[2], "file[/srv/copy] create: updated");
}

/// Rows that look at the same things by two names, and what they come to.
fn by_two_names(first: &str, second: &str) -> (Story, Vec<String>) {
    let mut story = Story::new();
    let mut told = Vec::new();
    let mut guarded = |story: &mut Story, path: &str, asked: String, outcome: &str| {
        let row = story.file(path, "x");
        story.only_if_exists(row, &asked);
        let why = format!("skipped: only_if exists \"{asked}\" does not hold");
        told.push(format!("file[{path}] create: {}", if outcome == "skipped" { &why } else { outcome }));
    };
    guarded(&mut story, "/srv/0", format!("{second}/f"), "skipped");
    story.file(&format!("{first}/f"), "x");
    guarded(&mut story, "/srv/1", format!("{second}/f"), "updated");
    story.row("file", &format!("{second}/f"), &["delete"], json!({}));
    guarded(&mut story, "/srv/2", format!("{first}/f"), "skipped");
    story.row("directory", &format!("{first}/d/e"), &["create"], json!({ "recursive": true }));
    guarded(&mut story, "/srv/3", format!("{second}/d/e"), "updated");
    story.row("directory", &format!("{second}/d"), &["delete"], json!({ "recursive": true }));
    guarded(&mut story, "/srv/4", format!("{first}/d/e"), "skipped");
    (story, told)
}

#[test]
fn what_is_done_by_one_name_is_seen_by_another() {
    // Links to a directory, relative and absolute, and a link to a link.
    let links = [("/srv/l", "d"), ("/srv/abs", "/srv/d"), ("/srv/ll", "abs")];
    let machine = || {
        let mut machine = Machine::new();
        machine.directory("/srv/d");
        for (path, to) in links {
            machine.link(path, to);
        }
        machine
    };
    let names = ["/srv/d", "/srv/l", "/srv/abs", "/srv/ll"];
    for (first, second) in names.iter().flat_map(|one| names.map(|other| (*one, other))) {
        let (story, told) = by_two_names(first, second);
        let (plan, run) = plan_and_run(&story, machine);
        let guarded =
            |lines: &[String]| lines.iter().filter(|line| told.contains(line)).cloned().collect::<Vec<_>>();
        assert_eq!(guarded(&run), told, "{first} {second}: {run:#?}");
        assert_eq!(guarded(&plan), told, "{first} {second}: {plan:#?}");
    }
}

#[test]
fn what_is_behind_a_link_is_looked_at_again_once_that_has_come() {
    let mut story = Story::new();
    story.row("link", "/srv/l", &["create"], json!({ "to": "f" }));
    let before = story.file("/srv/0", "x");
    story.only_if_exists(before, "/srv/l");
    story.file("/srv/f", "x");
    let after = story.file("/srv/1", "x");
    story.only_if_exists(after, "/srv/l");
    story.row("link", "/srv/l", &["create"], json!({ "to": "elsewhere" }));
    let moved = story.file("/srv/2", "x");
    story.only_if_exists(moved, "/srv/l");
    story.row("link", "/srv/l", &["delete"], json!({}));
    let gone = story.file("/srv/3", "x");
    story.only_if_exists(gone, "/srv/l");
    for kind in ["not there", "there"] {
        let machine = || {
            let mut machine = Machine::new();
            if kind == "there" {
                machine.link("/srv/l", "f");
            }
            machine
        };
        let (plan, run) = plan_and_run(&story, machine);
        let skipped =
            |path: &str| format!("file[{path}] create: skipped: only_if exists \"/srv/l\" does not hold");
        for lines in [plan, run] {
            assert_eq!(lines[1], skipped("/srv/0"), "{kind}");
            assert_eq!(lines[3], "file[/srv/1] create: updated", "{kind}");
            assert_eq!(lines[5], skipped("/srv/2"), "{kind}");
            assert_eq!(lines[7], skipped("/srv/3"), "{kind}");
        }
    }
}

#[test]
fn a_link_that_goes_takes_the_names_behind_it_along() {
    let mut story = Story::new();
    story.row("link", "/srv/l", &["create"], json!({ "to": "d" }));
    story.file("/srv/l/f", "x");
    story.row("link", "/srv/l", &["delete"], json!({}));
    let gone = story.file("/srv/0", "x");
    story.only_if_exists(gone, "/srv/l/f");
    let there = story.file("/srv/1", "x");
    story.only_if_exists(there, "/srv/d/f");
    let machine = || {
        let mut machine = Machine::new();
        machine.directory("/srv/d");
        machine
    };
    let (plan, run) = plan_and_run(&story, machine);
    for lines in [plan, run] {
        assert_eq!(lines[3], "file[/srv/0] create: skipped: only_if exists \"/srv/l/f\" does not hold");
        assert_eq!(lines[4], "file[/srv/1] create: updated");
    }
}

#[test]
fn a_directory_has_no_contents() {
    let mut story = Story::new();
    story.row("file", "/srv/copy", &["create"], json!({ "content": { "$contents": "/etc" } }));
    let lines = story.plan(&mut Machine::new()).lines;
    assert_eq!(
        lines,
        ["file[/srv/copy] create: failed: contents of `/etc` can't be used: it is a directory"]
    );
}
