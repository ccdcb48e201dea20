//! `chefrs.toml`: what a project says of itself, and its attributes.

use std::collections::BTreeMap;

use serde_json::Value;

use super::document::Document;
use super::{Cookbook, attributes};
use crate::model::error::{Diagnostic, Diagnostics, Location};
use crate::model::node::{AttributeSource, Layer};

/// Name of the file.
const FILE: &str = "chefrs.toml";
/// The table whose keys are free.
const ATTRIBUTES: &str = "attributes";

/// What the file says.
#[derive(Debug, Default)]
pub(super) struct Settings {
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) attributes: Option<AttributeSource>,
}

/// Reads the file; a project without one has no settings.
pub(super) fn read(own: &Cookbook) -> Result<Settings, Diagnostics> {
    let Some(text) = own.text(FILE)? else {
        return Ok(Settings::default());
    };
    let document = Document::toml(FILE, &text)?;
    let mut wrong = document.unknown_keys("", &["project", ATTRIBUTES]);
    wrong.extend(document.unknown_keys("project", &["name", "description"]));
    for table in ["project", ATTRIBUTES] {
        if document.values.get(table).is_some_and(|value| !value.is_object()) {
            wrong.push(
                document
                    .wrong(table, format!("`{table}` must be a table"))
                    .hint(format!("write `[{table}]`")),
            );
        }
    }
    let settings = Settings {
        name: document.string("project.name", &mut wrong),
        description: document.string("project.description", &mut wrong),
        attributes: free(&document, &mut wrong),
    };
    if wrong.is_empty() { Ok(settings) } else { Err(Diagnostics(wrong)) }
}

/// The attributes, by paths that begin below `attributes`.
fn free(document: &Document, wrong: &mut Vec<Diagnostic>) -> Option<AttributeSource> {
    let values = document.values.get(ATTRIBUTES).and_then(Value::as_object)?;
    let place = |path: &str| document.place(&format!("{ATTRIBUTES}.{path}"));
    if let Err(found) = attributes::check_map(values, "", 0, &place) {
        wrong.push(found);
    }
    let lines: BTreeMap<String, Location> = document
        .lines
        .iter()
        .filter_map(|(path, line)| Some((path.strip_prefix("attributes.")?.to_owned(), line.clone())))
        .collect();
    Some(AttributeSource { layer: Layer::Project, origin: FILE.to_owned(), lines, values: values.clone() })
}
