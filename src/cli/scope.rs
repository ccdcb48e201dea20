//! Options for a part of a run.

use clap::Args;

use crate::model::error::Diagnostic;
use crate::model::exit::Exit;
use crate::scope::{RunScope, ScopeWord, words};

use super::early_end::EarlyEnd;

#[derive(Debug, Args)]
pub(super) struct ScopeArguments {
    /// Run only these: a tag, a recipe, or a resource as `type[name]`. A recipe stands for the resources that it
    /// declares itself. For several: repeat it, or separate them with commas. What is left out is not looked at, and
    /// nothing notifies it. A resource with the action `nothing` stays if something that stays may notify it.
    #[arg(long, value_name = "WHAT")]
    only: Vec<String>,
    /// Leave these out. Takes the same as `--only`, and overrides it.
    #[arg(long, value_name = "WHAT")]
    skip: Vec<String>,
    /// Leave out everything before this resource: `--start-at 'service[nginx]'`.
    #[arg(long, value_name = "RESOURCE")]
    start_at: Option<String>,
}

impl ScopeArguments {
    /// The part of the run that these options name.
    ///
    /// # Errors
    /// All words that can't name anything.
    pub(super) fn scope(&self) -> Result<RunScope, EarlyEnd> {
        let mut wrong: Vec<Diagnostic> = Vec::new();
        let mut read = |option: &str, word: Result<ScopeWord, Diagnostic>| match word {
            Ok(word) => Some(word),
            Err(finding) => {
                let message = format!("{option}: {}", finding.message);
                wrong.push(Diagnostic { message, ..finding });
                None
            }
        };
        let split = |texts: &'_ [String]| -> Vec<String> {
            texts.iter().flat_map(|text| words(text)).map(str::to_owned).collect()
        };
        let only =
            split(&self.only).iter().filter_map(|text| read("--only", ScopeWord::read(text))).collect();
        let skip =
            split(&self.skip).iter().filter_map(|text| read("--skip", ScopeWord::read(text))).collect();
        let start_at = self.start_at.as_ref();
        let start_at = start_at.and_then(|text| read("--start-at", ScopeWord::read_resource(text)));
        if wrong.is_empty() {
            return Ok(RunScope { only, skip, start_at });
        }
        Err(EarlyEnd::Findings(Exit::Usage, wrong))
    }
}
