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
fn what_a_link_leads_to_is_not_known_to_have_contents() {
    let mut machine = Machine::new();
    machine.directory("/srv/d");
    let mut story = Story::new();
    story.row("link", "/srv/second", &["create"], json!({ "to": "/srv/d" }));
    story.row("file", "/srv/copy", &["create"], json!({ "content": { "$contents": "/srv/second/f" } }));
    let lines = story.plan(&mut machine).lines;
    assert_eq!(
        lines[1],
        "file[/srv/copy] create: unknown until link[/srv/second], would fail: contents of `/srv/second/f` can't be used: \
         it is not there"
    );
}
