//! `chefrs cookbook`.

use clap::{Args, Subcommand};

use crate::model::exit::Exit;

use super::early_end::EarlyEnd;
use super::terminal::Terminal;

mod check;
mod compared;
pub(super) mod own;
mod show;

/// Reads cookbooks, and checks those that others use.
#[derive(Debug, Args)]
pub(super) struct CookbookArguments {
    #[command(subcommand)]
    verb: CookbookVerb,
}

#[derive(Debug, Subcommand)]
enum CookbookVerb {
    Check(check::CheckCookbookArguments),
    Show(show::ShowCookbookArguments),
}

pub(super) fn cookbook(arguments: &CookbookArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    match &arguments.verb {
        CookbookVerb::Check(arguments) => check::check(arguments, terminal),
        CookbookVerb::Show(arguments) => show::show(arguments, terminal),
    }
}
