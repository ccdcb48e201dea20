//! Templates as data: `spec/template/<case>.json` holds source, partials and variables; `expect` is the text or the message.

use std::fs;

use chefrs::model::content::{Content, Template};
use chefrs::template::{self, NESTING_LIMIT, OUTPUT_LIMIT, TEXT_LIMIT, WORDS};
use serde_json::{Map, Value, json};

use crate::goldens;

fn source(text: impl Into<String>) -> Template {
    Template {
        name: "templates/case.hbs".into(),
        text: text.into(),
        partials: std::collections::BTreeMap::new(),
    }
}

fn refused(template: &Template, variables: &Value) -> String {
    let variables = variables.as_object().cloned().unwrap_or_default();
    template::render(template, &variables).expect_err("it is refused").to_string()
}

#[test]
fn every_case_renders_or_says_why_not() {
    let mut differences = Vec::new();
    for path in goldens::files("template", "json") {
        let text = fs::read_to_string(&path).expect("the case can be read");
        let mut case: Map<String, Value> =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let partials = case.get("partials").cloned().unwrap_or_else(|| json!({}));
        let template = Template {
            name: "templates/case.hbs".into(),
            text: case["text"].as_str().expect("`text` is a string").into(),
            partials: serde_json::from_value(partials).expect("partials are texts"),
        };
        let variables = case.get("variables").and_then(Value::as_object).cloned().unwrap_or_default();
        let expect = match template::render(&template, &variables) {
            Ok(Content::Text(text)) => json!({ "text": text }),
            Ok(Content::Unknown(until)) => json!({ "unknown": until }),
            Ok(Content::Blob(_)) => json!("a template never gives a blob"),
            Err(diagnostic) => json!({ "error": diagnostic.to_string().lines().collect::<Vec<_>>() }),
        };
        case.insert("expect".into(), expect);
        let text = serde_json::to_string_pretty(&Value::Object(case)).expect("JSON can be written");
        differences.extend(goldens::compare(&path, &format!("{text}\n")));
    }
    goldens::none(&differences);
}

#[test]
fn the_partials_of_a_template_are_named_once_in_written_order() {
    let found = template::partials("t", "{{> b}} {{> a}} {{> b}}").expect("it is well formed");
    let names: Vec<String> = found.into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["b", "a"]);
}

#[test]
fn what_would_overflow_the_stack_is_refused() {
    let nested = |n: usize| format!("{}{}", "{{#if a}}".repeat(n), "{{/if}}".repeat(n));
    let variables = json!({ "a": true });
    assert!(template::render(&source(nested(NESTING_LIMIT)), variables.as_object().expect("a map")).is_ok());
    for n in [NESTING_LIMIT + 1, 5_000] {
        assert!(refused(&source(nested(n)), &variables).contains("64"), "{n}");
    }
    let brackets = format!("{{{{json {}a{}}}}}", "(json ".repeat(5_000), ")".repeat(5_000));
    refused(&source(brackets), &variables);
}

#[test]
fn size_is_bounded_going_in_and_coming_out() {
    assert!(refused(&source("x".repeat(TEXT_LIMIT + 1)), &json!({})).contains("256 KiB"));
    // Nested loops over one list of a thousand: a thousand million times the text.
    let text = "{{#each a}}{{#each ../a}}{{#each ../../a}}xxxxxxxxxxxxxxxx{{/each}}{{/each}}{{/each}}";
    let many: Vec<u32> = (0..1000).collect();
    let message = refused(&source(text), &json!({ "a": many }));
    assert!(message.contains(&format!("{} MiB", OUTPUT_LIMIT / 1024 / 1024)), "{message}");
}

#[test]
fn every_word_is_documented_and_known_to_the_engine() {
    for word in WORDS {
        assert!(word.doc.ends_with('.') && word.usage.contains(word.name), "{}", word.name);
        let template = source(format!("{{{{{} }}}}", word.name));
        let message =
            template::render(&template, &Map::new()).map_or_else(|d| d.to_string(), |_| String::new());
        assert!(!message.contains("there is no word"), "{message}");
    }
}
