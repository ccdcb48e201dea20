//! `--failed-from RUN`: an earlier run's targets that it left behind.

use clap::Args;

use crate::cookbook::Project;
use crate::fleet::FleetHost;
use crate::history::{RecordedRun, State};
use crate::model::english::{count, one_line};
use crate::model::error::Diagnostic;

use super::destination::TargetArguments;
use super::find_run::recorded;
use super::stop::EarlyEnd;

#[derive(Debug, Args)]
pub(super) struct Again {
    /// Work on the targets where an earlier run did not succeed: failed, unreachable, lost, locked, interrupted or not
    /// started. Its run list is used too, unless you give `-r`. Other options are not remembered: give `--set` and `-j`
    /// again. RUN is an id from `chefrs log`, the first letters of one, or `last`.
    #[arg(long, value_name = "RUN", conflicts_with = "target")]
    failed_from: Option<String>,
}

/// What an earlier run left behind.
#[derive(Debug)]
pub(super) enum Left {
    /// These targets, and what was to be run on them.
    Some(Vec<FleetHost>, Vec<String>),
    /// Nothing, and a sentence that says so.
    Nothing(String),
}

impl Again {
    /// Whether an earlier run is gone on with.
    pub(super) fn is_wanted(&self) -> bool {
        self.failed_from.is_some()
    }

    /// What the earlier run left behind, if one is named.
    ///
    /// # Errors
    /// The run is not known, not at its end, or of another project; one of its targets is not there any more.
    pub(super) fn left(&self, place: &TargetArguments, project: &Project) -> Result<Option<Left>, EarlyEnd> {
        let Some(word) = &self.failed_from else { return Ok(None) };
        let (history, run) = recorded(word)?;
        if let Some(wrong) = unfit(&run, project) {
            return Err(EarlyEnd::usage(wrong));
        }
        let targets = history.failed_targets(&run);
        if targets.is_empty() {
            let all = match run.targets.as_slice() {
                [one] => one_line(&one.target),
                several => format!("all {}", count(several.len(), "target")),
            };
            return Ok(Some(Left::Nothing(format!(
                "the run {} left nothing to do: {all} converged",
                run.run
            ))));
        }
        let hosts = place.choose_again(&targets, project)?;
        Ok(Some(Left::Some(hosts, run.run_list)))
    }
}

/// Why it makes no sense to go on with a run.
fn unfit(run: &RecordedRun, project: &Project) -> Option<Diagnostic> {
    if run.state == State::UnderWay {
        let wrong = Diagnostic::error(format!("the run {} is still under way", run.run));
        return Some(wrong.hint("wait for its end, or stop it with Ctrl-C where it was started"));
    }
    // Nodes and recipes of the same names are others elsewhere.
    let here = project.root().canonicalize_utf8().unwrap_or_else(|_| project.root().to_owned());
    (run.project != here).then(|| {
        let place = one_line(&run.project);
        Diagnostic::error(format!("the run {} was of the project `{place}`, and this is `{here}`", run.run))
            .hint(format!("`--project {place}` goes on with it"))
    })
}
