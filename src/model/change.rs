//! What a provider wants done: for a person, for the target, and for the rest of the plan.

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

use super::query::{Answer, Query};
use super::step::Step;

/// One difference between what is and what is declared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// One line for a person, verb first and without tense: `create file, 12 bytes`.
    pub summary: String,
    /// What a person should know before it is made, though it is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
    /// What differs inside, as a unified diff; of a command what it is given to read, each line after `< `.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diff: Option<String>,
    /// What the target does, in order.
    pub steps: Vec<Step>,
    /// What must follow, once for all changes in a row that say the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Box<Last>>,
    /// Answers that will hold afterwards, for the plan of later resources.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<(Query, Answer)>,
    /// Directories whose inside can't be told before this change is made: a checkout, an unpacked archive.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub obscures: Vec<Utf8PathBuf>,
    /// Paths that it may make or write to without telling more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub makes: Vec<Utf8PathBuf>,
    /// What it may bring about beyond the answers that it tells; what its steps may, unless it is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reach: Option<Reach>,
    /// Whether the same change would be wanted again at once: a restart, a command without a guard.
    #[serde(default)]
    pub repeats: bool,
    /// What becomes of a service by it, for the look at the end of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub course: Option<Course>,
}

/// What becomes of a service, by its whole name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Course {
    /// It runs from here on: at the end of the run it must still do so.
    Runs(String),
    /// It need not run any more: it is stopped, or does its work and ends.
    Ends(String),
}

/// What a change may bring about beyond the answers that it tells. Only a plan asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Nothing.
    Told,
    /// Other versions of packages on offer.
    Offers,
    /// What a service makes that starts: sockets and data of its own.
    Running,
    /// What a package brings: files in the system's directories, accounts, services, other packages.
    System,
    /// That what packages have brought is gone.
    Removal,
    Anything,
}

/// A step that may wait for other changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Last {
    /// What the target does.
    pub step: Step,
    /// Whether this change wants it; one that does not only lets it wait until after itself.
    pub needed: bool,
}

impl Change {
    /// A change of one step.
    pub fn new(summary: impl Into<String>, step: Step) -> Self {
        Self { summary: summary.into(), steps: vec![step], ..Self::default() }
    }

    /// The same, with a diff.
    #[must_use]
    pub fn diff(mut self, diff: Option<String>) -> Self {
        self.diff = diff;
        self
    }

    /// The same, with what a person should know before it is made.
    #[must_use]
    pub fn warning(mut self, warning: Option<String>) -> Self {
        self.warning = warning;
        self
    }

    /// The same, with an answer that will hold afterwards.
    #[must_use]
    pub fn then(mut self, query: Query, answer: Answer) -> Self {
        self.then.push((query, answer));
        self
    }

    /// The same, with a directory whose inside can't be told before.
    #[must_use]
    pub fn obscures(mut self, directory: impl Into<Utf8PathBuf>) -> Self {
        self.obscures.push(directory.into());
        self
    }

    /// The same, with all that it may bring about beyond its answers.
    #[must_use]
    pub fn reaching(mut self, reach: Reach) -> Self {
        self.reach = Some(reach);
        self
    }

    /// What it may bring about beyond the answers that it tells.
    #[must_use]
    pub fn reach(&self) -> Reach {
        let of = |step: &Step| match step {
            Step::Run(_) => Reach::Anything,
            Step::Packages { .. } => Reach::System,
            _ => Reach::Told,
        };
        self.reach.or_else(|| self.steps.iter().map(of).max()).unwrap_or(Reach::Told)
    }

    /// The same, with what becomes of a service by it.
    #[must_use]
    pub fn course(mut self, course: Option<Course>) -> Self {
        self.course = course;
        self
    }

    /// The same, never expected to hold.
    #[must_use]
    pub fn repeats(mut self) -> Self {
        self.repeats = true;
        self
    }
}
