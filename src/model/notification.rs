//! Notifications: when they run, what an updated row sets off, and what is owed once it has changed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// When a notified action runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Timing {
    /// Ahead of the notifier, once it is known that it will change.
    Before,
    /// Right after the notifier.
    Immediately,
    /// After the whole list, once.
    Delayed,
}

impl Timing {
    /// The word that a cook writes.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::Immediately => "immediately",
            Self::Delayed => "delayed",
        }
    }
}

/// What an updated row sets off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    /// Index of the notified row.
    pub target: usize,
    /// Action to run there.
    pub action: String,
    pub timing: Timing,
    /// Whether a delayed one is dropped when the run fails before its turn.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub skip_on_failure: bool,
}

/// A notification that a change has earned (or is about to) and that has not run yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Debt {
    /// `type[name]` of the resource to act.
    pub to: String,
    /// The custom resources around it, outermost first, each with the action that declares it: `site[blog] create`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub within: Vec<String>,
    /// `cookbook::recipe` that declared it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub recipe: String,
    /// With which action.
    pub action: String,
    /// `immediately` or `delayed`; what comes `before` a change is never owed.
    pub timing: Timing,
    /// `type[name]` of the resource that changed.
    pub from: String,
    /// Whether it is dropped when the run fails before its turn.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub skip_on_failure: bool,
    /// Whether it is owed only once its notifier has come out well: that one failed after part of its work was done.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub awaits_notifier: bool,
    /// Id of the run that wrote it down.
    pub run: String,
}

impl Debt {
    /// Whether running one pays the other: delayed ones run once whoever asks, immediate ones and those that wait for
    /// their notifier once for each notifier.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.key() == other.key()
    }

    /// What all that is paid by the same action has in common.
    #[must_use]
    pub fn key(&self) -> DebtKey {
        let is_of_one = self.timing == Timing::Immediately || self.awaits_notifier;
        DebtKey {
            to: self.to.clone(),
            within: self.within.clone(),
            action: self.action.clone(),
            timing: self.timing,
            awaits_notifier: self.awaits_notifier,
            from: is_of_one.then(|| self.from.clone()),
        }
    }

    /// Whether the other need not be written down where this one is.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        self.is_same(other) && (!self.skip_on_failure || other.skip_on_failure)
    }
}

/// What is the same of debts that one action pays; see [`Debt::is_same`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DebtKey {
    to: String,
    within: Vec<String>,
    action: String,
    timing: Timing,
    awaits_notifier: bool,
    from: Option<String>,
}
