//! `chefrs remove`.

use clap::Args;
use clap_complete::engine::ArgValueCompleter;

use crate::cookbook::sharing::{SharedCookbooks, settings_text};
use crate::cookbook::update_wish::UpdatedCookbooks;
use crate::model::english::{one_line, suggestion};
use crate::model::error::Diagnostic;
use crate::model::exit::Exit;

use super::add::{TABLE, document};
use super::early_end::EarlyEnd;
use super::requests::GRANTS;
use super::sharing::{self, SharingOptions};
use super::{complete, environment, terminal::Terminal};

/// Takes a cookbook out of chefrs.toml and chefrs.lock.
#[derive(Debug, Args)]
pub(super) struct RemoveArguments {
    /// What the project calls it.
    #[arg(value_name = "ALIAS", add = ArgValueCompleter::new(complete::declared_cookbooks))]
    alias: String,
    #[command(flatten)]
    options: SharingOptions,
}

pub(super) fn remove(arguments: &RemoveArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let (alias, options) = (&arguments.alias, &arguments.options);
    let (root, owners) = (options.directory()?, environment::owners()?);
    // What is wrong with the file is said with its line.
    SharedCookbooks::open(&root, &owners, None)?;
    let mut document = document(&settings_text(&root, &owners)?.unwrap_or_default())?;
    let table = document.get_mut(TABLE).and_then(|table| table.as_table_like_mut());
    let known: Vec<String> =
        table.iter().flat_map(|table| table.iter().map(|(alias, _)| alias.to_owned())).collect();
    if table.and_then(|table| table.remove(alias)).is_none() {
        let wrong = Diagnostic::error(format!("chefrs.toml has no cookbook `{}`", one_line(alias)));
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        return Err(EarlyEnd::usage(match known.as_slice() {
            [] => wrong.hint("it takes no cookbooks from elsewhere"),
            some => wrong.hint(suggestion(alias, some, "it has")),
        }));
    }
    if let Some(grants) = document.get_mut(GRANTS).and_then(|table| table.as_table_like_mut()) {
        grants.remove(alias);
    }
    let text = document.to_string();
    let shared = SharedCookbooks::open(&root, &owners, Some(&text))?;
    let new = options.resolve(&shared, &options.wish(UpdatedCookbooks::None, None))?;
    // The lock comes last: with an entry too many, everything still works.
    shared.write_settings(&text).map_err(sharing::failed)?;
    sharing::write(&shared, &new, terminal)?;
    terminal.print(&format!("removed `{alias}` from chefrs.toml\n"))?;
    Ok(Exit::Success)
}
