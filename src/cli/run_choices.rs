//! A request for `run` or `plan`: the machines, the recipes, and the options.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::converge::{Approval, OnFailure, Options};
use crate::cookbook::Project;
use crate::fleet::{Batch, FleetLimits};
use crate::model::event::Mode;
use crate::model::node::AttributeSource;
use crate::remote::Patience;
use crate::run::Oversight;
use crate::scope::RunScope;
use crate::secrets::SecretSources;

use super::early_end::EarlyEnd;
use super::failed_from::FailedFrom;
use super::plan_file::PlanFile;
use super::reports::ReportArguments;
use super::saved_run::SavedRun;
use super::selection::Selection;
use super::signals::{Audience, Listening};
use super::step::Steps;
use super::target_options::TargetArguments;

/// Seconds to wait for the lock of a machine, if nothing else is said.
const LOCK_TIMEOUT: u64 = 60;

/// The options that `run` and `plan` share.
#[derive(Debug, Args)]
pub(super) struct SharedArguments {
    /// After a failure: stop, or continue with what does not depend on the failed resource. Pending notifications are
    /// delivered in both cases.
    #[arg(long, value_name = "WHAT", default_value = "stop")]
    on_failure: AfterFailure,
    #[command(flatten)]
    reports: ReportArguments,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum AfterFailure {
    Stop,
    Continue,
}

/// A request for `run` or `plan`.
#[derive(Debug, Clone)]
pub(super) struct RunChoices<'a> {
    pub(super) place: &'a TargetArguments,
    pub(super) failed_from: &'a FailedFrom,
    pub(super) selection: &'a Selection,
    pub(super) shared: &'a SharedArguments,
    pub(super) fleet: &'a FleetArguments,
    pub(super) scope: RunScope,
    pub(super) mode: Mode,
    pub(super) no_commands: bool,
    /// How long to wait for the lock, if that is said.
    pub(super) lock_timeout: Option<Duration>,
    pub(super) patience: Patience,
    /// Whether to show the plan and ask before the run.
    pub(super) confirms: bool,
    /// The saved plan to apply.
    pub(super) saved: Option<&'a SavedRun>,
    /// The file to save a plan to.
    pub(super) plan_file: Option<&'a PlanFile>,
    /// Sees what was compiled for each target, and may refuse it.
    pub(super) oversight: Option<&'a dyn Oversight>,
    /// Asks before each change.
    pub(super) steps: Option<Arc<Steps>>,
    /// The signals that the work listens to.
    pub(super) listening: Listening,
}

/// What to compile for each machine, in addition to its own run list and attributes.
#[derive(Debug)]
pub(super) struct ToCompile<'a> {
    pub(super) project: &'a Project,
    pub(super) attributes: &'a [AttributeSource],
    pub(super) secrets: &'a SecretSources<'a>,
}

impl RunChoices<'_> {
    /// How long to wait for the lock of a machine.
    pub(super) fn lock_timeout(&self, project: &Project) -> Duration {
        let by_default = || project.defaults().lock_timeout.unwrap_or(LOCK_TIMEOUT);
        self.lock_timeout.unwrap_or_else(|| Duration::from_secs(by_default()))
    }

    /// The limits for several machines.
    pub(super) fn limits(&self, project: &Project) -> FleetLimits {
        let FleetArguments { forks, batch, max_failures } = *self.fleet;
        FleetLimits { forks: forks.or(project.defaults().forks), batch, max_failures }
    }

    /// Builds the options of the run. Starts to listen for signals.
    pub(super) fn options(&self, audience: Audience) -> Result<Options, EarlyEnd> {
        let on_failure = match self.shared.on_failure {
            AfterFailure::Stop => OnFailure::Stop,
            AfterFailure::Continue => OnFailure::Continue,
        };
        let interrupt = self.listening.start(audience, self.mode)?;
        let no_commands = self.no_commands;
        let approval = self.steps.clone().map(|steps| steps as Arc<dyn Approval>);
        Ok(Options { on_failure, interrupt, no_commands, approval, ..Options::new(self.mode) })
    }
}

impl SharedArguments {
    pub(super) fn reports(&self) -> &ReportArguments {
        &self.reports
    }
}

/// The options for several machines.
#[derive(Debug, Args)]
pub(super) struct FleetArguments {
    /// Number of targets to work on at a time. Default: 64, or the `forks` of chefrs.toml.
    #[arg(long, value_name = "N")]
    forks: Option<NonZeroUsize>,
    /// Work on N targets, or P % of them, and then on the next ones.
    #[arg(long, value_name = "N|P%")]
    batch: Option<Batch>,
    /// Start no further target once N have failed. Those under way go on.
    #[arg(long, value_name = "N")]
    max_failures: Option<NonZeroUsize>,
}
