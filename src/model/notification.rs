//! Notifications: their timing, what an updated row notifies, and owed notifications.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// When a notified action runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Timing {
    /// Before the notifying resource, if it will change.
    Before,
    /// Directly after the notifying resource.
    Immediately,
    /// Once, after all resources.
    Delayed,
    /// Directly after the resource that names it has failed. Written as `on_failure`, and never owed to a later run.
    OnFailure,
}

impl Timing {
    /// The word in recipes.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::Immediately => "immediately",
            Self::Delayed => "delayed",
            Self::OnFailure => "on_failure",
        }
    }

    /// Whether the action runs with the change that triggers it, and not at the end.
    #[must_use]
    pub fn is_at_once(self) -> bool {
        matches!(self, Self::Before | Self::Immediately)
    }
}

/// A notification of a row, sent when the row is updated, or when it has failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    /// Index of the notified row.
    pub target: usize,
    /// The action that it runs.
    pub action: String,
    pub timing: Timing,
    /// Whether a delayed notification is dropped if the run fails before it is sent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub skip_on_failure: bool,
}

/// What an action was about that was begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BegunAction {
    /// Something that was not there before.
    New,
    /// Something that was there.
    Old,
}

/// An owed notification: a change was made, or is about to be made, and the notified action has not run yet. Or an action
/// that was begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Debt {
    /// The notified resource, as `type[name]`.
    pub to: String,
    /// The custom resources that contain it, outermost first, each with the action that declares it: `site[blog]
    /// create`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub within: Vec<String>,
    /// The recipe that declared it, as `cookbook::recipe`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub recipe: String,
    /// The action that it runs.
    pub action: String,
    /// `immediately` or `delayed`. A `before` notification is never pending.
    pub timing: Timing,
    /// The resource that changed, as `type[name]`.
    pub from: String,
    /// Whether it is dropped if the run fails before it is sent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub skip_on_failure: bool,
    /// If it is sent only once an action of the notifying resource succeeds: that action. It failed, or was left, after
    /// part of its work was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub awaits: Option<String>,
    /// If it is no notification, but the rest of an action that was begun: what the action was about. The machine may not
    /// show that a part of it is missing. `from` is the resource itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begun: Option<BegunAction>,
    /// Id of the run that recorded it.
    pub run: String,
}

impl Debt {
    /// Whether the same action fulfils both. A delayed action runs once for all notifying resources. An immediate one,
    /// and one that waits for its notifying resource, runs once for each.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.key() == other.key()
    }

    /// The key that all notifications fulfilled by the same action have in common.
    #[must_use]
    pub fn key(&self) -> DebtKey {
        let is_of_one = self.timing == Timing::Immediately || self.awaits.is_some();
        DebtKey {
            to: self.to.clone(),
            within: self.within.clone(),
            action: self.action.clone(),
            timing: self.timing,
            awaits: self.awaits.clone(),
            begun: self.begun.is_some(),
            from: is_of_one.then(|| self.from.clone()),
        }
    }

    /// Whether recording this one makes recording `other` unnecessary.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        self.is_same(other) && (!self.skip_on_failure || other.skip_on_failure)
    }
}

/// The key of notifications that one action fulfils; see [`Debt::is_same`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DebtKey {
    to: String,
    within: Vec<String>,
    action: String,
    timing: Timing,
    awaits: Option<String>,
    begun: bool,
    from: Option<String>,
}
