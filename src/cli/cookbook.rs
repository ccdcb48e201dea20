//! `chefrs cookbook`.

use clap::{Args, Subcommand};

use crate::model::exit::Exit;

use super::early_end::EarlyEnd;
use super::terminal::Terminal;

mod check;
pub(super) mod chosen_cookbook;
pub(super) mod compared;
mod pack;
mod publish;
pub(super) mod rights;
mod show;
mod yank;

/// Reads cookbooks, checks those that others use, and publishes them.
#[derive(Debug, Args)]
pub(super) struct CookbookArguments {
    #[command(subcommand)]
    verb: CookbookVerb,
}

#[derive(Debug, Subcommand)]
enum CookbookVerb {
    Check(check::CheckCookbookArguments),
    Pack(pack::PackArguments),
    Publish(publish::PublishArguments),
    Show(show::ShowCookbookArguments),
    Yank(yank::YankArguments),
}

pub(super) fn cookbook(arguments: &CookbookArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    match &arguments.verb {
        CookbookVerb::Check(arguments) => check::check(arguments, terminal),
        CookbookVerb::Pack(arguments) => pack::pack(arguments, terminal),
        CookbookVerb::Publish(arguments) => publish::publish(arguments, terminal),
        CookbookVerb::Show(arguments) => show::show(arguments, terminal),
        CookbookVerb::Yank(arguments) => yank::yank(arguments, terminal),
    }
}
