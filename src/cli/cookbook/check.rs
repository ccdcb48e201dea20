//! `chefrs cookbook check`.

use std::fmt::Write as _;

use camino::Utf8PathBuf;
use clap::Args;

use super::chosen_cookbook::{FoundCookbook, OwnCookbook};
use super::compared::{ComparedCookbook, compared};
use super::rights;
use crate::cli::early_end::EarlyEnd;
use crate::cli::terminal::Terminal;
use crate::cookbook::interface::{InterfaceImpact, is_enough, next_version};
use crate::cookbook::previous_version::tagged_versions;
use crate::model::english::printable;
use crate::model::error::Diagnostic;
use crate::model::exit::Exit;

/// Compares a cookbook with its version before, and says whether its version number is high enough.
///
/// Recipes, custom resources with their properties and actions, and attributes are compared. What breaks something for others
/// needs a new first number, what is new a new second one. Before 1.0.0, the second and third numbers stand for these.
///
/// The version before is that of the newest older tag in the git repository of the cookbook. Exit code 1 if the version number is
/// too low, or if a tag of this version has other files.
///
/// The tests of the cookbook are run, too: what its rows change, start and fetch there must be listed below `[capabilities]` in its
/// cookbook.toml, or the exit code is 1. What is listed and far wider than the tests need is a warning.
#[derive(Debug, Args)]
pub(super) struct CheckCookbookArguments {
    #[command(flatten)]
    cookbook: OwnCookbook,
    /// Directory with the version to compare with, instead of a tag.
    #[arg(long, value_name = "DIR")]
    against: Option<Utf8PathBuf>,
    /// Write the rights that its tests need into its cookbook.toml, and compare nothing.
    #[arg(long, conflicts_with = "against")]
    infer: bool,
}

pub(super) fn check(arguments: &CheckCookbookArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let found = arguments.cookbook.find()?;
    if arguments.infer {
        return rights::infer(&found, terminal);
    }
    rights::check_rights(&found, terminal)?;
    let version = found.version();
    let (earlier, origin) = match &arguments.against {
        Some(directory) => (Some(compared(&found, directory)?), format!("`{directory}`")),
        None => tagged(&found)?,
    };
    let Some(earlier) = earlier else {
        terminal
            .print(&format!("{} {version}: there is no earlier version to compare with\n", found.name))?;
        return Ok(Exit::Success);
    };
    terminal.print(&text(&found, &earlier, &origin))?;
    match too_low(&found, &earlier) {
        Some(wrong) => Err(EarlyEnd::Findings(Exit::Failed, vec![wrong])),
        None => Ok(Exit::Success),
    }
}

/// The comparison with the version of the newest older tag.
pub(super) fn tagged(found: &FoundCookbook) -> Result<(Option<ComparedCookbook>, String), EarlyEnd> {
    let version = found.version();
    let Some(tags) = tagged_versions(&found.directory, &found.name, &version).map_err(EarlyEnd::usage)?
    else {
        return Ok((None, String::new()));
    };
    if let Some((tag, sum)) = &tags.own
        && *sum != found.files()?.sum
    {
        let wrong = Diagnostic::error(format!("the tag `{tag}` has other files than version {version} here"));
        let hint = "give it a new `version` in cookbook.toml: one that is published never changes";
        return Err(EarlyEnd::Findings(Exit::Failed, vec![wrong.hint(hint)]));
    }
    match tags.previous {
        None => Ok((None, String::new())),
        Some(previous) => {
            Ok((Some(compared(found, &previous.directory)?), format!("the tag `{}`", previous.tag)))
        }
    }
}

fn text(found: &FoundCookbook, earlier: &ComparedCookbook, origin: &str) -> String {
    let mut text =
        format!("{} {}, compared with {} of {origin}\n", found.name, found.version(), earlier.version);
    for change in &earlier.changes {
        let impact = match change.impact {
            InterfaceImpact::Breaking => "breaking",
            InterfaceImpact::Compatible => "compatible",
        };
        // Writing to a string does not fail.
        let _ = writeln!(text, "  {impact}: {}", printable(&change.text));
    }
    if earlier.changes.is_empty() {
        text.push_str("  nothing that others use is different\n");
    }
    text
}

/// The error for a version number that does not say what is different.
pub(super) fn too_low(found: &FoundCookbook, earlier: &ComparedCookbook) -> Option<Diagnostic> {
    let version = found.version();
    let lowest = next_version(&earlier.version, &earlier.changes)?;
    if is_enough(&version, &lowest) {
        return None;
    }
    let wrong = Diagnostic::error(format!(
        "version {version} of `{}` must be {lowest} or higher, as it follows {}",
        found.name, earlier.version
    ));
    Some(wrong.hint(format!("write `version = \"{lowest}\"` into its cookbook.toml")))
}
