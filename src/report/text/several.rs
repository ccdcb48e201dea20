//! The text report for several targets: a line when each one ends, identical details only once, and a recap at the end.

use std::collections::BTreeMap;

use super::closing::{counted, duration};
use super::lines::Lines;
use crate::model::ending::Ending;
use crate::model::event::{Event, Mode};
use crate::model::fleet::{FleetEvent, Stage, TargetEvent, TargetOutcome};
use crate::report::diagnostic;
use crate::report::line::{Page, SafeLine, line};
use crate::report::outlet::{Detail, Differences};
use crate::report::style::{ERROR, FAINT, STRONG, WARNING, paint};

mod groups;
mod recap;

use groups::{Groups, named};

/// Most bytes of details that are kept for a target until its batch ends.
const MOST: usize = 4 << 20;

/// The state of the report.
#[derive(Debug)]
pub(super) struct SeveralText {
    detail: Detail,
    differences: Differences,
    mode: Mode,
    hosts: usize,
    batches: usize,
    /// Id of the run, if it is recorded.
    run: Option<String>,
    /// Running targets.
    open: BTreeMap<String, Details>,
    /// Targets of the batch that have ended.
    groups: Groups,
}

/// The details of one target.
#[derive(Debug)]
struct Details {
    lines: Lines,
    text: Page,
    full: bool,
    /// The engine, if it is not the usual one.
    via: Option<String>,
}

impl Details {
    fn new(detail: Detail, differences: Differences) -> Self {
        let lines = Lines::of_many(detail, differences);
        Self { lines, text: Page::default(), full: false, via: None }
    }

    fn note(&mut self, event: &Event) {
        if let Event::RunStarted { via, .. } = event {
            self.via.clone_from(via);
        }
        let more = self.lines.render(event);
        self.full |= self.text.as_str().len() + more.as_str().len() > MOST;
        if !self.full {
            self.text.page(&more);
        }
    }

    /// Returns all details, including those of the outcome.
    fn finish(mut self, outcome: &TargetOutcome) -> Page {
        if self.full {
            self.text.line("note: not all output is shown here: run on this target alone");
        }
        self.text.page(&diagnostic::all(&outcome.untold()));
        self.text
    }
}

impl SeveralText {
    pub(super) fn new(detail: Detail, differences: Differences) -> Self {
        Self {
            detail,
            differences,
            mode: Mode::Run,
            hosts: 0,
            batches: 1,
            run: None,
            open: BTreeMap::new(),
            groups: Groups::default(),
        }
    }

    /// The text for an event, which may be empty.
    pub(super) fn render(&mut self, event: &FleetEvent) -> Page {
        match event {
            FleetEvent::Target(TargetEvent { target, event }) => {
                if let Some(details) = self.open.get_mut(target) {
                    details.note(event);
                }
                Page::default()
            }
            FleetEvent::Stage(stage) => self.stage(stage),
        }
    }

    fn is_quiet(&self) -> bool {
        self.detail == Detail::Failures
    }

    fn stage(&mut self, stage: &Stage) -> Page {
        let mut page = Page::default();
        match stage {
            Stage::FleetStarted { mode, run_list, targets, batches, run, .. } => {
                (self.mode, self.hosts, self.batches) = (*mode, targets.len(), *batches);
                self.run.clone_from(run);
                if !self.is_quiet() {
                    page.line(heading(*mode, targets.len(), run_list, *batches));
                }
            }
            Stage::BatchStarted { .. } if self.is_quiet() => {}
            Stage::BatchStarted { batch, targets } => {
                if *batch > 1 {
                    page.line("");
                }
                if self.batches > 1 {
                    let number = paint(STRONG, line!("batch {} of {}:", batch, self.batches));
                    page.line(line!("{} {}", number, named(targets)));
                }
            }
            Stage::TargetStarted { target } => {
                self.open.insert(target.clone(), Details::new(self.detail, self.differences));
            }
            Stage::Note { target: Some(target), text } => {
                page.line(line!("{}: {}", SafeLine::of(target), SafeLine::of(text)));
            }
            Stage::Note { target: None, text } => page.line(SafeLine::of(text)),
            Stage::TargetFinished(outcome) => {
                if let Some(details) = self.open.remove(&outcome.target) {
                    let via = details.via.as_ref().map(|via| line!(" (through {})", SafeLine::of(via)));
                    let via = via.map(|via| paint(FAINT, via)).unwrap_or_default();
                    if !self.is_quiet() || !outcome.outcome.is_well() {
                        page.line(line!("{}{}", ended(self.mode, outcome), via));
                    }
                    self.groups.add(outcome, details.finish(outcome));
                }
            }
            Stage::BatchFinished { .. } => page.page(&std::mem::take(&mut self.groups).tell(self.hosts)),
            Stage::FleetFinished { targets, milliseconds, findings, .. } => {
                for finding in findings {
                    page.page(&crate::report::diagnostic::one(finding));
                }
                let is_shown = |target: &&TargetOutcome| !self.is_quiet() || !target.outcome.is_well();
                let rows: Vec<&TargetOutcome> = targets.iter().filter(is_shown).collect();
                page.page(&recap::render(self.mode, &rows, targets, (*milliseconds, self.run.as_deref())));
            }
        }
        page
    }
}

fn heading(mode: Mode, targets: usize, run_list: &[String], batches: usize) -> SafeLine {
    let words = match mode {
        Mode::Run => "converging",
        Mode::Plan => "planning",
    };
    let targets = SafeLine::count(targets, "target");
    let what = if run_list.is_empty() {
        line!("{} {}, each with its own run list", words, targets)
    } else {
        line!("{} {}: {}", words, targets, SafeLine::of(run_list.join(", ")))
    };
    let parts = line!(" (in {} batches)", batches);
    let parts = if batches > 1 { paint(FAINT, parts) } else { SafeLine::default() };
    line!("{}{}", paint(STRONG, what), parts)
}

/// The line when a target ends: `web1: 3 updated, 12 up to date, 4.2 s`.
fn ended(mode: Mode, outcome: &TargetOutcome) -> SafeLine {
    let name = paint(STRONG, line!("{}:", SafeLine::of(&outcome.target)));
    let took = duration(outcome.milliseconds);
    let counts = outcome.counts.map(|counts| line!("{}, ", counted(mode, &counts, false)));
    let counts = counts.unwrap_or_default();
    let words = outcome.outcome.words(mode);
    match outcome.outcome {
        ending if ending.is_well() => line!("{} {}{}", name, counts, took),
        ending if ending.is_stopped() => {
            line!("{} {}; {}{}", name, paint(WARNING, words), counts, took)
        }
        _ => {
            let word = paint(ERROR, line!("{}:", words));
            line!("{} {} {}; {}{}", name, word, reason(outcome), counts, took)
        }
    }
}

/// The reason for a failure, on one line.
fn reason(outcome: &TargetOutcome) -> SafeLine {
    let failure = outcome.failure.as_ref().map(|failure| failure.message.as_str());
    let message = failure.or_else(|| Some(outcome.findings.first()?.message.as_str()));
    let message = message.and_then(|message| message.lines().next());
    let message = message.map_or("no reason is known".into(), SafeLine::of);
    match &outcome.resource {
        Some(resource) if outcome.outcome == Ending::Failed => {
            line!("{}: {}", SafeLine::of(resource), message)
        }
        _ => message,
    }
}
