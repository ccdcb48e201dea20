//! The page about facts, generated from the facts of a recorded machine.

use serde_json::{Map, Value};

use crate::facts::{RECORDED, recording};

use super::markdown::{NamedItem, PageText, ReferencePage};

/// Tables whose keys are names on the machine: accounts, interfaces, addresses.
const NAMED: &[&str] = &[
    "etc.group",
    "etc.passwd",
    "network.interfaces",
    "network.interfaces.NAME.addresses",
    "virtualization.systems",
];

/// Generates the page.
pub(super) fn page() -> ReferencePage {
    let title = "Facts";
    let mut text = PageText::titled(title);
    text.prose(
        "What `node` contains besides the attributes. `chefrs facts` prints those of this machine, `chefrs facts \
         -t web1` those of another one. Read facts that may be missing with `node:get`.",
    );
    let system = RECORDED[0];
    text.heading(&format!("Facts of a machine with {system}"));
    let facts: Map<String, Value> =
        serde_json::from_str(recording(system).unwrap_or_default()).unwrap_or_default();
    let mut items = Vec::new();
    list("", &facts, &mut items);
    text.items(items);
    ReferencePage {
        name: "node".to_owned(),
        title: title.to_owned(),
        group: "Writing cookbooks",
        markdown: text.finish(),
    }
}

/// Adds an item for each fact below a path, with its value as an example.
fn list(above: &str, facts: &Map<String, Value>, items: &mut Vec<NamedItem>) {
    let is_named = NAMED.contains(&above);
    for (key, value) in facts.iter().take(if is_named { 1 } else { usize::MAX }) {
        let key = if is_named { "NAME" } else { key };
        let path = if above.is_empty() { key.to_owned() } else { format!("{above}.{key}") };
        match value {
            Value::Object(inner) => list(&path, inner, items),
            value => items.push(NamedItem::line(&path, &format!("for example `{value}`"))),
        }
    }
}
