//! The pages about running chefrs: targets, events, exit codes, the environment.

use serde_json::{Map, Value};

use crate::cookbook::inventory::SELECTION_FORMS;
use crate::model::address::FORMS;
use crate::model::ending::{Ending, by_weight};
use crate::model::engine::EngineChoice;
use crate::model::event::Mode;
use crate::model::fleet::event_schema;
use crate::model::sorted;
use crate::model::variables::{PASSED_ON, VARIABLES};

use super::glossary::GLOSSARY;
use super::markdown::{NamedItem, PageText, ReferencePage, names};

/// Group of these pages.
const RUNNING: &str = "Running";

/// Generates a page for each topic.
pub(super) fn pages() -> Vec<ReferencePage> {
    vec![targets(), exit_codes(), environment(), events(), glossary()]
}

fn page(name: &str, title: &str, text: PageText) -> ReferencePage {
    ReferencePage { name: name.to_owned(), title: title.to_owned(), group: RUNNING, markdown: text.finish() }
}

fn targets() -> ReferencePage {
    let title = "Targets";
    let mut text = PageText::titled(title);
    text.prose(
        "A target is the machine that a run works on. `-t` takes an address, a node of the inventory, or a group. \
         Without `-t` it is this machine.",
    );
    text.heading("Words for targets");
    text.prose(
        "The same words choose nodes for `-t` and for `chefrs nodes`. Quote them for the shell. Words that choose nothing \
         are an error.",
    );
    text.items(SELECTION_FORMS.iter().map(|form| NamedItem::line(form.written, form.doc)));
    text.heading("Addresses");
    text.items(FORMS.iter().map(|form| NamedItem::line(form.written, form.doc)));
    text.heading("Engines");
    text.prose("`--engine`, or `engine` of a node, sets the engine on the target.");
    text.items(EngineChoice::ALL.iter().map(|engine| NamedItem::line(engine.name(), engine.doc())));
    page("targets", title, text)
}

fn exit_codes() -> ReferencePage {
    let title = "Outcomes and exit codes";
    let mut text = PageText::titled(title);
    text.prose(
        "How a run, a plan or a command ended on a target. The names are those of `outcome` in the event stream, and in \
         the output of `chefrs log --format json`.",
    );
    let mut endings: Vec<Ending> = Ending::ALL.to_vec();
    sorted::sort_by_key(&mut endings, |ending| ending.exit().map_or(i32::MAX, |exit| exit as i32));
    text.items(endings.into_iter().map(|ending| {
        let code = ending.exit().map_or_else(String::new, |exit| format!(" Exit code {}.", exit as u8));
        let (run, plan) = (ending.words(Mode::Run), ending.words(Mode::Plan));
        let planned = if run == plan { String::new() } else { format!(", in a plan `{plan}`") };
        let name = serde_json::to_value(ending).unwrap_or_default();
        let shown = format!("{} Shown as `{run}`{planned}.{code}", ending.meaning());
        NamedItem::line(name.as_str().unwrap_or_default(), &shown)
    }));
    text.heading("Several targets");
    let codes: Vec<String> = by_weight().into_iter().map(|exit| (exit as u8).to_string()).collect();
    text.prose(&format!("The exit code is the first of these that occurred: {}.", codes.join(", ")));
    page("exit-codes", title, text)
}

fn environment() -> ReferencePage {
    let title = "Environment variables";
    let mut text = PageText::titled(title);
    text.items(VARIABLES.iter().map(|variable| NamedItem {
        name: variable.name.to_owned(),
        beside: variable.doc.to_owned(),
        below: String::new(),
        ..NamedItem::default()
    }));
    text.heading("Passed on to commands");
    text.prose(&format!(
        "Commands of resources have a small environment of their own: `PATH`, `LANG`, `HOME`, `USER` and `LOGNAME`, and the variables of the resource. From the environment of chefrs they get: {}.",
        names(PASSED_ON.iter().map(|variable| variable.name))
    ));
    page("environment", title, text)
}

