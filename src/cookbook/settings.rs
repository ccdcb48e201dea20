//! `chefrs.toml`: what a project says of itself, and its attributes.

use super::document::Document;
use super::{Cookbook, attributes};
use crate::model::error::{Diagnostic, Diagnostics, Location};
use crate::model::node::{AttributeSource, Layer};

/// Name of the file.
const FILE: &str = "chefrs.toml";
/// The program that knows the nodes.
const INVENTORY: &str = "inventory";

/// What the file says.
#[derive(Debug, Default)]
pub(super) struct Settings {
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) attributes: Option<AttributeSource>,
    pub(super) inventory: Option<Program>,
}

/// A program that is named in the file.
#[derive(Debug, Clone)]
pub(super) struct Program {
    /// Its name or path, and its arguments; never empty.
    pub(super) argv: Vec<String>,
    /// Where it is named.
    pub(super) location: Location,
}

/// Reads the file; a project without one has no settings.
pub(super) fn read(own: &Cookbook) -> Result<Settings, Diagnostics> {
    let Some(text) = own.text(FILE)? else {
        return Ok(Settings::default());
    };
    let document = Document::toml(FILE, &text)?;
    let mut wrong = document.unknown_keys("", &["project", INVENTORY, attributes::TABLE]);
    wrong.extend(document.unknown_keys("project", &["name", "description"]));
    if document.values.get("project").is_some_and(|value| !value.is_object()) {
        wrong.push(document.wrong("project", "`project` must be a table").hint("write `[project]`"));
    }
    let settings = Settings {
        name: document.string("project.name", &mut wrong),
        description: document.string("project.description", &mut wrong),
        attributes: attributes::of_table(&document, Layer::Project, &mut wrong),
        inventory: program(&document, &mut wrong),
    };
    if wrong.is_empty() { Ok(settings) } else { Err(Diagnostics(wrong)) }
}

fn program(document: &Document, wrong: &mut Vec<Diagnostic>) -> Option<Program> {
    let words = document.values.get(INVENTORY)?;
    let argv: Option<Vec<String>> = words
        .as_array()
        .and_then(|words| words.iter().map(|word| word.as_str().map(str::to_owned)).collect());
    match argv {
        Some(argv) if argv.first().is_some_and(|program| !program.is_empty()) => {
            Some(Program { argv, location: document.place(INVENTORY) })
        }
        _ => {
            let program = words.as_str().filter(|program| !program.is_empty()).unwrap_or("./inventory");
            let mistake = document.wrong(INVENTORY, "`inventory` must be a program and its arguments");
            wrong.push(mistake.hint(format!("write a list of strings: `inventory = [\"{program}\"]`")));
            None
        }
    }
}
