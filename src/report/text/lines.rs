//! The lines of each event, without a place to write them to.

use std::collections::{BTreeMap, BTreeSet};

use super::detail::Detail;
use super::diff::diff_line;
use super::heading::{heading, owed};
use super::{closing, failure};
use crate::model::english::{count, list, one_line, quoted_line};
use crate::model::error::Failure;
use crate::model::event::{Event, Mode, Outcome, ResourceRef};
use crate::report::page::Page;
use crate::report::style::{ADDED, FAINT, STRONG, WARNING, paint};

/// Resources that are named in one line; of more than these the number is told.
const NAMED: usize = 10;

/// The lines that each event adds: what [`super::Text`] writes, without a place to write to.
#[derive(Debug)]
pub(in crate::report) struct Lines {
    detail: Detail,
    /// Whether these are some of many: without heading and totals, and without times, which differ everywhere.
    of_many: bool,
    mode: Mode,
    page: Page,
    /// Actions under way, by row: a custom resource has its own around it, a transaction has several at once.
    turns: BTreeMap<usize, ShownAction>,
    /// The row that the last line was about, and its resource.
    last: Option<(usize, String)>,
    /// Custom resources whose heading stands above the next line, outermost first.
    open: Vec<String>,
    /// Rows whose failure has been told.
    told: BTreeSet<usize>,
    /// Whether a resource has been shown.
    rows: bool,
}

/// What is known of an action under way.
#[derive(Debug)]
struct ShownAction {
    action: String,
    notified_by: Option<String>,
    /// Summaries of the changes so far.
    changes: Vec<String>,
    /// Whether it has a line yet.
    shown: bool,
}

impl ShownAction {
    fn new(action: &str, notified_by: Option<&String>) -> Self {
        let (action, notified_by) = (action.to_owned(), notified_by.cloned());
        Self { action, notified_by, changes: Vec::new(), shown: false }
    }
}

impl Lines {
    pub(super) fn new(detail: Detail) -> Self {
        Self {
            detail,
            of_many: false,
            mode: Mode::Run,
            page: Page::default(),
            turns: BTreeMap::new(),
            last: None,
            open: Vec::new(),
            told: BTreeSet::new(),
            rows: false,
        }
    }

    /// The lines of one host of several; its name, its counts and its times stand elsewhere.
    pub(in crate::report) fn of_many(detail: Detail) -> Self {
        Self { of_many: true, ..Self::new(detail) }
    }

    /// The lines of one event, each with its newline; often none.
    pub(in crate::report) fn render(&mut self, event: &Event) -> String {
        match event {
            Event::RunStarted { mode, target, run_list, resources, via, .. } => {
                self.mode = *mode;
                if !self.of_many {
                    self.page.line(heading(*mode, target, run_list, *resources, via.as_deref()));
                }
            }
            Event::Owed { debt } => self.page.line(owed(debt)),
            Event::Warning { diagnostic } => {
                self.open.clear();
                self.last = None;
                self.page.text(&crate::report::diagnostic::render(diagnostic));
            }
            Event::Note { text } => self.page.line(one_line(text)),
            Event::Message { location, text } => {
                // Each line under the place that it comes from, so that none passes for one of ours.
                let place = one_line(&location.to_string());
                text.lines().for_each(|line| self.page.line(format!("{place}: {}", quoted_line(line))));
            }
            Event::ActionStarted { resource, action, notified_by } => {
                self.turns.insert(resource.row, ShownAction::new(action, notified_by.as_ref()));
            }
            Event::Change { resource, summary, diff, may, withheld } => {
                self.change(resource, summary, diff.as_deref(), *may);
                if *withheld {
                    let words = "the difference is not shown: the resource is sensitive";
                    self.page.line(format!("{}{}", margin(resource, 2), paint(FAINT, words)));
                }
            }
            Event::Output { resource, line } => {
                if self.detail == Detail::Everything {
                    self.line(resource, &paint(FAINT, &format!("| {}", quoted_line(line))));
                }
            }
            Event::Waiting { resource, message } => {
                self.line(resource, &format!("waiting: {}", one_line(message)));
            }
            Event::Retry { resource, failure, left } => {
                let word = paint(WARNING, "attempt failed:");
                let left = count(usize::try_from(*left).unwrap_or(usize::MAX), "attempt");
                self.line(resource, &format!("{word} {}; {left} left", one_line(&failure.message)));
                // The change that broke off is announced again when its next attempt begins.
                self.turns.get_mut(&resource.row).map(|turn| turn.changes.pop());
            }
            Event::ActionFinished { resource, action, outcome, milliseconds } => {
                self.turns.entry(resource.row).or_insert_with(|| ShownAction::new(action, None));
                self.finished(resource, action, outcome, *milliseconds);
                self.turns.remove(&resource.row);
            }
            Event::Notified { from, to, action, timing, uncertain } => {
                self.notified(from, to, action, timing, *uncertain);
            }
            Event::NotRun { resources, reason } => self.not_run(resources, reason),
            Event::Restart { resource, reason, delay } => self.restart(resource, reason, *delay),
            Event::Traffic { sent, received, turns, unshared } => {
                if self.detail == Detail::Everything {
                    let words =
                        format!("{sent} bytes sent, {received} bytes received, {turns} round trips at most");
                    self.page.line(paint(FAINT, &words));
                    if let Some(why) = unshared {
                        let words =
                            format!("the connection was not shared with other runs: {}", one_line(why));
                        self.page.line(paint(FAINT, &words));
                    }
                }
            }
            Event::RunFinished { success, interrupted, counts, failures, milliseconds } => {
                let is_left = !success || *interrupted;
                self.tell_untold(failures);
                if !self.of_many {
                    if self.rows {
                        self.page.line("");
                    }
                    closing::close(&mut self.page, self.mode, is_left, counts, failures, *milliseconds);
                }
            }
        }
        std::mem::take(&mut self.page).finish()
    }