fn events() -> ReferencePage {
    let title = "The event stream";
    let mut text = PageText::titled(title);
    text.prose(
        "`--format json` writes one JSON object a line, as things happen. `event` says what it is, and the first line \
         has the version of the form as `schema`. With several targets, each line of a target's own run has its name as \
         `target`. `chefrs help events --format json` prints the JSON Schema.",
    );
    let schema = event_schema();
    let types = schema.get("$defs").and_then(Value::as_object).cloned().unwrap_or_default();
    for (name, heading) in [("Event", "Events of a run"), ("Stage", "Events of several targets")] {
        text.heading(heading);
        let variants = types.get(name).and_then(|found| found.get("oneOf")).and_then(Value::as_array);
        text.items(variants.into_iter().flatten().map(|variant| {
            let own = variant.pointer("/properties/event/const").and_then(Value::as_str).unwrap_or_default();
            NamedItem {
                name: own.to_owned(),
                beside: doc(variant),
                below: fields(variant, &types),
                ..NamedItem::default()
            }
        }));
    }
    text.heading("Types");
    let inner = types.iter().filter(|(name, _)| !["Event", "Stage"].contains(&name.as_str()));
    text.items(inner.map(|(name, schema)| NamedItem {
        name: name.clone(),
        beside: doc(schema),
        below: fields(schema, &types),
        ..NamedItem::default()
    }));
    page("events", title, text)
}

/// The fields of an object, or the variants of a type, one paragraph each.
fn fields(schema: &Value, types: &Map<String, Value>) -> String {
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let mut lines = Vec::new();
    for (name, field) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        if name == "event" {
            continue;
        }
        let optional = if required.contains(&name.as_str()) { "" } else { ", may be missing" };
        let doc = doc(field);
        let doc = if doc.is_empty() { field_type_doc(field, types) } else { doc };
        lines.push(format!("`{name}` ({}{optional}): {doc}", kind(field)));
    }
    for variant in schema.get("oneOf").and_then(Value::as_array).into_iter().flatten() {
        let word = variant.get("const").or_else(|| variant.pointer("/properties/outcome/const"));
        if let Some(word) = word.and_then(Value::as_str) {
            lines.push(format!("`{word}`: {}", doc(variant)));
        }
    }
    lines.join("\n\n")
}

/// The description of a field's type, for fields without a description.
fn field_type_doc(field: &Value, types: &Map<String, Value>) -> String {
    let named = field.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next());
    named.and_then(|name| types.get(name)).map(doc).unwrap_or_default()
}

fn doc(schema: &Value) -> String {
    let text = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    text.replace("\n\n", " ").replace('\n', " ")
}

/// The type of a field, in a word.
fn kind(schema: &Value) -> String {
    if let Some(path) = schema.get("$ref").and_then(Value::as_str) {
        return path.rsplit('/').next().unwrap_or_default().to_owned();
    }
    let options = schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Value::as_array);
    if let Some(options) = options {
        let found = options.iter().find(|option| option.get("type").and_then(Value::as_str) != Some("null"));
        return found.map(kind).unwrap_or_default();
    }
    let name = match schema.get("type") {
        Some(Value::String(name)) => name.as_str(),
        Some(Value::Array(names)) => {
            names.iter().filter_map(Value::as_str).find(|name| *name != "null").unwrap_or_default()
        }
        _ => "any",
    };
    match name {
        "array" => format!("list of {}", schema.get("items").map_or_else(|| "any".to_owned(), kind)),
        other => other.to_owned(),
    }
}

fn glossary() -> ReferencePage {
    let title = "Glossary";
    let mut text = PageText::titled(title);
    text.items(GLOSSARY.iter().map(|term| NamedItem::line(term.word, term.means)));
    page("glossary", title, text)
}
