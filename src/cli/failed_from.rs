//! `--failed-from RUN`: the targets of an earlier run that did not succeed.

use clap::Args;

use crate::cookbook::Project;
use crate::fleet::FleetHost;
use crate::history::{RecordedRun, State};
use crate::model::english::{count, one_line};
use crate::model::error::Diagnostic;
use crate::model::run_list::ListedRecipe;

use super::early_end::EarlyEnd;
use super::find_run::recorded;
use super::project::root;
use super::target_options::TargetArguments;

#[derive(Debug, Args)]
pub(super) struct FailedFrom {
    /// Work on the targets where an earlier run did not succeed: failed, unreachable, lost, locked, interrupted or not
    /// started. Its run list is used too, unless you give `-r`; if each target had its own, the inventory says what they
    /// are now. Other options are not remembered: give `--set` and `-j` again. RUN is an id from `chefrs log`, the first
    /// letters of one, or `last`.
    #[arg(long, value_name = "RUN", conflicts_with = "target")]
    failed_from: Option<String>,
}

/// What is left of an earlier run.
#[derive(Debug)]
pub(super) enum Unfinished {
    /// These targets with this run list. If it is empty, each has its own.
    Targets(Vec<FleetHost>, Vec<ListedRecipe>),
    /// Nothing, with a sentence that says so.
    Nothing(String),
}

impl FailedFrom {
    /// Whether the option is used.
    pub(super) fn is_given(&self) -> bool {
        self.failed_from.is_some()
    }

    /// The rest of the earlier run, if the option is used.
    ///
    /// # Errors
    /// The run is not known, has not ended, or belongs to another project, or one of its targets no longer exists.
    pub(super) fn unfinished(
        &self,
        place: &TargetArguments,
        project: &Project,
    ) -> Result<Option<Unfinished>, EarlyEnd> {
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
            return Ok(Some(Unfinished::Nothing(format!(
                "the run {} left nothing to do: {all} converged",
                run.run
            ))));
        }
        let hosts = place.choose_again(&targets, project)?;
        let run_list = run.run_list.iter().map(|recipe| ListedRecipe::typed(recipe)).collect();
        Ok(Some(Unfinished::Targets(hosts, run_list)))
    }
}

/// Why a run can't be continued.
fn unfit(run: &RecordedRun, project: &Project) -> Option<Diagnostic> {
    if run.state == State::UnderWay {
        let wrong = Diagnostic::error(format!("the run {} is still under way", run.run));
        return Some(wrong.hint("wait for its end, or stop it with Ctrl-C where it was started"));
    }
    // In another project, the same names mean other nodes and recipes.
    let here = root(project);
    (run.project != here).then(|| {
        let place = one_line(&run.project);
        Diagnostic::error(format!("the run {} was of the project `{place}`, and this is `{here}`", run.run))
            .hint(format!("`--project {place}` goes on with it"))
    })
}
