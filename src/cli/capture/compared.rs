//! What a machine has beyond the cookbook that was captured of it before.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;
use serde_json::{Map, Value};

use super::written::{write, write_new};
use crate::capture::Capture;
use crate::cli::early_end::EarlyEnd;
use crate::compile::Input;
use crate::confined::Compiler;
use crate::cookbook::Project;
use crate::model::collection::{Collection, Row, deferred};
use crate::model::content::{Content, Template, sha256};
use crate::model::english::count;
use crate::model::error::Diagnostic;
use crate::model::sorted;
use crate::template::render;

/// The recipe that has the difference.
const RECIPE: &str = "difference";

/// Types of what brings a file.
const FILES: [&str; 3] = ["file", "cookbook_file", "template"];

/// Compiles the cookbook as it is, and the captured one, and writes the resources of the captured one that the first has
/// not, or has otherwise. Returns what to tell. If nothing differs, no file is changed.
pub(super) fn write_difference(
    directory: &Utf8Path,
    name: &str,
    captured: &Capture,
    files: &BTreeMap<String, Vec<u8>>,
    facts: &Map<String, Value>,
) -> Result<String, EarlyEnd> {
    let Some(root) =
        directory.parent().filter(|parent| parent.file_name() == Some("cookbooks")).map(|cookbooks| {
            cookbooks.parent().filter(|root| !root.as_str().is_empty()).unwrap_or(Utf8Path::new("."))
        })
    else {
        let wrong =
            Diagnostic::error(format!("`{directory}` exists already, and is no cookbook of a project"));
        return Err(EarlyEnd::usage(
            wrong.hint("the cookbooks of a project are in `cookbooks/`; nothing was written"),
        ));
    };
    let mut run_list = vec![name.to_owned()];
    if directory.join(format!("recipes/{RECIPE}.lua")).is_file() {
        run_list.push(format!("{name}::{RECIPE}"));
    }
    let is_there = compiled(root, &run_list, facts)?;
    let elsewhere = tempfile::tempdir()?;
    let scratch = Utf8Path::from_path(elsewhere.path()).ok_or_else(|| {
        EarlyEnd::usage(Diagnostic::error("the directory for temporary files has a name that is no text"))
    })?;
    write_new(&scratch.join("cookbooks").join(name), files)?;
    let found = compiled(scratch, &[name.to_owned()], facts)?;
    let known: BTreeSet<String> = is_there.rows.iter().map(identity).collect();
    let differs = found.rows.iter().filter(|row| !known.contains(&identity(row)));
    let differs: BTreeSet<(&str, &str)> =
        sorted::collected(differs.map(|row| (kind(&row.r#type), row.name.as_str())));
    let gone = is_there.rows.iter().filter(|row| {
        row.parent.is_none()
            && !found
                .rows
                .iter()
                .any(|other| kind(&other.r#type) == kind(&row.r#type) && other.name == row.name)
    });
    let gone: Vec<String> = gone.map(Row::id).collect();
    let mut lines = Vec::new();
    if differs.is_empty() {
        lines.push(format!("`{directory}` has all that is captured; nothing was written"));
    } else {
        let difference = captured.recipe_of(RECIPE, &|r#type, name| differs.contains(&(kind(r#type), name)));
        write(directory, &difference)?;
        lines.push(format!(
            "wrote `{directory}/recipes/{RECIPE}.lua`: {} of the machine {} from the cookbook",
            count(differs.len(), "resource"),
            if differs.len() == 1 { "differs" } else { "differ" }
        ));
        lines
            .push(format!("next: move them to the recipes where they belong, or run `{name}::{RECIPE}` too"));
    }
    if !gone.is_empty() {
        lines.push("declared, and not found on the machine:".to_owned());
        lines.extend(gone.iter().map(|id| format!("  {id}")));
    }
    Ok(lines.join("\n") + "\n")
}

fn compiled(
    root: &Utf8Path,
    run_list: &[String],
    facts: &Map<String, Value>,
) -> Result<Collection, EarlyEnd> {
    let project = Project::open(root)?;
    let attributes = Vec::new();
    let input = Input { project: &project, run_list, facts, attributes: &attributes };
    Ok(Compiler::default().compile(&input)?.collection)
}

/// The type of a row. Whatever brings a file, it is one.
fn kind(r#type: &str) -> &str {
    if FILES.contains(&r#type) { FILES[0] } else { r#type }
}

/// What makes two rows the same: all but their place. Of a file its content counts, and not whether a template has it.
fn identity(row: &Row) -> String {
    let mut properties = row.properties.clone();
    if let Some(content) = content(&properties).filter(|_| FILES.contains(&row.r#type.as_str())) {
        properties.retain(|name, _| !["source", "variables"].contains(&name.as_str()));
        properties.insert("content".to_owned(), Value::String(content));
    }
    format!("{} {} {:?} {}", kind(&row.r#type), row.name, row.actions, Value::Object(properties))
}

/// The digest of the content that a row brings, if it has all of it. Secrets count by their names.
fn content(properties: &Map<String, Value>) -> Option<String> {
    if let Some(text) = properties.get("content") {
        return Some(sha256(text.as_str()?.as_bytes()));
    }
    let source = properties.get("source")?;
    if let Some(content) = source.get("content") {
        return serde_json::from_value::<Content>(content.clone()).ok()?.sha256();
    }
    let template: Template = serde_json::from_value(source.clone()).ok()?;
    let mut variables = properties.get("variables")?.as_object()?.clone();
    for value in variables.values_mut() {
        if let Some(name) = value.get(deferred::SECRET) {
            *value = Value::String(format!("\0secret {name}\0"));
        }
    }
    render(&template, &variables).ok()?.sha256()
}
