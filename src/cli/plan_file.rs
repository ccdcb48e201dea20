//! `--out FILE`: the place of a plan that will be saved.

use std::fmt;

use camino::Utf8PathBuf;
use clap::{Args, ValueHint};

use crate::locked_run;
use crate::model::english::one_line;
use crate::model::error::{Diagnostic, Failure};
use crate::model::exit::Exit;
use crate::model::redact::Redactor;
use crate::model::secrets::Secrets;
use crate::target::local::own_file::OwnFile;

use super::early_end::EarlyEnd;
use super::saved_plan::{SavedPlan, SavedTarget};

#[derive(Debug, Args)]
pub(super) struct PlanFileArguments {
    /// Also save the plan to a file. `chefrs run FILE` applies exactly that plan. If the machine or the recipes have
    /// changed by then, it changes nothing. Only a complete plan is saved: every target was reached, and nothing would
    /// fail. The file has no secrets. Only you can read a new one.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with_all = ["no_commands", "failed_from"])]
    out: Option<Utf8PathBuf>,
    /// Seconds for which the saved plan can be applied. Default: 86400, which is a day.
    #[arg(long, value_name = "SECONDS", requires = "out", value_parser = clap::value_parser!(u64).range(1..))]
    valid_for: Option<u64>,
}

/// Seconds for which a plan can be applied, if nothing else is said.
const VALID_FOR: u64 = 24 * 60 * 60;

/// A file that a plan will be saved to.
pub(super) struct PlanFile {
    path: Utf8PathBuf,
    file: OwnFile,
    valid_for: u64,
    /// The words of the command line that decide what is done.
    words: Vec<String>,
}

impl fmt::Debug for PlanFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PlanFile").field(&self.path).finish()
    }
}

impl PlanFileArguments {
    /// Finds the place of the file, if one is wanted.
    ///
    /// # Errors
    /// It can't be written there.
    pub(super) fn open(&self, words: impl FnOnce() -> Vec<String>) -> Result<Option<PlanFile>, EarlyEnd> {
        let Some(path) = &self.out else { return Ok(None) };
        let opened = OwnFile::at(path).and_then(|file| file.gathered().map(|_| file));
        let file = opened.map_err(|failure| {
            let mut wrong = Diagnostic::from(failure);
            wrong.message =
                format!("the plan can't be saved to `{}`: {}", one_line(path.as_str()), wrong.message);
            wrong.hints = vec!["name a file in a directory that you can write to".to_owned()];
            EarlyEnd::usage(wrong)
        })?;
        let (valid_for, words) = (self.valid_for.unwrap_or(VALID_FOR), words());
        Ok(Some(PlanFile { path: path.clone(), file, valid_for, words }))
    }
}

impl PlanFile {
    /// The name of the file, for messages.
    pub(super) fn name(&self) -> String {
        one_line(self.path.as_str())
    }

    /// Refuses words with the value of a secret, which would be written into the file.
    ///
    /// # Errors
    /// There is such a word.
    pub(super) fn refuse_secrets(&self, secrets: &Secrets) -> Result<(), Failure> {
        let redactor = Redactor::new(secrets);
        let hides = |word: &&String| {
            let mut masked = (*word).clone();
            redactor.list(&mut [&mut masked]);
            masked != **word
        };
        if redactor.is_idle() {
            return Ok(());
        }
        let Some(word) = self.words.iter().find(hides) else { return Ok(()) };
        let option = word.split('=').next().unwrap_or_default();
        let wrong = format!("`{option}` has the value of a secret, so the plan can't be saved");
        Err(Failure::new(wrong).hint("a recipe gets it with `secret \"NAME\"`"))
    }

    /// Saves a plan of a project that was made now.
    ///
    /// # Errors
    /// The disk is full, or the place is not as it was.
    pub(super) fn save(&self, project: Utf8PathBuf, targets: Vec<SavedTarget>) -> Result<(), EarlyEnd> {
        let plan = SavedPlan::new(&locked_run::now(), self.valid_for, (project, self.words.clone()), targets);
        plan.write(&self.file).map_err(|failure| {
            let wrong = format!("the plan can't be saved to `{}`: {}", self.name(), failure.message);
            EarlyEnd::Findings(Exit::Failed, vec![Diagnostic::error(wrong)])
        })
    }
}
