//! `chefrs outdated`.

use clap::Args;

use crate::model::exit::Exit;

use super::early_end::EarlyEnd;
use super::sharing::{self, SharingProject};
use super::terminal::Terminal;

/// Lists the cookbooks from elsewhere that have newer versions.
///
/// It changes nothing: `chefrs update` takes what chefrs.toml allows.
#[derive(Debug, Args)]
pub(super) struct OutdatedArguments {
    /// Use only what was fetched before.
    #[arg(long)]
    offline: bool,
    #[command(flatten)]
    project: SharingProject,
}

pub(super) fn outdated(arguments: &OutdatedArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let shared = arguments.project.open()?;
    let found = shared.outdated(arguments.offline).map_err(sharing::failed)?;
    let mut lines = Vec::new();
    for outdated in &found {
        let allowed = if outdated.allowed == outdated.locked {
            "chefrs.toml allows no newer one".to_owned()
        } else {
            format!("an update takes {}", outdated.allowed)
        };
        lines.push(format!(
            "{} {}: the newest is {}; {allowed}",
            outdated.name, outdated.locked, outdated.newest
        ));
    }
    if found.is_empty() {
        lines.push("all cookbooks are at their newest versions".to_owned());
    }
    sharing::print_lines(&lines, terminal)?;
    Ok(Exit::Success)
}
