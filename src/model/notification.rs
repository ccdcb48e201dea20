//! Notifications: when they run, what an updated row sets off, and what is owed once it has changed.

use serde::{Deserialize, Serialize};

/// When a notified action runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timing {
    /// Ahead of the notifier, once it is known that it will change.
    Before,
    /// Right after the notifier.
    Immediately,
    /// After the whole list, once.
    Delayed,
}

/// What an updated row sets off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    /// Index of the notified row.
    pub target: usize,
    /// Action to run there.
    pub action: String,
    /// When.
    pub timing: Timing,
    /// Whether a delayed one is dropped when the run fails before its turn.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub skip_on_failure: bool,
}

/// A notification that a change has earned (or is about to) and that has not run yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Debt {
    /// `type[name]` of the resource to act.
    pub to: String,
    /// `type[name]` of the custom resources around it, outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub within: Vec<String>,
    /// With which action.
    pub action: String,
    /// `immediately` or `delayed`; what comes `before` a change is never owed.
    pub timing: Timing,
    /// `type[name]` of the resource that changed.
    pub from: String,
    /// Whether it is dropped when the run fails before its turn.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub skip_on_failure: bool,
    /// Id of the run that wrote it down.
    pub run: String,
}

impl Debt {
    /// Whether running one pays the other: delayed ones run once whoever asks, immediate ones for each notifier.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.to == other.to
            && self.action == other.action
            && self.timing == other.timing
            && self.within == other.within
            && (self.timing == Timing::Delayed || self.from == other.from)
    }

    /// Whether the other need not be written down where this one is.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        self.is_same(other) && (!self.skip_on_failure || other.skip_on_failure)
    }
}
