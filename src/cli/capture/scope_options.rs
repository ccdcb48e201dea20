//! Options for the kinds of things that a capture takes.

use camino::Utf8Path;
use clap::Args;
use clap::builder::PossibleValuesParser;

use super::captured_host::read_rules;
use crate::capture::CaptureChoice;
use crate::capture::scopes::{ChosenScopes, SCOPES};
use crate::cli::early_end::EarlyEnd;

/// Options for the kinds of things.
#[derive(Debug, Args)]
pub(super) struct CaptureScopes {
    /// Take these kinds of things alone: see `--without`.
    #[arg(long, value_name = "SCOPE", value_delimiter = ',', value_parser = scope_names(), hide_possible_values = true)]
    scope: Vec<String>,
    /// Leave out these kinds of things.
    #[arg(long, value_name = "SCOPE", value_delimiter = ',', value_parser = scope_names())]
    without: Vec<String>,
}

impl CaptureScopes {
    /// What to take, with the rules of a file.
    pub(super) fn choice(&self, rules: Option<&Utf8Path>) -> Result<CaptureChoice, EarlyEnd> {
        let scopes = ChosenScopes { only: self.scope.clone(), without: self.without.clone() };
        Ok(CaptureChoice { rules: read_rules(rules)?, scopes, base: None })
    }
}

/// A parser for the names of scopes.
fn scope_names() -> PossibleValuesParser {
    let mut names: Vec<&str> = SCOPES.iter().map(|scope| scope.name).collect();
    names.dedup();
    PossibleValuesParser::new(names)
}
