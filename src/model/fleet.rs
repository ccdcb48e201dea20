//! The event stream of a run on several targets: the events of each target with its name, and how each target ended.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde::de::{Deserializer, Error as _};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::ending::Ending;
use super::error::{Diagnostic, Failure};
use super::event::{Counts, Event, Mode, SCHEMA};

/// An event of a run on several targets. Its JSON form is one object with the key `event`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FleetEvent {
    /// An event of the run as a whole, or about one target.
    Stage(Stage),
    /// An event of the run on one target.
    Target(TargetEvent),
}

/// An event of the run as a whole, or about one of its targets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Stage {
    /// The first event.
    FleetStarted {
        /// Version of the event stream.
        schema: u32,
        /// Whether this is a run or a plan.
        mode: Mode,
        /// The run list of all targets. Empty if they differ: `run_started` has that of each target.
        run_list: Vec<String>,
        /// Names of the targets, in the order in which they are started.
        targets: Vec<String>,
        /// Number of batches in which the targets are started.
        batches: usize,
        /// Id of the run in the history of the machine where it was started, if it is recorded.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        run: Option<String>,
    },
    /// The targets of a batch are started.
    BatchStarted {
        /// Number of the batch, from 1.
        batch: usize,
        /// Names of the targets of the batch.
        targets: Vec<String>,
    },
    /// A target is started.
    TargetStarted {
        /// Name of the target.
        target: String,
    },
    /// A line for people outside of a target's run: what a target waits for, or what an interrupt means.
    Note {
        /// The target that it is about, if any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        target: Option<String>,
        /// The text.
        text: String,
    },
    /// A target has ended, or will not be started.
    TargetFinished(Box<TargetOutcome>),
    /// All targets of a batch have ended.
    BatchFinished {
        /// Number of the batch, from 1.
        batch: usize,
    },
    /// The last event.
    FleetFinished {
        /// Exit code of chefrs.
        exit: u8,
        /// Duration of the run in milliseconds.
        milliseconds: u64,
        /// All targets, sorted by name. Empty if the run failed before it started any.
        targets: Vec<TargetOutcome>,
        /// Why the run failed before it started any target: errors on the command line or in files of the project.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        findings: Vec<Diagnostic>,
    },
}

impl Stage {
    /// Creates the last event of a run that started its targets.
    #[must_use]
    pub fn finished(exit: u8, milliseconds: u64, targets: Vec<TargetOutcome>) -> Self {
        Self::FleetFinished { exit, milliseconds, targets, findings: Vec::new() }
    }
}

/// JSON Schema of a line of the event stream: an event of one target, with the target's name if there are several, or
/// an event of the run as a whole.
#[must_use]
pub fn event_schema() -> Value {
    let mut generator = SchemaGenerator::new(SchemaSettings::draft2020_12());
    generator.subschema_for::<Event>();
    generator.subschema_for::<Stage>();
    let target = json!({ "type": "string", "description": "The target of the event, if there are several." });
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
    /// Name of the target, the same as in the event `run_started`.
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
            // This event already has the name of the target.
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

/// How the run on one target ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TargetOutcome {
    /// Name of the target.
    pub target: String,
    /// How it ended.
    pub outcome: Ending,
    /// Exit code of the run on this target. None if it was not started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit: Option<u8>,
    /// Number of resources by outcome. None if the target was not started, or was lost before they could be counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts: Option<Counts>,
    /// Duration in milliseconds.
    pub milliseconds: u64,
    /// The first resource that failed, as `type[name]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// Why the first resource failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// Errors in the recipes, if they don't compile for this target.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Diagnostic>,
}

impl TargetOutcome {
    /// Creates an outcome without details.
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

    /// Updates the outcome with an event of the run.
    pub fn note(&mut self, event: &Event) {
        if let Event::RunFinished { counts, failures, .. } = event {
            self.counts = Some(*counts);
            (self.resource, self.failure) =
                failures.first().map(|(resource, failure)| (resource.id.clone(), failure.clone())).unzip();
        }
    }

    /// Sets how the run ended.
    #[must_use]
    pub fn of(self, ended: Result<Ending, Failure>) -> Self {
        let (outcome, failure) = match ended {
            Ok(ending) => (ending, self.failure),
            // The reason for losing the target matters more than resources that failed before.
            Err(failure) => (failure.kind.into(), Some(failure)),
        };
        Self { outcome, exit: outcome.exit().map(|exit| exit as u8), failure, ..self }
    }

    /// The failure, if no event reports it. Events report only failures of resources.
    #[must_use]
    pub fn untold(&self) -> Vec<Diagnostic> {
        let told = self.resource.is_some() && matches!(self.outcome, Ending::Failed | Ending::Interrupted);
        let failure = self.failure.iter().filter(|_| !told);
        self.findings.iter().cloned().chain(failure.cloned().map(Diagnostic::from)).collect()
    }
}
