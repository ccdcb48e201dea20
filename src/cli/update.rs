//! `chefrs update`.

use clap::Args;
use clap_complete::engine::ArgValueCompleter;

use crate::cookbook::commit_choice::UpdatedCookbooks;
use crate::model::english::one_line;
use crate::model::error::Diagnostic;
use crate::model::exit::Exit;

use super::complete;
use super::early_end::EarlyEnd;
use super::sharing::{self, SharingOptions};
use super::terminal::Terminal;

/// Takes newer versions of cookbooks from git repositories.
///
/// The newest that chefrs.toml allows are fetched. It writes chefrs.lock and prints what is different. A tag that was moved since is an error.
#[derive(Debug, Args)]
pub(super) struct UpdateArguments {
    /// The cookbooks to update, by name. Default: all.
    #[arg(value_name = "COOKBOOK", add = ArgValueCompleter::new(complete::locked_cookbooks))]
    names: Vec<String>,
    /// Take exactly this version of the one cookbook that is named, be it older, or a tag that was moved.
    #[arg(long, value_name = "VERSION")]
    precise: Option<String>,
    #[command(flatten)]
    options: SharingOptions,
}

pub(super) fn update(arguments: &UpdateArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let names = &arguments.names;
    if let Some(version) = arguments.precise.as_deref().filter(|_| names.len() != 1) {
        let wrong = Diagnostic::error("`--precise` is for one cookbook, which must be named");
        let hint = format!("`chefrs update COOKBOOK --precise {}`", one_line(version));
        return Err(EarlyEnd::usage(wrong.hint(hint)));
    }
    let options = &arguments.options;
    let shared = options.open()?;
    let update = match names.as_slice() {
        [] => UpdatedCookbooks::All,
        some => UpdatedCookbooks::Named(some.to_vec()),
    };
    let new = options.resolve(&shared, &options.wish(update, arguments.precise.clone()))?;
    sharing::write(&shared, &new, terminal)?;
    Ok(Exit::Success)
}
