//! What a run on several hosts says: the events of each under its name, and what became of it.

use serde::de::{Deserializer, Error as _};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::{Diagnostic, Failure};
use super::event::{Counts, Event, Mode};
use super::exit::Exit;

/// One happening of a fleet, in order. Its JSON form is one object with `event` in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FleetEvent {
    /// A step of the fleet as a whole, or of a host within it.
    Stage(Stage),
    /// What a host's own run says.
    Host(HostEvent),
}

/// A step of the fleet as a whole, or of a host within it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Stage {
    /// First of all.
    FleetStarted {
        /// Version of this form; see [`SCHEMA`](super::event::SCHEMA).
        schema: u32,
        /// Run or plan.
        mode: Mode,
        /// What was asked for.
        run_list: Vec<String>,
        /// Names of the hosts, in the order in which they are begun.
        targets: Vec<String>,
        /// Number of batches.
        batches: usize,
        /// The id under which it is recorded where it was started, if it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        run: Option<String>,
    },
    /// The hosts of a batch are begun.
    BatchStarted {
        /// Its number, from 1.
        batch: usize,
        /// Names of its hosts.
        targets: Vec<String>,
    },
    /// A host is begun.
    HostStarted {
        /// Its name.
        target: String,
    },
    /// A line for people, outside of the run itself: for whom a host waits, what somebody's interrupt means.
    Note {
        /// The host that it is about, if it is about one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        target: Option<String>,
        /// The line.
        text: String,
    },
    /// A host has come to its end, or will not be begun.
    HostFinished(Box<HostOutcome>),
    /// All hosts of a batch have come to their end.
    BatchFinished {
        /// Its number, from 1.
        batch: usize,
    },
    /// Last of all.
    FleetFinished {
        /// Exit code of the whole.
        exit: u8,
        /// Milliseconds of the whole.
        milliseconds: u64,
        /// Every host, in the order of their names.
        hosts: Vec<HostOutcome>,
    },
}

/// An event of one host's run.
#[derive(Debug, Clone, PartialEq)]
pub struct HostEvent {
    /// The host's name; what [`Event::RunStarted`] has as target is the same.
    pub target: String,
    /// The event.
    pub event: Box<Event>,
}

impl Serialize for HostEvent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Named<'a> {
            target: &'a str,
            #[serde(flatten)]
            event: &'a Event,
        }
        match &*self.event {
            // It says its target itself.
            Event::RunStarted { .. } => self.event.serialize(serializer),
            event => Named { target: &self.target, event }.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for HostEvent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let target = value.get("target").and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok(Self { target, event: Box::new(Event::deserialize(value).map_err(D::Error::custom)?) })
    }
}

/// What became of one host of several.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HostOutcome {
    /// The host's name.
    pub target: String,
    /// In a word.
    pub outcome: Ending,
    /// The exit code that a run on this host alone would have had; none where it was not begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit: Option<u8>,
    /// Rows by outcome; nothing where the host was not begun, or lost before they could be counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts: Option<Counts>,
    /// Milliseconds from its begin to its end.
    pub milliseconds: u64,
    /// `type[name]` of the first resource that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// Why it failed, the first reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// What is wrong with the recipes, where they don't compile for this host.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Diagnostic>,
}

impl HostOutcome {
    /// An outcome without anything further to say.
    #[must_use]
    pub fn new(target: &str, outcome: Ending) -> Self {
        Self {
            target: target.to_owned(),
            outcome,
            exit: outcome.exit().map(|exit| exit as u8),
            counts: None,
            milliseconds: 0,
            resource: None,
            failure: None,
            findings: Vec::new(),
        }
    }
}

/// How a host's run ended, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// It is as the recipes declare it.
    Converged,
    /// It already was (plan).
    NothingToDo,
    /// Something would change (plan).
    Changes,
    /// A resource failed, or would.
    Failed,
    /// The recipes don't compile for it; it was not changed.
    DoesNotCompile,
    /// It could not be reached; it was not changed.
    Unreachable,
    /// It was lost in the middle.
    Lost,
    /// Another run holds it; it was not changed.
    Locked,
    /// Somebody wanted the run to end.
    Interrupted,
    /// It was not begun, because too many others failed or somebody wanted the run to end.
    NotStarted,
}

impl Ending {
    /// The exit code that says so; none for what was not begun.
    #[must_use]
    pub fn exit(self) -> Option<Exit> {
        Some(match self {
            Self::Converged | Self::NothingToDo => Exit::Success,
            Self::Changes => Exit::Changes,
            Self::Failed => Exit::Failed,
            Self::DoesNotCompile => Exit::Compile,
            Self::Unreachable | Self::Lost => Exit::Unreachable,
            Self::Locked => Exit::Locked,
            Self::Interrupted => Exit::Interrupted,
            Self::NotStarted => return None,
        })
    }

    /// Whether a further attempt is needed because something went wrong on the host, or on the way to it.
    #[must_use]
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Failed | Self::DoesNotCompile | Self::Unreachable | Self::Lost | Self::Locked)
    }

    /// As a person reads it: `converged`, `would fail`.
    #[must_use]
    pub fn words(self, mode: Mode) -> &'static str {
        match (self, mode) {
            (Self::Converged, _) => "converged",
            (Self::NothingToDo, _) => "up to date",
            (Self::Changes, _) => "would change",
            (Self::Failed, Mode::Run) => "failed",
            (Self::Failed, Mode::Plan) => "would fail",
            (Self::DoesNotCompile, _) => "does not compile",
            (Self::Unreachable, _) => "unreachable",
            (Self::Lost, _) => "lost",
            (Self::Locked, _) => "locked",
            (Self::Interrupted, _) => "interrupted",
            (Self::NotStarted, _) => "not started",
        }
    }
}

/// The exit code of the whole: what somebody interrupted first, then the weightiest that befell a host.
#[must_use]
pub fn exit<'a>(hosts: impl IntoIterator<Item = &'a HostOutcome>, interrupted: bool) -> Exit {
    const WEIGHTIEST_FIRST: [Exit; 6] =
        [Exit::Interrupted, Exit::Failed, Exit::Compile, Exit::Unreachable, Exit::Locked, Exit::Changes];
    let found: Vec<Option<Exit>> = hosts.into_iter().map(|host| host.outcome.exit()).collect();
    if interrupted && found.contains(&None) {
        return Exit::Interrupted;
    }
    WEIGHTIEST_FIRST.into_iter().find(|exit| found.contains(&Some(*exit))).unwrap_or(Exit::Success)
}
