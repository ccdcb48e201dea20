//! `chefrs resources`.

use camino::Utf8PathBuf;
use clap::Args;
use clap_complete::engine::ArgValueCompleter;
use serde_json::{Value, json};

use crate::model::english::{nearest, printable};
use crate::model::error::Diagnostic;
use crate::model::exit::Exit;
use crate::model::type_card::TypeCard;
use crate::provider::common::common_properties;
use crate::reference::type_page;
use crate::report::json::visible;

use super::complete;
use super::early_end::EarlyEnd;
use super::format::Format;
use super::offer::{offer, roster};
use super::page::{columns, page};
use super::project::open;
use super::terminal::{Terminal, prose_columns};

/// Lists the resource types, or explains one: properties, actions and an example.
///
/// Custom resources are among them: those of the project, of its cookbooks, and of the cookbooks inside the program.
#[derive(Debug, Args)]
pub(super) struct ResourcesArguments {
    /// The resource type to explain: `file`, `nginx.site`.
    #[arg(value_name = "NAME", add = ArgValueCompleter::new(complete::types))]
    name: Option<String>,
    /// Directory of the project. Default: this directory, or the project that it is a part of.
    #[arg(long, value_name = "DIR")]
    project: Option<Utf8PathBuf>,
    /// Text for people, or JSON for editors and generators.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub(super) fn resources(arguments: &ResourcesArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let mut cards: Vec<TypeCard> = roster().collect();
    let is_named = |card: &TypeCard| {
        arguments.name.as_ref().is_some_and(|name| card.word == *name || card.name == *name)
    };
    if !cards.iter().any(is_named) {
        let offer = offer(&open(arguments.project.as_deref())?)?;
        // Cookbooks with errors are left out, and the errors are reported.
        terminal.tell(&offer.findings)?;
        cards.extend(offer.types);
    }
    let found = cards.iter().find(|card| is_named(card));
    if let (Some(name), None) = (&arguments.name, found) {
        return Err(EarlyEnd::usage(unknown(name, &cards)));
    }
    let text = match (found, arguments.format) {
        (None, Format::Text) => table(&cards, prose_columns()),
        // Texts of cookbooks may contain control characters.
        (Some(found), Format::Text) => page(&printable(&type_page(found).markdown), prose_columns()),
        (None, Format::Json) => {
            let types: Vec<Value> = cards.iter().map(dump).collect();
            format!(
                "{}\n",
                visible(&format!("{:#}", json!({ "common": common_properties(), "types": types })))
            )
        }
        (Some(found), Format::Json) => format!("{}\n", visible(&format!("{:#}", dump(found)))),
    };
    terminal.print(&text)?;
    Ok(Exit::Success)
}

fn table(cards: &[TypeCard], width: usize) -> String {
    let row = |card: &TypeCard| {
        (card.word.clone(), printable(card.schema.doc.split("\n\n").next().unwrap_or_default()))
    };
    columns(&cards.iter().map(row).collect::<Vec<_>>(), width, "")
}

fn dump(card: &TypeCard) -> Value {
    let action = |(name, doc): &(String, String)| json!({ "name": name, "doc": doc });
    json!({
        "name": card.name,
        "word": card.word,
        "cookbook": card.cookbook,
        "doc": card.schema.doc,
        "name_property": card.name_property,
        "properties": card.schema.properties,
        "actions": card.actions.iter().map(action).collect::<Vec<_>>(),
        "plan": card.plan,
        "platforms": card.platforms,
        "example": card.example,
    })
}

fn unknown(name: &str, cards: &[TypeCard]) -> Diagnostic {
    let diagnostic = Diagnostic::error(format!("there is no resource type `{name}`"));
    match nearest(name, cards.iter().map(|card| card.word.as_str())) {
        Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
        None => diagnostic.hint("`chefrs resources` lists all of them"),
    }
}
