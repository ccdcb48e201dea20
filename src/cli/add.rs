//! `chefrs add`.

use std::collections::BTreeMap;

use clap::Args;
use toml_edit::{DocumentMut, Item, Table};

use crate::cookbook::requests::CookbookRequest;
use crate::cookbook::sharing::{SharedCookbooks, settings_text};
use crate::cookbook::update_wish::UpdatedCookbooks;
use crate::model::english::one_line;
use crate::model::error::Diagnostic;
use crate::model::exit::Exit;

use super::added_entry::{AddedEntry, AddedWords};
use super::early_end::EarlyEnd;
use super::requests::{GrantOptions, add_grants, chosen, missing_line, request_lines};
use super::sharing::{self, SharingOptions};
use super::{environment, terminal::Terminal};

/// Name of the table in chefrs.toml.
pub(super) const TABLE: &str = "cookbooks";

/// Adds a cookbook from elsewhere to chefrs.toml, and fetches it.
///
/// `chefrs add acme/nginx` takes it from the registry of the scope `acme`. Without a range, `--tag`, `--branch` or
/// `--revision`, the newest version is taken, and those that are compatible with it are allowed. A cookbook from elsewhere
/// may do only what it is granted. What it asks for is shown; on a terminal, a question decides. Without a terminal and
/// without `--grant` or `--grant-all`, it is granted nothing.
#[derive(Debug, Args)]
pub(super) struct AddArguments {
    #[command(flatten)]
    words: AddedWords,
    #[command(flatten)]
    grants: GrantOptions,
    #[command(flatten)]
    options: SharingOptions,
}

pub(super) fn add(arguments: &AddArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let options = &arguments.options;
    let (root, owners) = (options.directory()?, environment::owners()?);
    // What is wrong with the file is said with its line.
    SharedCookbooks::open(&root, &owners, None)?;
    let present = settings_text(&root, &owners)?.unwrap_or_default();
    let entry = AddedEntry::of(&arguments.words)?;
    let mut text = with_entry(&present, &entry, entry.version.as_deref(), None)?;
    let wish = options.wish(UpdatedCookbooks::None, None);
    let mut shared = SharedCookbooks::open(&root, &owners, Some(&text))?;
    let mut new = options.resolve(&shared, &wish)?;
    let range = new.version(&entry.name).filter(|_| !entry.is_settled()).map(|version| format!("^{version}"));
    let sum = new.sum(&entry.name).filter(|_| entry.is_archive()).map(str::to_owned);
    if range.is_some() || sum.is_some() {
        let range = range.as_deref().or(entry.version.as_deref());
        text = with_entry(&present, &entry, range, sum.as_deref())?;
        shared = SharedCookbooks::open(&root, &owners, Some(&text))?;
        new = options.resolve(&shared, &wish)?;
    }
    let before = SharedCookbooks::open(&root, &owners, None)?.requests(None);
    let (granted, lines) =
        granted(&text, &shared.requests(Some(&new)), &before, (&entry.name, arguments.grants), terminal)?;
    text = granted;
    // An entry of the lock too many does no harm; one too few would.
    sharing::write(&shared, &new, terminal)?;
    shared.write_settings(&text).map_err(sharing::failed)?;
    terminal.print(&format!("added `{}` to chefrs.toml\n", entry.alias))?;
    sharing::print_lines(&lines, terminal)?;
    Ok(Exit::Success)
}

/// Shows what the new cookbooks ask for. Returns the text of chefrs.toml with what is granted, and what is still missing.
fn granted(
    text: &str,
    requests: &BTreeMap<String, CookbookRequest>,
    before: &BTreeMap<String, CookbookRequest>,
    (name, options): (&str, GrantOptions),
    terminal: &Terminal,
) -> Result<(String, Vec<String>), EarlyEnd> {
    let mut document = document(text)?;
    let mut lines = Vec::new();
    for request in requests.values().filter(|request| !before.contains_key(&request.name)) {
        let asked = request.ungranted();
        if request.asked(false).is_empty() {
            let nothing = format!("the cookbook `{}` declares that it needs nothing", request.name);
            sharing::print_lines(&[nothing], terminal)?;
        }
        sharing::print_lines(&request_lines(request, &asked, &request.asked(true)), terminal)?;
        let takes_all = options.grant_all && (request.name == name || request.full_name == name);
        let given = chosen(request, &asked, (options.grant || options.grant_all, takes_all), true);
        add_grants(&mut document, &request.authority.alias, &given)?;
        if given.len() < asked.len() {
            lines.extend(missing_line(request, &format!("chefrs grants {}", request.name)));
        }
    }
    Ok((document.to_string(), lines))
}

/// The text of chefrs.toml as a document that keeps comments and order.
pub(super) fn document(text: &str) -> Result<DocumentMut, EarlyEnd> {
    text.parse().map_err(|_| {
        // Reading the file before says where.
        EarlyEnd::usage(Diagnostic::error("chefrs.toml is not TOML"))
    })
}

/// The text with the new entry.
fn with_entry(
    text: &str,
    entry: &AddedEntry,
    version: Option<&str>,
    sum: Option<&str>,
) -> Result<String, EarlyEnd> {
    let mut document = document(text)?;
    if !document.contains_key(TABLE) {
        let mut table = Table::new();
        // Comments at the end belong to what is above them.
        let above = document.trailing().as_str().unwrap_or_default().to_owned();
        let gap = if text.trim().is_empty() { "" } else { "\n" };
        table.decor_mut().set_prefix(format!("{above}{gap}"));
        document.set_trailing("");
        document.insert(TABLE, Item::Table(table));
    }
    let Some(table) = document.get_mut(TABLE).and_then(Item::as_table_like_mut) else {
        return Err(EarlyEnd::usage(Diagnostic::error("`cookbooks` in chefrs.toml must be a table")));
    };
    let alias = &entry.alias;
    if table.contains_key(alias) {
        let wrong = Diagnostic::error(format!("chefrs.toml has `{}` already", one_line(alias)));
        return Err(EarlyEnd::usage(
            wrong
                .hint(format!("change its entry there, or take it out: `chefrs remove {}`", one_line(alias))),
        ));
    }
    table.insert(alias, Item::Value(entry.value(version, sum)));
    Ok(document.to_string())
}
