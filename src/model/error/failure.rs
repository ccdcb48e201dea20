//! Failures: the kind, which code decides by, and what a person needs to find the cause.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Kind of a failure. Code decides by the kind; the texts are for people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// An attempt or a check did not work.
    #[default]
    Failed,
    /// It can't work on this machine, whatever runs before it. This is known before anything is changed.
    Impossible,
    /// A command was stopped because it took too long.
    TimedOut,
    /// Access was denied: an unexpected host key, an account, a password, or sudo.
    Refused,
    /// The machine could not be reached.
    Unreachable,
    /// The connection to the machine was lost after it was reached.
    Lost,
    /// The process that did the work was killed.
    Killed,
    /// Another run holds the lock of the machine.
    Locked,
    /// It was stopped on purpose, for example with Ctrl-C.
    Interrupted,
    /// It was not started, because of a failure on another machine.
    HeldBack,
}

impl FailureKind {
    /// Whether the failure is about the connection to a machine, not about the work there.
    #[must_use]
    pub fn is_of_the_way(self) -> bool {
        matches!(self, Self::Refused | Self::Unreachable | Self::Lost | Self::Killed)
    }

    /// Whether this is the default, which is not serialised.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the serializer hands a reference")]
    fn is_usual(&self) -> bool {
        *self == Self::Failed
    }
}

/// A suggestion with two wordings: one for the machine on which chefrs was started, one for a remote machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WayOut {
    /// Work as root.
    Root,
    /// Use another state directory.
    State,
}

impl WayOut {
    /// The wording for the machine on which chefrs was started.
    #[must_use]
    pub fn here(self) -> &'static str {
        match self {
            Self::Root => "run it as root",
            Self::State => "set CHEFRS_STATE_DIRECTORY to use another directory",
        }
    }

    /// The wording for a remote machine.
    #[must_use]
    pub fn there(self) -> &'static str {
        match self {
            Self::Root => "`--become` works as root there",
            Self::State => "otherwise mount a writable file system at that path; it can't be kept elsewhere",
        }
    }
}

/// A command that failed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FailedCommand {
    /// Program and arguments.
    pub argv: Vec<String>,
    /// How it ended: `exit status 2`, `killed by signal 9`. None if it could not be started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Last lines of its output, standard error first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub output: Vec<String>,
}

/// Why something could not be done, with what a person needs to find the cause.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Failure {
    /// Kind of the failure.
    #[serde(default, skip_serializing_if = "FailureKind::is_usual")]
    pub kind: FailureKind,
    /// What went wrong: one lowercase sentence.
    pub message: String,
    /// The command that failed, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<FailedCommand>,
    /// More observations, one line each: the output of `ssh`, every attempt, the page that was received.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<String>,
    /// Suggestions, one line each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<String>,
    /// Indexes of the hints that depend on the machine on which chefrs was started.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ways_out: Vec<(usize, WayOut)>,
}

impl Failure {
    /// Creates a failure from its message.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }

    /// Sets the kind.
    #[must_use]
    pub fn of_kind(mut self, kind: FailureKind) -> Self {
        self.kind = kind;
        self
    }

    /// Creates a failure that is known before anything is changed.
    pub fn impossible(message: impl Into<String>) -> Self {
        Self::new(message).of_kind(FailureKind::Impossible)
    }

    /// Adds a suggestion.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds a suggestion that depends on the machine on which the user sits.
    #[must_use]
    pub fn way_out(mut self, way: WayOut) -> Self {
        self.ways_out.push((self.hints.len(), way));
        self.hint(way.here())
    }

    /// Rewords the suggestions for a remote machine.
    #[must_use]
    pub fn told_from_afar(mut self) -> Self {
        for (place, way) in std::mem::take(&mut self.ways_out) {
            if let Some(hint) = self.hints.get_mut(place) {
                way.there().clone_into(hint);
            }
        }
        self
    }

    /// All observations, one line each: how the command ended, its output, and the details.
    pub fn evidence(&self) -> impl Iterator<Item = &str> {
        let command = self.command.iter();
        let seen = command.flat_map(|command| command.status.iter().chain(&command.output));
        seen.chain(&self.details).map(String::as_str)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}