    fn restart(&mut self, resource: &ResourceRef, reason: &str, delay: u32) {
        self.open.clear();
        self.last = None;
        let minutes = count(usize::try_from(delay).unwrap_or(usize::MAX), "minute");
        let when = if delay == 0 { "now".to_owned() } else { format!("in {minutes}") };
        let by = paint(STRONG, &one_line(&resource.id));
        self.page.line(format!("the machine restarts {when} for {by}: {}", one_line(reason)));
    }

    fn change(&mut self, resource: &ResourceRef, summary: &str, diff: Option<&str>, may: bool) {
        let would = match (self.mode, may) {
            (Mode::Run, _) => "",
            (Mode::Plan, false) => "would ",
            (Mode::Plan, true) => "may ",
        };
        let summary = one_line(summary);
        // Reads on from the line above: `create: add user …`, `and add to group …`.
        let and = if self.changes_of(resource).is_empty() { "" } else { "and " };
        self.line(resource, &format!("{and}{would}{summary}"));
        for line in diff.unwrap_or_default().lines() {
            self.page.line(format!("{}{}", margin(resource, 2), diff_line(line)));
        }
        if let Some(turn) = self.turns.get_mut(&resource.row) {
            turn.changes.push(summary);
        }
    }

    fn finished(&mut self, resource: &ResourceRef, action: &str, outcome: &Outcome, milliseconds: u64) {
        let everything = self.detail == Detail::Everything;
        let took = if everything && !self.of_many {
            format!(" ({})", closing::duration(milliseconds))
        } else {
            String::new()
        };
        let words = match outcome {
            Outcome::Failed { failure, ignored } => {
                let changes = self.changes_of(resource).to_vec();
                self.open.clear();
                self.last = None;
                self.rows = true;
                self.told.insert(resource.row);
                let text = failure::render(self.mode, resource, action, failure, *ignored, &changes);
                return self.page.text(&text);
            }
            Outcome::Unknown { until, failure } => {
                let now = failure.as_ref().map(|failure| {
                    format!("as the machine is now it would fail: {}; ", one_line(&failure.message))
                });
                let words = format!("{}unknown until {}", now.unwrap_or_default(), one_line(until));
                self.line(resource, &paint(WARNING, &words));
                for hint in failure.iter().flat_map(|failure| &failure.hints) {
                    self.page.line(format!("{}hint: {}", margin(resource, 1), one_line(hint)));
                }
                return;
            }
            Outcome::NotRun { reason } if everything || self.mode == Mode::Plan => {
                let words = format!("not run: {}", one_line(reason));
                return self.line(resource, &paint(FAINT, &words));
            }
            Outcome::Skipped { reason } if everything => format!("skipped: {}", one_line(reason)),
            Outcome::UpToDate if everything => "up to date".to_owned(),
            Outcome::Updated if everything && self.mode == Mode::Run => "updated".to_owned(),
            _ => return,
        };
        self.line(resource, &paint(FAINT, &format!("{words}{took}")));
    }

