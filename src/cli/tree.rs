//! `chefrs tree`.

use clap::Args;
use clap_complete::engine::ArgValueCompleter;

use crate::model::exit::Exit;

use super::complete;
use super::early_end::EarlyEnd;
use super::sharing::{self, SharingProject};
use super::terminal::Terminal;

/// Shows the cookbooks from elsewhere, and which of them need which.
#[derive(Debug, Args)]
pub(super) struct TreeArguments {
    /// Show only the ways that lead to this cookbook.
    #[arg(long, value_name = "COOKBOOK", add = ArgValueCompleter::new(complete::locked_cookbooks))]
    why: Option<String>,
    #[command(flatten)]
    project: SharingProject,
}

pub(super) fn tree(arguments: &TreeArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let shared = arguments.project.open()?;
    let lines = match &arguments.why {
        Some(name) => shared.ways_to(name)?,
        None => shared.tree()?,
    };
    sharing::print_lines(&lines, terminal)?;
    Ok(Exit::Success)
}
