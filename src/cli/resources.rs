//! `chefrs resources`.

use clap::Args;
use serde_json::{Value, json};

use crate::model::english::nearest;
use crate::model::error::Diagnostic;
use crate::model::exit::Exit;
use crate::provider::ResourceType;
use crate::provider::common::common_properties;
use crate::reference::{card, type_page};
use crate::resources::{TYPES, find};

use super::format::Format;
use super::page::page;
use super::prose::columns;
use super::stop::EarlyEnd;
use super::terminal::{Terminal, prose_columns};

/// Lists the resource types, or explains one: properties, actions and an example.
#[derive(Debug, Args)]
pub(super) struct ResourcesArguments {
    /// The resource type to explain.
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Text for people, or JSON for editors and generators.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub(super) fn resources(arguments: &ResourcesArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let found = match &arguments.name {
        None => None,
        Some(name) => Some(find(name).ok_or_else(|| EarlyEnd::usage(unknown(name)))?),
    };
    let text = match (found, arguments.format) {
        (None, Format::Text) => table(prose_columns()),
        (Some(found), Format::Text) => page(&type_page(&card(found)).markdown, prose_columns()),
        (None, Format::Json) => {
            let types: Vec<Value> = TYPES.iter().map(dump).collect();
            format!("{:#}\n", json!({ "common": common_properties(), "types": types }))
        }
        (Some(found), Format::Json) => format!("{:#}\n", dump(found)),
    };
    terminal.print(&text)?;
    Ok(Exit::Success)
}

fn table(width: usize) -> String {
    let rows: Vec<(String, String)> = TYPES
        .iter()
        .map(|r#type| {
            let doc = (r#type.schema)().doc;
            (r#type.name.to_owned(), doc.split("\n\n").next().unwrap_or_default().to_owned())
        })
        .collect();
    columns(&rows, width, "")
}

fn dump(r#type: &ResourceType) -> Value {
    let schema = (r#type.schema)();
    let actions: Vec<Value> =
        r#type.actions.iter().map(|action| json!({ "name": action.name, "doc": action.doc })).collect();
    json!({
        "name": r#type.name,
        "doc": schema.doc,
        "name_property": r#type.name_property,
        "properties": schema.properties,
        "actions": actions,
        "example": r#type.example,
    })
}

fn unknown(name: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error(format!("there is no resource type `{name}`"));
    match nearest(name, TYPES.iter().map(|r#type| r#type.name)) {
        Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
        None => diagnostic.hint("`chefrs resources` lists all of them"),
    }
}