    /// Names resources that were not run; of very many the first few.
    fn not_run(&mut self, resources: &[String], reason: &str) {
        self.open.clear();
        self.last = None;
        let mut names: Vec<String> = resources.iter().take(NAMED).map(|id| one_line(id)).collect();
        if let Some(more) = resources.len().checked_sub(NAMED).filter(|more| *more > 0) {
            names.push(format!("{more} more"));
        }
        let line = format!("not run, because {}: {}", one_line(reason), list(&names, "and"));
        self.page.line(paint(FAINT, &line));
    }

    /// Why a resource will act later matters in a plan; a run shows it where it happens.
    fn notified(&mut self, from: &str, to: &str, action: &str, timing: &str, uncertain: bool) {
        if self.mode == Mode::Run && self.detail == Detail::Changes {
            return;
        }
        let would = match (self.mode, uncertain) {
            (Mode::Run, _) => "notifies",
            (Mode::Plan, false) => "would notify",
            (Mode::Plan, true) => "may notify",
        };
        let mut line = format!("{would} {} to {}, {timing}", one_line(to), one_line(action));
        if self.last.as_ref().is_none_or(|(_, id)| id != from) {
            line = format!("{} {line}", one_line(from));
        }
        self.page.line(format!("{}{}", "  ".repeat(self.open.len() + 1), paint(FAINT, &line)));
    }

    /// A line about a resource: the first of an action names both, further ones stand below it.
    fn line(&mut self, resource: &ResourceRef, words: &str) {
        let last = self.last.replace((resource.row, resource.id.clone()));
        let shown = self.turns.get(&resource.row).is_some_and(|turn| turn.shown);
        if shown && last.is_some_and(|(row, _)| row == resource.row) {
            return self.page.line(format!("{}{words}", margin(resource, 1)));
        }
        self.headings(resource);
        let (mut action, mut notified_by) = (String::new(), None);
        if let Some(turn) = self.turns.get_mut(&resource.row) {
            turn.shown = true;
            action = format!(" {}", one_line(&turn.action));
            notified_by = turn.notified_by.take();
        }
        let id = paint(ADDED, &one_line(&resource.id));
        // Of an action that does what it is called, the name says all.
        let words = if action.trim() == words { String::new() } else { format!(": {words}") };
        self.page.line(format!("{}{id}{action}{words}", margin(resource, 0)));
        if let Some(notifier) = notified_by {
            let line = paint(FAINT, &format!("notified by {}", one_line(&notifier)));
            self.page.line(format!("{}{line}", margin(resource, 1)));
        }
        self.rows = true;
    }

    /// The custom resources around a resource, as far as they don't stand above it already.
    fn headings(&mut self, resource: &ResourceRef) {
        let shared = self.open.iter().zip(&resource.within).take_while(|(a, b)| a == b).count();
        for (depth, id) in resource.within.iter().enumerate().skip(shared) {
            self.page.line(format!("{}{}", "  ".repeat(depth), paint(STRONG, &one_line(id))));
        }
        self.open.clone_from(&resource.within);
    }

    /// A failure outside of any action (the target was lost) has had no lines of its own.
    fn tell_untold(&mut self, failures: &[(ResourceRef, Failure)]) {
        for (resource, reason) in failures {
            if self.told.insert(resource.row) {
                self.rows = true;
                self.page.text(&failure::render(self.mode, resource, "", reason, false, &[]));
            }
        }
    }

    fn changes_of(&self, resource: &ResourceRef) -> &[String] {
        self.turns.get(&resource.row).map_or(&[], |turn| &turn.changes)
    }
}

/// Two columns for each custom resource around it, and for each step further in.
fn margin(resource: &ResourceRef, further: usize) -> String {
    "  ".repeat(resource.within.len() + further)
}
