//! `chefrs search`.

use clap::Args;

use crate::model::english::one_line;
use crate::model::exit::Exit;

use super::early_end::EarlyEnd;
use super::sharing::{self, SharingProject};
use super::terminal::Terminal;

/// Searches the registries of chefrs.toml for cookbooks.
///
/// The names and descriptions are searched. An index over HTTP has no list of its cookbooks: there, only a whole name is
/// found, such as `acme/nginx`.
#[derive(Debug, Args)]
pub(super) struct SearchArguments {
    /// The text to search for.
    #[arg(value_name = "TEXT")]
    text: String,
    /// Use only what was fetched before.
    #[arg(long)]
    offline: bool,
    #[command(flatten)]
    project: SharingProject,
}

pub(super) fn search(arguments: &SearchArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let shared = arguments.project.open()?;
    let found = shared.search(&arguments.text, arguments.offline).map_err(sharing::failed)?;
    terminal.tell(&found.warnings)?;
    let mut lines = found.lines;
    if lines.is_empty() {
        lines.push(format!("no cookbook has `{}` in its name or description", one_line(&arguments.text)));
    }
    sharing::print_lines(&lines, terminal)?;
    Ok(Exit::Success)
}
