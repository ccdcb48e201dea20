//! The reference page of one resource type.

use anstyle::Style;

use crate::cli::prose::{columns, wrap};
use crate::model::schema::Property;
use crate::provider::ResourceType;
use crate::provider::common::common_properties;

const HEADING: Style = Style::new().bold();

/// What the type is for, its properties, actions and example.
pub(super) fn page(r#type: &ResourceType, width: usize) -> String {
    let schema = (r#type.schema)();
    let mut text = heading(r#type.name);
    text.push_str(&wrap(&schema.doc, width, ""));
    text.push('\n');
    text.push_str(&heading("Actions"));
    text.push_str(&actions(r#type, width));
    text.push('\n');
    text.push_str(&heading("Properties"));
    text.push_str(&properties(&schema.properties, r#type.name_property, width));
    text.push('\n');
    text.push_str(&heading("Properties of every type"));
    text.push_str(&properties(&common_properties(), None, width));
    text.push('\n');
    text.push_str(&heading("Example"));
    for line in r#type.example.trim_matches('\n').lines() {
        text.push_str(format!("  {line}").trim_end());
        text.push('\n');
    }
    text
}

fn heading(words: &str) -> String {
    format!("{HEADING}{words}{HEADING:#}\n")
}

fn actions(r#type: &ResourceType, width: usize) -> String {
    let mut rows: Vec<(String, String)> = Vec::new();
    for (index, action) in r#type.actions.iter().enumerate() {
        let default = if index == 0 { " (Default.)" } else { "" };
        rows.push((action.name.to_owned(), format!("{}{default}", action.doc)));
    }
    rows.push(("nothing".into(), "Does nothing until another resource notifies it.".into()));
    columns(&rows, width, "  ")
}

fn properties(properties: &[Property], name_property: Option<&str>, width: usize) -> String {
    let mut text = String::new();
    for property in properties {
        let mut takes = vec![property.kind.describe()];
        if name_property == Some(property.name.as_str()) {
            takes.push("the resource's name unless said".into());
        } else if property.required {
            takes.push("required".into());
        }
        if let Some(default) = &property.default {
            takes.push(format!("{default} unless said"));
        }
        text.push_str(&format_head(&property.name, &takes.join("; ")));
        text.push_str(&wrap(&property.doc, width, "      "));
    }
    text
}

fn format_head(name: &str, takes: &str) -> String {
    format!("  {HEADING}{name}{HEADING:#}: {takes}\n")
}
