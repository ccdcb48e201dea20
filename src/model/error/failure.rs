//! Why something could not be done: its kind, for whoever decides by it, and all that a person needs to go on.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What sort of failure it is. Whoever has to decide decides by this; the words are for people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// It was tried, or looked at, and did not work.
    #[default]
    Failed,
    /// It can't be made on this machine whatever comes before it, which is known before anything is changed.
    Impossible,
    /// A command was stopped because its time was up.
    TimedOut,
    /// Whoever decides there said no: a host key that is not the known one, an account, a password, sudo.
    Refused,
    /// The machine could not be reached.
    Unreachable,
    /// The machine was reached, and then the connection to it was lost.
    Lost,
    /// Somebody or something ended the process that did it.
    Killed,
    /// Another run holds the machine.
    Locked,
    /// It was ended on purpose: Ctrl-C, for example.
    Interrupted,
    /// It was not begun, because of another machine.
    HeldBack,
}

impl FailureKind {
    /// Whether it says something of the way to a machine, and nothing of what was to be done there.
    #[must_use]
    pub fn is_of_the_way(self) -> bool {
        matches!(self, Self::Refused | Self::Unreachable | Self::Lost | Self::Killed)
    }

    /// Whether it is the usual one, which is not written down.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the serializer hands a reference")]
    fn is_usual(&self) -> bool {
        *self == Self::Failed
    }
}

/// A way out that is one thing on the machine that chefrs is started on, and another on one far away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WayOut {
    /// To work as root.
    Root,
    /// Another place for the state.
    State,
}

impl WayOut {
    /// In words, on the machine that chefrs is started on.
    #[must_use]
    pub fn here(self) -> &'static str {
        match self {
            Self::Root => "run it as root",
            Self::State => "the variable CHEFRS_STATE_DIRECTORY names another place for it",
        }
    }

    /// In words, on another one.
    #[must_use]
    pub fn there(self) -> &'static str {
        match self {
            Self::Root => "`--become` works as root there",
            Self::State => "if that can't be, mount something writable at that path: it is kept nowhere else",
        }
    }
}

/// A program that did not end well.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FailedCommand {
    /// Its argument list.
    pub argv: Vec<String>,
    /// How it ended: `exit status 2`, `killed by signal 9`; nothing where it could not be started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Its last lines of output, standard error first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub output: Vec<String>,
}

/// Why something could not be done: what a person needs to find the cause and go on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Failure {
    /// What sort of failure it is.
    #[serde(default, skip_serializing_if = "FailureKind::is_usual")]
    pub kind: FailureKind,
    /// What went wrong, one lowercase sentence.
    pub message: String,
    /// The command that failed, if it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<FailedCommand>,
    /// What was seen besides, each a line: the words of `ssh`, every attempt, the page that came.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<String>,
    /// Ways out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<String>,
    /// Which of the hints, by their places, are for the machine that chefrs is started on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ways_out: Vec<(usize, WayOut)>,
}

impl Failure {
    /// A failure that needs no more than its sentence.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }

    /// The same, of another kind.
    #[must_use]
    pub fn of_kind(mut self, kind: FailureKind) -> Self {
        self.kind = kind;
        self
    }

    /// A failure that is known before anything is changed.
    pub fn impossible(message: impl Into<String>) -> Self {
        Self::new(message).of_kind(FailureKind::Impossible)
    }

    /// The same, with a way out.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The same, with a way out that depends on where one sits.
    #[must_use]
    pub fn way_out(mut self, way: WayOut) -> Self {
        self.ways_out.push((self.hints.len(), way));
        self.hint(way.here())
    }

    /// The same, as it is told on another machine.
    #[must_use]
    pub fn told_from_afar(mut self) -> Self {
        for (place, way) in std::mem::take(&mut self.ways_out) {
            if let Some(hint) = self.hints.get_mut(place) {
                way.there().clone_into(hint);
            }
        }
        self
    }

    /// All that was seen, a line each: how its command ended, what that printed, and the rest.
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
