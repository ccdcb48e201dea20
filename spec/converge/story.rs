//! A collection written in a few words, run on a machine, told back as lines.

use std::cell::Cell;

use chefrs::converge::{EarlyAnswers, OnFailure, Options, Summary, converge_with_early_answers};
use chefrs::model::collection::{Collection, Guard, Notification, Parent, Row, SCHEMA, Timing};
use chefrs::model::error::Location;
use chefrs::model::event::{Counts, Event, Mode, Outcome};
use chefrs::model::step::Command;
use chefrs::provider::Upcoming;
use serde_json::{Map, Value, json};

use super::machine::Machine;
use crate::truth;

/// Declares rows one after the other.
pub struct Story {
    pub collection: Collection,
    pub options: Options,
    /// Whether the machine is looked at before there is a collection.
    pub foreseen: bool,
    /// Why the next plan does not come true.
    untold: Cell<Option<&'static str>>,
}

/// What came of it.
pub struct Told {
    /// One line for each action that ended, changes and notifications between them.
    pub lines: Vec<String>,
    pub summary: Summary,
    pub counts: Counts,
    /// Messages of the failures that count.
    pub failures: Vec<String>,
    pub events: Vec<Event>,
}

impl Story {
    pub fn new() -> Self {
        let collection =
            Collection { schema: SCHEMA, run_list: vec!["story".into()], ..Collection::default() };
        Self { collection, options: Options::new(Mode::Run), foreseen: false, untold: Cell::default() }
    }

