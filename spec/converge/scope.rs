//! A part of a run: what is left out is not looked at, not notified and not owed.

use chefrs::model::collection::{Timing, deferred};
use chefrs::model::event::Event;
use chefrs::model::query::FileKind;
use chefrs::scope::{RunScope, ScopeWord};
use serde_json::json;

use super::machine::Machine;
use super::story::Story;

fn words(texts: &[&str]) -> Vec<ScopeWord> {
    texts.iter().map(|text| ScopeWord::read(text).unwrap()).collect()
}

/// Narrows the story. Returns the words that name nothing, with what is said of them.
fn narrow(story: &mut Story, scope: &RunScope) -> Vec<String> {
    let (collection, missing) = scope.apply(std::mem::take(&mut story.collection));
    story.collection = collection;
    missing.into_iter().map(|missing| missing.finding.to_string()).collect()
}

fn only(story: &mut Story, texts: &[&str]) {
    assert_eq!(narrow(story, &RunScope { only: words(texts), ..RunScope::default() }), Vec::<String>::new());
}

fn skip(story: &mut Story, texts: &[&str]) {
    assert_eq!(narrow(story, &RunScope { skip: words(texts), ..RunScope::default() }), Vec::<String>::new());
}

/// A package, its file with the tag `config`, and its service, each with a turn of its own.
fn site() -> (Story, usize) {
    let mut story = Story::new();
    story.package("web");
    let file = story.file("/etc/web", "port 80\n");
    story.at(file).tags = vec!["config".into()];
    let web = story.service("web", &["start"]);
    story.notify(file, web, "restart", Timing::Delayed);
    (story, file)
}

fn machine() -> Machine {
    let mut machine = Machine::new();
    machine.service("web", false);
    machine
}

#[test]
fn only_a_tag_runs_what_has_it_and_says_what_is_left_out_and_not_notified() {
    let (mut story, _) = site();
    only(&mut story, &["config"]);
    let mut machine = machine();
    let told = story.run(&mut machine);
    assert_eq!(
        told.lines,
        [
            "left out by --only config: package[web], service[web]",
            "file[/etc/web] create: updated",
            "file[/etc/web] -> service[web] restart delayed, left out",
        ]
    );
    assert_eq!((told.counts.updated, told.counts.left_out, told.counts.not_run), (1, 2, 0));
    assert!(machine.state.packages.is_empty());
    assert!(machine.state.journal.owed.is_empty());
    let Event::RunStarted { resources, .. } = &told.events[0] else { panic!("no start") };
    assert_eq!(*resources, 1);
}

#[test]
fn skip_overrides_only_and_both_take_recipes_and_resources() {
    let (mut story, file) = site();
    story.at(file).recipe = "web::default".into();
    let scope = RunScope { only: words(&["story", "web"]), skip: words(&["service[web]"]), start_at: None };
    assert_eq!(narrow(&mut story, &scope), Vec::<String>::new());
    let told = story.run(&mut machine());
    assert_eq!(told.lines[0], "left out by --skip service[web]: service[web]");
    assert_eq!((told.counts.updated, told.counts.left_out), (2, 1));
}

#[test]
fn start_at_leaves_out_what_is_before_it() {
    let (mut story, _) = site();
    let start_at = Some(ScopeWord::read_resource("service[web]").unwrap());
    assert_eq!(narrow(&mut story, &RunScope { start_at, ..RunScope::default() }), Vec::<String>::new());
    let told = story.run(&mut machine());
    assert_eq!(
        told.lines,
        ["left out by --start-at service[web]: package[web], file[/etc/web]", "service[web] start: updated",]
    );
}

/// As a handler of Ansible: it has no turn of its own that could be left out.
#[test]
fn what_only_waits_for_a_notification_stays_unless_it_is_skipped() {
    let waiting = || {
        let (mut story, file) = site();
        let reload = story.row("execute", "reload", &["nothing"], json!({ "command": ["reload"] }));
        let last = story.row("execute", "last", &["nothing"], json!({ "command": ["last"] }));
        story.row("execute", "other", &["nothing"], json!({ "command": ["other"] }));
        story.notify(file, reload, "run", Timing::Immediately);
        story.notify(reload, last, "run", Timing::Immediately);
        story
    };
    let with = || {
        let mut machine = machine();
        for command in ["reload", "last"] {
            machine.on(command, |_| 0);
        }
        machine
    };
    let mut story = waiting();
    only(&mut story, &["config"]);
    let told = story.run(&mut with());
    assert_eq!(
        told.lines,
        [
            "left out by --only config: package[web], service[web], execute[other]",
            "file[/etc/web] create: updated",
            "file[/etc/web] -> service[web] restart delayed, left out",
            "file[/etc/web] -> execute[reload] run immediately",
            "execute[reload] run: updated",
            "execute[reload] -> execute[last] run immediately",
            "execute[last] run: updated",
        ]
    );
    let mut story = waiting();
    skip(&mut story, &["execute[reload]", "service[web]"]);
    let told = story.run(&mut with());
    assert!(told.lines.contains(&"file[/etc/web] -> execute[reload] run immediately, left out".to_owned()));
    assert!(!told.lines.iter().any(|line| line.starts_with("execute[reload] run")), "{:?}", told.lines);
}

