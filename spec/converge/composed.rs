//! Text that is made of deferred values, and templates that are rendered with them.

use camino::Utf8Path;
use serde_json::{Value, json};

use super::machine::Machine;
use super::story::Story;

const FILE: &str = "/etc/app.conf";

fn story(content: &Value) -> Story {
    let mut story = Story::new();
    story.options.secrets.insert("pw".into(), "s3cr3t-tok3n".into());
    story.row("file", FILE, &["create"], json!({ "content": content }));
    story
}

fn content(machine: &Machine) -> &str {
    machine.state.files.get(Utf8Path::new(FILE)).map_or("", |(_, text, _)| text)
}

#[test]
fn the_parts_are_joined_and_a_second_run_has_nothing_to_do() {
    let mut story = Story::new();
    story.file("/etc/version", "4.2");
    story.row(
        "file",
        FILE,
        &["create"],
        json!({ "content": { "$text": ["version ", { "$contents": "/etc/version" }, "\n"] } }),
    );
    let mut machine = Machine::new();
    let told = story.plan(&mut machine);
    assert_eq!(told.failures, [""; 0]);
    assert_eq!(story.run(&mut machine).counts.updated, 2);
    assert_eq!(content(&machine), "version 4.2\n");
    assert_eq!(story.run(&mut machine).counts.updated, 0);
}

#[test]
fn a_template_is_rendered_at_its_turn() {
    let template = json!({ "name": "templates/a.hbs", "text": "v={{version}}\n" });
    let variables = json!({ "version": { "$text": ["<", { "$contents": "/etc/version" }, ">"] } });
    let mut story = Story::new();
    story.file("/etc/version", "4.2");
    let content_of = json!({ "$rendered": { "template": template, "variables": variables } });
    story.row("file", FILE, &["create"], json!({ "content": { "$text": ["# head\n", content_of] } }));
    let mut machine = Machine::new();
    assert_eq!(story.run(&mut machine).counts.updated, 2);
    assert_eq!(content(&machine), "# head\nv=<4.2>\n");
}

#[test]
fn a_secret_in_them_stays_one() {
    let template = json!({ "name": "templates/a.hbs", "text": "{{s}}" });
    for composed in [
        json!({ "$text": ["user:", { "$secret": "pw" }] }),
        json!({ "$rendered": { "template": template, "variables": { "s": { "$secret": "pw" } } } }),
    ] {
        let mut machine = Machine::new();
        let told = story(&composed).run(&mut machine);
        assert_eq!(told.counts.updated, 1, "{:?}", told.failures);
        assert!(content(&machine).contains("s3cr3t-tok3n"));
        let said = serde_json::to_string(&told.events).expect("events are data");
        assert!(!said.contains("s3cr3t-tok3n"), "{said}");
        assert!(said.contains("mode 0600"), "{said}");
        let mut without = story(&composed);
        without.options.secrets.clear();
        let told = without.plan(&mut Machine::new());
        assert_eq!(told.failures, ["file[/etc/app.conf]: the secret `pw` is not known"]);
    }
}

#[test]
fn a_secret_in_them_becomes_no_name_and_no_word() {
    let mut story = Story::new();
    story.options.secrets.insert("pw".into(), "s3cr3t-tok3n".into());
    let composed = json!({ "$text": ["x-", { "$secret": "pw" }] });
    story.row("file", "/srv/a", &["create"], json!({ "content": "x", "owner": composed }));
    let told = story.run(&mut Machine::new());
    let [failure] = told.failures.as_slice() else { panic!("{:?}", told.failures) };
    assert!(failure.contains("the secret `pw` would be a name on the machine"), "{failure}");
}

#[test]
fn a_part_that_can_never_be_had_is_a_failure_in_a_plan() {
    let composed = json!({ "$text": ["a", { "$contents": "/none" }, { "$secret": "pw" }] });
    let told = story(&composed).plan(&mut Machine::new());
    assert_eq!(told.failures, ["file[/etc/app.conf]: contents of `/none` can't be used: it is not there"]);
}

#[test]
fn the_text_has_a_limit() {
    let big = "x".repeat(1 << 20);
    let mut story = Story::new();
    story.file("/etc/big", &big);
    let parts = vec![json!({ "$contents": "/etc/big" }); 5];
    story.row("file", FILE, &["create"], json!({ "content": { "$text": parts } }));
    let told = story.run(&mut Machine::new());
    let wanted = "file[/etc/app.conf]: a text that is joined of deferred values has more than 4 MiB";
    assert_eq!(told.failures, [wanted]);
}
