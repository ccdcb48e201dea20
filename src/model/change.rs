//! A change that a provider plans: a summary for people, steps for the target, and answers for the rest of the plan.

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

use super::notification::BegunAction;
use super::query::{Answer, Query};
use super::step::Step;

/// One difference between the actual and the declared state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// One line for people, an imperative: `create file, 12 bytes`.
    pub summary: String,
    /// A warning about the change. It does not stop the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
    /// Unified diff of the content. For a command: its standard input, each line after `< `.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diff: Option<String>,
    /// Steps for the target, in order.
    pub steps: Vec<Step>,
    /// A step to run after this change, shared by consecutive changes that have the same one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Box<Last>>,
    /// Answers that will hold after the change. The plan of later resources uses them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<(Query, Answer)>,
    /// Directories whose content is unknown until the change is made, such as a checkout or an unpacked archive.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub obscures: Vec<Utf8PathBuf>,
    /// Paths that the change may create or write, without more detail.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub makes: Vec<Utf8PathBuf>,
    /// Side effects beyond `then`. Default: the side effects of the steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reach: Option<Reach>,
    /// Whether the same change would be planned again right after it: a restart, or a command without a guard.
    #[serde(default)]
    pub repeats: bool,
    /// Set if the machine may not show that its last step is missing, once what comes before it is done: a reload, or a
    /// refresh. The target's journal keeps the action until it has ended, and `Known::begun` tells a later attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unseen: Option<BegunAction>,
    /// Whether it changes nothing, and its summary is only shown: it does not count.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_message: bool,
    /// What the change does to a service. The check at the end of the run uses it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub course: Option<Course>,
}

/// The state in which a change leaves a service. Each variant has the full name of the service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Course {
    /// The service runs from now on, and must still run at the end of the run.
    Runs(String),
    /// The service need not run any more: it was stopped, or does its work and exits.
    Ends(String),
}

/// Side effects of a change beyond the answers in [`Change::then`]. Only a plan uses this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// None.
    Told,
    /// Other package versions may become available.
    Offers,
    /// A service starts, and may create sockets and data.
    Running,
    /// A package is installed, with system files, accounts, services, and other packages.
    System,
    /// A package is removed, with all that it installed.
    Removal,
    Anything,
}

/// A step that can be postponed until after other changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Last {
    pub step: Step,
    /// Whether this change needs the step. If not, a pending step of earlier changes may still wait until after this
    /// change.
    pub needed: bool,
}

impl Change {
    /// Creates a change with one step.
    pub fn new(summary: impl Into<String>, step: Step) -> Self {
        Self { summary: summary.into(), steps: vec![step], ..Self::default() }
    }

    /// Sets the diff.
    #[must_use]
    pub fn diff(mut self, diff: Option<String>) -> Self {
        self.diff = diff;
        self
    }

    /// Sets the warning.
    #[must_use]
    pub fn warning(mut self, warning: Option<String>) -> Self {
        self.warning = warning;
        self
    }

    /// Adds an answer that will hold after the change.
    #[must_use]
    pub fn then(mut self, query: Query, answer: Answer) -> Self {
        self.then.push((query, answer));
        self
    }

    /// Adds a directory whose content is unknown until the change is made.
    #[must_use]
    pub fn obscures(mut self, directory: impl Into<Utf8PathBuf>) -> Self {
        self.obscures.push(directory.into());
        self
    }

    /// Sets the side effects.
    #[must_use]
    pub fn reaching(mut self, reach: Reach) -> Self {
        self.reach = Some(reach);
        self
    }

    /// The side effects: those given, or else those of the steps.
    #[must_use]
    pub fn reach(&self) -> Reach {
        let of = |step: &Step| match step {
            Step::Run(_) => Reach::Anything,
            Step::Packages { .. } => Reach::System,
            _ => Reach::Told,
        };
        self.reach.or_else(|| self.steps.iter().map(of).max()).unwrap_or(Reach::Told)
    }

    /// Sets what the change does to a service.
    #[must_use]
    pub fn course(mut self, course: Option<Course>) -> Self {
        self.course = course;
        self
    }

    /// Marks the change as one of which the machine may not show that its last step is missing.
    #[must_use]
    pub fn unseen(mut self, begun: BegunAction) -> Self {
        self.unseen = Some(begun);
        self
    }

    /// Marks the change as one that would be planned again right after it.
    #[must_use]
    pub fn repeats(mut self) -> Self {
        self.repeats = true;
        self
    }
}
