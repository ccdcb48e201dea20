//! `chefrs lock`.

use clap::Args;

use crate::cookbook::update_wish::UpdatedCookbooks;
use crate::model::exit::Exit;

use super::early_end::EarlyEnd;
use super::sharing::{self, SharingOptions};
use super::terminal::Terminal;

/// Writes chefrs.lock, or checks that it fits chefrs.toml.
///
/// `chefrs lock --check` is for CI: it writes nothing, and fails if chefrs.lock would change or if what it names can't be
/// fetched as it was.
#[derive(Debug, Args)]
pub(super) struct LockArguments {
    /// Write nothing, and fail if the file would change.
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    options: SharingOptions,
}

pub(super) fn lock(arguments: &LockArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let mut options = arguments.options.clone();
    options.locked |= arguments.check;
    let shared = options.open()?;
    let new = options.resolve(&shared, &options.wish(UpdatedCookbooks::None, None))?;
    sharing::write(&shared, &new, terminal)?;
    Ok(Exit::Success)
}
