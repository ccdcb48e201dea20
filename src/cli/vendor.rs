//! `chefrs vendor`.

use clap::Args;

use crate::cookbook::update_wish::UpdatedCookbooks;
use crate::model::english::count;
use crate::model::exit::Exit;

use super::early_end::EarlyEnd;
use super::sharing::{self, SharingOptions};
use super::terminal::Terminal;

/// Copies the cookbooks that are fetched into the project, to `vendor/`.
///
/// A copy is used instead of the cache, so the project needs neither a network nor a cache. It must be as chefrs.lock says:
/// after an update, call it again.
#[derive(Debug, Args)]
pub(super) struct VendorArguments {
    #[command(flatten)]
    options: SharingOptions,
}

pub(super) fn vendor(arguments: &VendorArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let options = &arguments.options;
    let shared = options.open()?;
    let new = options.resolve(&shared, &options.wish(UpdatedCookbooks::None, None))?;
    sharing::write(&shared, &new, terminal)?;
    let done = shared.vendor(&new).map_err(sharing::failed)?;
    let kept = (done.kept > 0).then(|| format!("{} up to date in vendor/", count(done.kept, "cookbook")));
    let written = done.written.iter().map(|place| format!("wrote {place}"));
    let unknown = done.unknown.iter().map(|place| format!("nothing uses {place}: it can be removed"));
    sharing::print_lines(&written.chain(kept).chain(unknown).collect::<Vec<_>>(), terminal)?;
    Ok(Exit::Success)
}