#[test]
fn the_rows_of_a_custom_resource_have_its_tags_and_a_single_one_can_be_chosen() {
    let nested = || {
        let mut story = Story::new();
        story.file("/etc/other", "other");
        let site = story.custom("blog", &["create"]);
        story.at(site).tags = vec!["site".into()];
        let web = story.service("web", &["nothing"]);
        story.notify(site, web, "restart", Timing::Delayed);
        for path in ["/etc/a", "/etc/b"] {
            let file = story.file(path, "x");
            story.within(site, "create", file);
        }
        story
    };
    let mut story = nested();
    only(&mut story, &["site"]);
    let told = story.run(&mut machine());
    assert_eq!((told.counts.updated, told.counts.left_out), (3, 1), "{:?}", told.lines);

    let mut story = nested();
    only(&mut story, &["file[/etc/b]"]);
    let told = story.run(&mut machine());
    assert_eq!(
        told.lines,
        [
            "left out by --only file[/etc/b]: file[/etc/other], file[/etc/a]",
            "file[/etc/b] create: updated",
            "site[blog] create: updated",
            "site[blog] -> service[web] restart delayed",
            "service[web] restart: updated",
        ]
    );

    let mut story = nested();
    skip(&mut story, &["file[/etc/a]", "file[/etc/b]"]);
    let told = story.run(&mut machine());
    assert!(!told.lines.iter().any(|line| line.starts_with("site[blog]")), "{:?}", told.lines);
}

#[test]
fn what_is_left_out_is_asked_nothing_and_can_refuse_nothing() {
    let mut story = Story::new();
    story.file("/etc/a", "a");
    let deaf = story.row("execute", "deaf", &["run"], json!({ "command": ["deaf"] }));
    story.only_if(deaf, "no such guard");
    // It would be refused: nothing lets a directory take the place of this file.
    story.row("directory", "/etc/b", &["create"], json!({}));
    let secret = json!({ deferred::SECRET: "unknown" });
    story.row("file", "/etc/c", &["create"], json!({ "content": secret }));
    skip(&mut story, &["execute[deaf]", "directory[/etc/b]", "file[/etc/c]"]);
    let mut machine = Machine::new();
    machine.state.files.insert("/etc/b".into(), (FileKind::File, "b".into(), 0o644));
    let told = story.run(&mut machine);
    assert_eq!(told.failures, Vec::<String>::new());
    assert_eq!((told.counts.updated, told.counts.left_out), (1, 3));
    let left = &story.collection.rows[3];
    assert!(left.properties.is_empty() && left.notifies.is_empty(), "{left:?}");
}

#[test]
fn packages_that_are_left_out_are_in_no_transaction() {
    let mut story = Story::new();
    for name in ["a", "b", "c"] {
        story.package(name);
    }
    skip(&mut story, &["package[b]"]);
    let mut machine = Machine::new();
    story.run(&mut machine);
    assert_eq!(machine.state.packages.iter().collect::<Vec<_>>(), ["a", "c"]);
}

#[test]
fn a_deferred_value_is_what_is_on_the_machine() {
    let mut story = Story::new();
    story.file("/etc/a", "new");
    story.row("file", "/etc/b", &["create"], json!({ "content": { deferred::CONTENTS: "/etc/a" } }));
    skip(&mut story, &["file[/etc/a]"]);
    let mut machine = Machine::new();
    machine.file("/etc/a", "old");
    story.run(&mut machine);
    assert_eq!(machine.state.files[camino::Utf8Path::new("/etc/b")].1, "old");
}

#[test]
fn what_is_owed_to_a_row_that_is_left_out_stays_owed() {
    let (mut story, file) = site();
    let mut machine = machine();
    machine.state.packages.insert("web".into());
    story.options.run = "first".into();
    let debt = chefrs::model::journal::Debt {
        to: "service[web]".into(),
        within: Vec::new(),
        recipe: "story".into(),
        action: "restart".into(),
        timing: Timing::Delayed,
        from: story.collection.rows[file].id(),
        skip_on_failure: false,
        awaits: None,
        begun: None,
        run: "earlier".into(),
    };
    machine.state.journal.owed.push(debt.clone());
    only(&mut story, &["package[web]"]);
    let told = story.run(&mut machine);
    assert_eq!(machine.state.journal.owed, [debt]);
    let said = told.events.iter().any(|event| {
        matches!(event, Event::Warning { diagnostic }
            if diagnostic.message == "service[web] is still owed restart, and this run leaves it out")
    });
    assert!(said, "{:?}", told.events);
}

#[test]
fn a_word_that_names_nothing_is_told_with_what_may_have_been_meant() {
    let (mut story, file) = site();
    story.at(file).recipe = "web::default".into();
    story.at(0).tags = vec!["web".into()];
    let scope = RunScope {
        only: words(&["confg", "web", "tag:web"]),
        skip: words(&["servce[web]", "file[/etc/other]", "web::extra"]),
        start_at: Some(ScopeWord::read_resource("group[web]").unwrap()),
    };
    assert_eq!(
        narrow(&mut story, &scope),
        [
            "error: --only: nothing in this run has the tag `confg` or is of such a recipe\n\
             hint: did you mean `config`?",
            "error: --only: `web` is a tag and a recipe\nhint: write `tag:web` or `recipe:web`",
            "error: --skip: nothing in this run declares servce[web]\nhint: did you mean `service[web]`?",
            "error: --skip: nothing in this run declares file[/etc/other]\nhint: did you mean `file[/etc/web]`?",
            "error: --skip: this run has no resource of the recipe `web::extra`\n\
             hint: tags in this run: `config` and `web`\nhint: recipes in this run: `story` and `web`",
            "error: --start-at: nothing in this run declares group[web]\nhint: did you mean `package[web]`?",
        ]
    );
}

#[test]
fn words_are_read_with_care() {
    for wrong in ["", "[x]", "file[", "file[]", "tag:", "tag:a b", "a b", "fi-le[x]", "recipe:"] {
        assert!(ScopeWord::read(wrong).is_err(), "{wrong}");
    }
    assert_eq!(chefrs::scope::words("a,package[git, curl],b"), ["a", "package[git, curl]", "b"]);
    assert!(ScopeWord::read_resource("nginx").is_err());
}