    /// A row of a type, whose name fills the type's name property.
    pub fn row(&mut self, r#type: &str, name: &str, actions: &[&str], properties: Value) -> usize {
        let mut properties = properties.as_object().cloned().unwrap_or_default();
        if let Some(property) = chefrs::resources::find(r#type).and_then(|entry| entry.name_property) {
            properties.entry(property).or_insert_with(|| json!(name));
        }
        self.push(r#type, name, actions, properties)
    }

    /// A custom resource; the rows declared for it follow.
    pub fn custom(&mut self, name: &str, actions: &[&str]) -> usize {
        let index = self.push("site", name, actions, Map::new());
        self.collection.rows[index].custom = true;
        index
    }

    /// Puts a row inside a custom resource's action.
    pub fn within(&mut self, parent: usize, action: &str, row: usize) {
        self.collection.rows[row].parent = Some(Parent { row: parent, action: action.into() });
    }

    /// `file "/etc/NAME" { content = … }`
    pub fn file(&mut self, path: &str, content: &str) -> usize {
        self.row("file", path, &["create"], json!({ "content": content }))
    }

    pub fn service(&mut self, name: &str, actions: &[&str]) -> usize {
        self.row("service", name, actions, json!({}))
    }

    pub fn package(&mut self, name: &str) -> usize {
        self.row("package", name, &["install"], json!({}))
    }

    pub fn notify(&mut self, from: usize, to: usize, action: &str, timing: Timing) {
        self.collection.rows[from].notifies.push(Notification {
            target: to,
            action: action.into(),
            timing,
            skip_on_failure: false,
        });
    }

    pub fn only_if(&mut self, row: usize, command: &str) {
        let command = Command::new(["/bin/sh", "-c", command]);
        self.collection.rows[row].only_if.push(Guard::Command(command));
    }

    pub fn only_if_exists(&mut self, row: usize, path: &str) {
        self.collection.rows[row].only_if.push(Guard::Exists(path.into()));
    }

    pub fn not_if(&mut self, row: usize, guard: Guard) {
        self.collection.rows[row].not_if.push(guard);
    }

    pub fn at(&mut self, row: usize) -> &mut Row {
        &mut self.collection.rows[row]
    }

    pub fn keep_going(mut self) -> Self {
        self.options.on_failure = OnFailure::Continue;
        self
    }

    /// A run, ahead of which it is planned: what the plan says comes true.
    pub fn run(&self, machine: &mut Machine) -> Told {
        let asked = machine.state.batches;
        let planned = self.tell(machine, Mode::Plan);
        machine.state.batches = asked;
        let told = self.tell(machine, Mode::Run);
        let lies = truth::events_lie(&planned.events, &told.events).join("\n");
        match self.untold.take() {
            None => assert!(lies.is_empty(), "{lies}\n{:#?}", told.lines),
            Some(reason) => assert!(!lies.is_empty(), "an exception that is none: {reason}"),
        }
        told
    }

    /// What the plan of the next run says does not come true, for this reason.
    pub fn untold(&self, reason: &'static str) {
        self.untold.set(Some(reason));
    }

    /// A run that is too long to be compared.
    pub fn run_without_plan(&self, machine: &mut Machine) -> Told {
        self.tell(machine, Mode::Run)
    }

    pub fn plan(&self, machine: &mut Machine) -> Told {
        self.tell(machine, Mode::Plan)
    }

    fn tell(&self, machine: &mut Machine, mode: Mode) -> Told {
        let mut events = Vec::new();
        let options = Options { mode, ..self.options.clone() };
        let early_answers = if self.foreseen { self.early_answers(machine) } else { EarlyAnswers::default() };
        let sink = &mut |event| events.push(event);
        let summary = converge_with_early_answers(&self.collection, machine, &options, early_answers, sink)
            .expect("the machine in memory is never lost");
        let lines = events.iter().filter_map(line).collect();
        let Some(Event::RunFinished { counts, failures, .. }) = events.last() else { panic!("no end") };
        let failures =
            failures.iter().map(|(row, failure)| format!("{}: {}", row.id, failure.message)).collect();
        Told { lines, summary, counts: *counts, failures, events }
    }

    /// What is seen of the machine while a compile declares these rows, two at a time.
    fn early_answers(&self, machine: &mut Machine) -> EarlyAnswers {
        let mut early_answers = EarlyAnswers::default();
        let rows: Vec<usize> = (0..self.collection.rows.len()).collect();
        for some in rows.chunks(2) {
            let upcoming: Vec<Upcoming> = some.iter().filter_map(|&row| self.upcoming(row)).collect();
            early_answers.look(machine, &upcoming);
        }
        early_answers.placed(&rows)
    }

    fn upcoming(&self, row: usize) -> Option<Upcoming> {
        let declared = &self.collection.rows[row];
        let action = declared.actions.first().filter(|action| *action != "nothing")?.clone();
        let planner = (chefrs::resources::find(&declared.r#type)?.load)(&declared.properties).ok()?;
        Some(Upcoming { declaration: row, action, planner })
    }

    fn push(&mut self, r#type: &str, name: &str, actions: &[&str], properties: Map<String, Value>) -> usize {
        let index = self.collection.rows.len();
        let line = u32::try_from(index).expect("few rows") + 1;
        self.collection.rows.push(Row {
            r#type: r#type.into(),
            name: name.into(),
            actions: actions.iter().map(|&action| action.into()).collect(),
            properties,
            only_if: Vec::new(),
            not_if: Vec::new(),
            notifies: Vec::new(),
            requires: Vec::new(),
            retries: 0,
            retry_delay: 0,
            ignore_failure: false,
            sensitive: false,
            diff: true,
            why: None,
            tags: Vec::new(),
            left_out: None,
            unsent: Vec::new(),
            on_behalf: String::new(),
            parent: None,
            custom: false,
            cookbook: String::new(),
            recipe: "story".into(),
            location: Location::new("recipes/story.lua", line),
        });
        index
    }
}

fn line(event: &Event) -> Option<String> {
    Some(match event {
        // It only waited for a notification.
        Event::ActionFinished { action, .. } if action == "nothing" => return None,
        Event::ActionFinished { resource, action, outcome, .. } => {
            let words = match outcome {
                Outcome::Updated => "updated".into(),
                Outcome::UpToDate => "up to date".into(),
                Outcome::Skipped { reason } => format!("skipped: {reason}"),
                Outcome::Unknown { until, failure: None } => format!("unknown until {until}"),
                Outcome::Unknown { until, failure: Some(failure) } => {
                    format!("unknown until {until}, would fail: {}", failure.message)
                }
                Outcome::Failed { failure, ignored: true } => format!("failed, ignored: {}", failure.message),
                Outcome::Failed { failure, .. } => format!("failed: {}", failure.message),
                Outcome::NotRun { reason } => format!("not run: {reason}"),
            };
            format!("{} {action}: {words}", resource.id)
        }
        Event::Notified { from, to, action, timing, uncertain, left_out } => {
            let may = if *uncertain { "may " } else { "" };
            let unsent = if *left_out { ", left out" } else { "" };
            format!("{from} -> {may}{to} {action} {timing}{unsent}")
        }
        Event::LeftOut { resources, by } => format!("left out by {by}: {}", resources.join(", ")),
        Event::Note { text } => format!("note: {text}"),
        Event::Retry { resource, left, .. } => format!("{} again, {left} left", resource.id),
        _ => return None,
    })
}
