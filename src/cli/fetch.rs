//! `chefrs fetch`.

use clap::Args;

use crate::cookbook::update_wish::UpdatedCookbooks;
use crate::model::exit::Exit;

use super::early_end::EarlyEnd;
use super::sharing::{self, SharingOptions};
use super::terminal::Terminal;

/// Fetches the cookbooks that chefrs.toml takes from elsewhere.
///
/// What chefrs.lock says is put into the cache of the user, `~/.cache/chefrs`. If there is no chefrs.lock, or it lacks a
/// cookbook, it is written. Runs and plans fetch nothing.
#[derive(Debug, Args)]
pub(super) struct FetchArguments {
    #[command(flatten)]
    options: SharingOptions,
}

pub(super) fn fetch(arguments: &FetchArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let options = &arguments.options;
    let shared = options.open()?;
    let new = options.resolve(&shared, &options.wish(UpdatedCookbooks::None, None))?;
    sharing::write(&shared, &new, terminal)?;
    Ok(Exit::Success)
}
