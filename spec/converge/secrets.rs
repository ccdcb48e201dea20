//! What a run tells of secrets, and what it refuses to do with them.

use chefrs::model::collection::Guard;
use chefrs::model::query::End;
use serde_json::json;

use super::machine::Machine;
use super::story::{Story, Told};

fn said(told: &Told) -> String {
    serde_json::to_string(&told.events).expect("events are data")
}

#[test]
fn the_words_of_a_template_do_not_show_it() {
    let mut story = Story::new();
    let secret = r#"pa"ss\wo'rd"#;
    story.options.secrets.insert("pw".into(), secret.into());
    let text = "{{json s}} {{shell s}} {{ini s}} {{toml s}} {{upper s}} {{s}}\n";
    story.row(
        "template",
        "/srv/env",
        &["create"],
        json!({ "source": { "name": "env.hbs", "text": text }, "variables": { "s": { "$secret": "pw" } } }),
    );
    let mut machine = Machine::new();
    let told = story.run(&mut machine);
    assert_eq!(told.counts.updated, 1);
    let said = said(&told);
    assert!(said.contains("********"), "{said}");
    for form in ["ss", "SS", "rd"] {
        let diff = said.split("\"diff\":").nth(1).expect("there is a diff");
        let line = diff.split("\\n+").nth(1).expect("a line is added");
        assert!(!line.split("\\n").next().is_some_and(|line| line.contains(form)), "{form} in {line}");
    }
}

#[test]
fn a_plain_one_makes_its_rows_sensitive_and_is_warned_of_once() {
    let mut story = Story::new();
    story.options.secrets.insert("pin".into(), "0644".into());
    story.options.secrets.insert("unused".into(), "root".into());
    story.row("file", "/srv/pin", &["create"], json!({ "content": { "$secret": "pin" } }));
    story.row("file", "/srv/a", &["create"], json!({ "content": "x", "mode": "0644" }));
    let told = story.run(&mut Machine::new());
    let said = said(&told);
    assert_eq!(said.matches("the secret `pin` is too short").count(), 1, "{said}");
    assert!(!said.contains("`unused`"), "nobody uses it: {said}");
    assert!(said.contains("mode 0644"), "a mode is a mode: {said}");
    assert!(said.contains("\"withheld\":true"), "{said}");
    assert!(!said.contains("+0644"), "{said}");
}

#[test]
fn none_becomes_a_word_of_a_command() {
    let mut story = Story::new();
    story.options.secrets.insert("pw".into(), "s3cr3t-tok3n".into());
    story.row(
        "git",
        "/srv/a",
        &["sync"],
        json!({ "repository": "https://example.org/a.git", "revision": { "$secret": "pw" } }),
    );
    let told = story.plan(&mut Machine::new());
    assert_eq!(
        told.failures,
        ["git[/srv/a]: the secret `pw` would be visible in the list of processes, which every user can read"]
    );
}

#[test]
fn a_guard_may_read_one_and_the_file_is_not_narrowed_for_it() {
    let mut story = Story::new();
    story.options.secrets.insert("pw".into(), "s3cr3t-tok3n".into());
    let file = story.file("/etc/a", "open\n");
    let form = json!({ "argv": ["check"], "input": { "$secret": "pw" } });
    story.at(file).only_if.push(Guard::Deferred(form));
    let mut machine = Machine::new();
    machine.guard("check", End::Exit(0));
    let told = story.run(&mut machine);
    assert_eq!(told.failures, [""; 0]);
    let said = said(&told);
    assert!(said.contains("create file") && !said.contains("mode 0600"), "{said}");
    story.options.secrets.clear();
    let told = story.plan(&mut Machine::new());
    assert_eq!(told.failures, ["file[/etc/a]: the secret `pw` is not known"]);
}

#[test]
fn none_becomes_a_name() {
    let secret = json!({ "$secret": "pw" });
    let rows = [
        ("link", "/srv/a", "create", json!({ "to": secret })),
        ("file", "/srv/a", "create", json!({ "content": "x", "owner": secret })),
        ("directory", "a", "create", json!({ "path": secret })),
    ];
    for (r#type, name, action, properties) in rows {
        let mut story = Story::new();
        story.options.secrets.insert("pw".into(), "/s3cr3t-tok3n".into());
        story.row(r#type, name, &[action], properties);
        let told = story.plan(&mut Machine::new());
        let wanted = "the secret `pw` would be a name on the machine, which every user can read";
        assert_eq!(told.failures, [format!("{type}[{name}]: {wanted}")]);
        assert!(!said(&told).contains("s3cr3t"), "{}", said(&told));
    }
}

/// A secret of one letter stands in every command by chance.
#[test]
fn a_plain_one_is_no_word_of_a_command_by_chance() {
    let mut story = Story::new();
    story.options.secrets.insert("pin".into(), "t".into());
    let environment = json!({ "PIN": { "$secret": "pin" } });
    story.row("execute", "a", &["run"], json!({ "command": ["true"], "environment": environment }));
    let told = story.plan(&mut Machine::new());
    assert_eq!(told.failures, Vec::<String>::new());
}
