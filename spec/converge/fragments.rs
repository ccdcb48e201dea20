//! Values that are made of fragments.

use camino::Utf8Path;
use chefrs::model::collection::Guard;
use chefrs::model::collection::deferred::Part;
use chefrs::model::query::End;
use chefrs::model::step::Command;
use serde_json::{Value, json};

use super::machine::Machine;
use super::story::Story;

const FILE: &str = "/etc/app.conf";

fn part(of: &str, content: impl Into<Value>) -> Part {
    Part { of: format!("fragment[{of}]"), content: content.into(), only_if: Vec::new(), not_if: Vec::new() }
}

/// A run with one file that is made of these.
fn story(parts: &[Part]) -> Story {
    let mut story = Story::new();
    story.row("file", FILE, &["create"], json!({ "content": { "$fragments": parts } }));
    story
}

fn content(machine: &Machine) -> &str {
    machine.state.files.get(Utf8Path::new(FILE)).map_or("", |(_, text, _)| text)
}

#[test]
fn each_ends_its_line_and_those_that_a_guard_leaves_out_are_not_there() {
    let probe = |word: &str| Guard::Command(Command::new(["/bin/sh", "-c", word]));
    let mut parts =
        [part("a", "a"), part("b", "b\n"), part("c", ""), part("d", "d"), part("e", "e"), part("f", "f")];
    parts[0].only_if = vec![Guard::Exists("/srv".into()), probe("yes")];
    parts[3].not_if = vec![probe("yes")];
    parts[4].only_if = vec![Guard::Is(false)];
    let mut machine = Machine::new();
    machine.guard("yes", End::Exit(0));
    let story = story(&parts);
    assert_eq!(story.run(&mut machine).lines, ["file[/etc/app.conf] create: updated"]);
    assert_eq!(content(&machine), "a\nb\nf\n");
    assert_eq!(story.run(&mut machine).counts.updated, 0);
}

#[test]
fn none_make_an_empty_file() {
    let mut machine = Machine::new();
    assert_eq!(story(&[]).run(&mut machine).counts.updated, 1);
    assert!(machine.state.files.contains_key(Utf8Path::new(FILE)));
    assert_eq!(content(&machine), "");
}

#[test]
fn a_guard_that_cannot_be_run_names_its_fragment() {
    let mut parts = [part("a", "a")];
    parts[0].only_if = vec![Guard::Command(Command::new(["/bin/sh", "-c", "probe"]))];
    let mut machine = Machine::new();
    machine.guard("probe", End::Exit(127));
    let failures = ["file[/etc/app.conf]: fragment[a]: the guard `probe` could not be run"];
    assert_eq!(story(&parts).run(&mut machine).failures, failures);
    assert!(machine.state.steps.is_empty());
}

#[test]
fn a_plan_waits_for_what_a_fragment_waits_for() {
    let mut story = Story::new();
    story.package("git");
    let mut parts = [part("a", "a"), part("b", json!({ "$contents": "/etc/later" }))];
    story.row("file", "/etc/one", &["create"], json!({ "content": { "$fragments": parts } }));
    parts[1] = part("c", "c");
    parts[1].only_if = vec![Guard::Command(Command::new(["/bin/sh", "-c", "git --version"]))];
    story.row("file", "/etc/two", &["create"], json!({ "content": { "$fragments": parts } }));
    assert_eq!(
        story.plan(&mut Machine::new()).lines[1..],
        [
            "file[/etc/one] create: unknown until package[git], would fail: fragment[b]: contents of `/etc/later` can't be \
             used: it is not there",
            "file[/etc/two] create: unknown until package[git], would fail: fragment[c]: the guard `git --version` could not \
             be run",
        ]
    );
}

#[test]
fn a_secret_in_one_makes_the_file_private() {
    let mut story = story(&[part("a", "a"), part("b", json!({ "$secret": "word" }))]);
    story.options.secrets.insert("word".into(), "correct horse".into());
    let mut machine = Machine::new();
    let told = story.run(&mut machine);
    assert_eq!(content(&machine), "a\ncorrect horse\n");
    assert_eq!(machine.state.files[Utf8Path::new(FILE)].2, 0o600);
    assert!(!serde_json::to_string(&told.events).unwrap().contains("correct horse"));
}

#[test]
fn at_its_own_turn_there_is_nothing_to_do() {
    let mut story = Story::new();
    let text = json!({ "into": "/etc/app.conf", "content": { "$contents": "/missing" } });
    story.row("fragment", "a", &["add"], text.clone());
    let left_out = story.row("fragment", "b", &["add"], text);
    story.not_if(left_out, Guard::Exists("/srv".into()));
    let told = story.run(&mut Machine::new());
    assert_eq!(told.failures, Vec::<String>::new());
    assert_eq!((told.counts.up_to_date, told.counts.skipped), (1, 1));
}

#[test]
fn one_that_is_not_known_yet_hides_no_other_that_can_not_be_had() {
    let output = |word: &str| json!({ "$output": Command::new([word]) });
    let unknown = part("a", output("later"));
    let missing = part("b", output("nope"));
    let mut doubtful = part("c", output("nope"));
    doubtful.only_if = vec![Guard::Command(Command::new(["/bin/sh", "-c", "probe"]))];
    for second in [missing, doubtful] {
        let mut machine = Machine::new();
        machine.on("first", |_| 0);
        machine.guard("later", End::Exit(0));
        machine.guard("probe", End::Exit(0));
        machine.guard("nope", End::Exit(1));
        let mut story = Story::new();
        story.row("execute", "first", &["run"], json!({ "command": ["first"] }));
        story.row(
            "file",
            FILE,
            &["create"],
            json!({ "content": { "$fragments": [unknown.clone(), second] } }),
        );
        let lines = story.plan(&mut machine).lines;
        assert!(lines[1].starts_with("file[/etc/app.conf] create: unknown"), "{lines:#?}");
    }
}
