//! What a run on several targets says: the events of each under its name, and what became of it.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde::de::{Deserializer, Error as _};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::ending::Ending;
use super::error::{Diagnostic, Failure};
use super::event::{Counts, Event, Mode, SCHEMA};

/// One happening of a fleet, in order. Its JSON form is one object with `event` in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FleetEvent {
    /// A step of the fleet as a whole, or of a target within it.
    Stage(Stage),
    /// What a target's own run says.
    Target(TargetEvent),
}

/// A step of the fleet as a whole, or of a target within it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
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
        /// Names of the targets, in the order in which they are begun.
        targets: Vec<String>,
        /// Number of batches.
        batches: usize,
        /// The id under which it is recorded where it was started, if it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        run: Option<String>,
    },
    /// The targets of a batch are begun.
    BatchStarted {
        /// Its number, from 1.
        batch: usize,
        /// Names of its targets.
        targets: Vec<String>,
    },
    /// A target is begun.
    TargetStarted {
        /// Its name.
        target: String,
    },
    /// A line for people, outside of the run itself: for whom a target waits, what somebody's interrupt means.
    Note {
        /// The target that it is about, if it is about one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        target: Option<String>,
        /// The line.
        text: String,
    },
    /// A target has come to its end, or will not be begun.
    TargetFinished(Box<TargetOutcome>),
    /// All targets of a batch have come to their end.
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
        /// Every target, in the order of their names; none where it did not come to any.
        targets: Vec<TargetOutcome>,
        /// Why it did not: what is wrong with what was typed, or in a file of the project.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        findings: Vec<Diagnostic>,
    },
}

impl Stage {
    /// The end of a run that came to its targets.
    #[must_use]
    pub fn finished(exit: u8, milliseconds: u64, targets: Vec<TargetOutcome>) -> Self {
        Self::FleetFinished { exit, milliseconds, targets, findings: Vec::new() }
    }
}

/// The JSON Schema of a line of the event stream: an event of a run, with the target's name where there are several, or one
/// of the fleet.
#[must_use]
pub fn event_schema() -> Value {
    let mut generator = SchemaGenerator::new(SchemaSettings::draft2020_12());
    generator.subschema_for::<Event>();
    generator.subschema_for::<Stage>();
    let target = json!({ "type": "string", "description": "The target whose run says it, of several." });
    let version = json!({ "type": "integer", "const": SCHEMA });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A line of the event stream of chefrs",
        "anyOf": [
            { "allOf": [{ "$ref": "#/$defs/Event" }], "properties": { "target": target, "schema": version } },
            { "allOf": [{ "$ref": "#/$defs/Stage" }], "properties": { "schema": version } },
        ],
        "$defs": generator.take_definitions(true),
    })
}

/// An event of one target's run.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetEvent {
    /// The target's name; what [`Event::RunStarted`] has as target is the same.
    pub target: String,
    pub event: Box<Event>,
}

impl Serialize for TargetEvent {
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

impl<'de> Deserialize<'de> for TargetEvent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let target = value.get("target").and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok(Self { target, event: Box::new(Event::deserialize(value).map_err(D::Error::custom)?) })
    }
}

/// What became of a run on a target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TargetOutcome {
    /// The target's name.
    pub target: String,
    /// In a word.
    pub outcome: Ending,
    /// The exit code that a run on this target alone has; none where it was not begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit: Option<u8>,
    /// Rows by outcome; nothing where the target was not begun, or lost before they could be counted.
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
    /// What is wrong with the recipes, where they don't compile for this target.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Diagnostic>,
}

impl TargetOutcome {
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

    /// Keeps what an event of the run tells of it.
    pub fn note(&mut self, event: &Event) {
        if let Event::RunFinished { counts, failures, .. } = event {
            self.counts = Some(*counts);
            (self.resource, self.failure) =
                failures.first().map(|(resource, failure)| (resource.id.clone(), failure.clone())).unzip();
        }
    }

    /// The same, once the run has ended: so, or because of that.
    #[must_use]
    pub fn of(self, ended: Result<Ending, Failure>) -> Self {
        let (outcome, failure) = match ended {
            Ok(ending) => (ending, self.failure),
            // Why a target was lost says more than what had failed there before.
            Err(failure) => (failure.kind.into(), Some(failure)),
        };
        Self { outcome, exit: outcome.exit().map(|exit| exit as u8), failure, ..self }
    }

    /// Why it went wrong, as far as the events don't tell: they say what a resource failed from.
    #[must_use]
    pub fn untold(&self) -> Vec<Diagnostic> {
        let told = self.resource.is_some() && matches!(self.outcome, Ending::Failed | Ending::Interrupted);
        let failure = self.failure.iter().filter(|_| !told);
        self.findings.iter().cloned().chain(failure.cloned().map(Diagnostic::from)).collect()
    }
}
