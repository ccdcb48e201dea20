//! Formats the events of one target as lines.

use std::collections::{BTreeMap, BTreeSet};

use super::diff::diff_lines;
use super::heading::{heading, owed};
use super::{closing, failure, folded, notification, run_lines};
use crate::model::error::Failure;
use crate::model::event::{Event, Mode, Outcome, ResourceRef};
use crate::report::line::{Page, SafeLine, line};
use crate::report::outlet::{Detail, Differences};
use crate::report::style::{ADDED, FAINT, STRONG, WARNING, paint};

/// Formats the events of one target for [`super::TextReport`].
#[derive(Debug)]
pub(super) struct Lines {
    detail: Detail,
    differences: Differences,
    /// Whether there are several targets. Then heading, totals and times are left out.
    of_many: bool,
    mode: Mode,
    page: Page,
    /// Running actions by row. Several can run at once: a custom resource contains others, and packages share a
    /// transaction.
    turns: BTreeMap<usize, ShownAction>,
    /// Row and resource of the last line.
    last: Option<(usize, String)>,
    /// Custom resources whose heading is above the next line, outermost first.
    open: Vec<String>,
    /// Rows whose failure was shown.
    told: BTreeSet<usize>,
    /// Whether a resource was shown.
    rows: bool,
    /// The last line of output, and how often it was repeated.
    repeated: Option<(Event, usize)>,
    /// Addresses that answered.
    answering: Vec<SafeLine>,
}

/// A running action.
#[derive(Debug)]
struct ShownAction {
    /// The resource.
    id: String,
    action: String,
    notified_by: Option<String>,
    /// Summaries of the changes so far.
    changes: Vec<SafeLine>,
    /// Whether a line was shown for it.
    shown: bool,
    /// Whether the rows inside it have a heading yet.
    headed: bool,
}

impl ShownAction {
    fn new(resource: &ResourceRef, action: &str, notified_by: Option<&String>) -> Self {
        let (id, action, notified_by) = (resource.id.clone(), action.to_owned(), notified_by.cloned());
        Self { id, action, notified_by, changes: Vec::new(), shown: false, headed: false }
    }
}

impl Lines {
    pub(super) fn new(detail: Detail, differences: Differences) -> Self {
        Self {
            detail,
            differences,
            of_many: false,
            mode: Mode::Run,
            page: Page::default(),
            turns: BTreeMap::new(),
            last: None,
            open: Vec::new(),
            told: BTreeSet::new(),
            rows: false,
            repeated: None,
            answering: Vec::new(),
        }
    }

    /// For one of several targets. Name, counts and times are shown elsewhere.
    pub(super) fn of_many(detail: Detail, differences: Differences) -> Self {
        Self { of_many: true, ..Self::new(detail, differences) }
    }

    /// Formats an event as lines, which may be empty. Repeated lines are counted.
    pub(super) fn render(&mut self, event: &Event) -> Page {
        if let Some((_, times)) = self.repeated.as_mut().filter(|(last, _)| last == event) {
            *times += 1;
            return Page::default();
        }
        let rows = self.rows;
        let text = self.told(event);
        if self.detail == Detail::Failures && !is_always_told(event) {
            self.rows = rows;
            return Page::default();
        }
        if text.is_empty() {
            return text;
        }
        let mut page = self.repeated.take().map(|(_, times)| folded::more(times)).unwrap_or_default();
        self.repeated = is_log(event).then(|| (event.clone(), 0));
        page.page(&text);
        page
    }

    fn told(&mut self, event: &Event) -> Page {
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
                self.page.page(&crate::report::diagnostic::one(diagnostic));
            }
            Event::Note { text } => self.page.line(SafeLine::of(text)),
            Event::Message { location, text } => {
                // Each line has its location, so that it can't look like a line of chefrs.
                let place = SafeLine::of(location.to_string());
                text.lines().for_each(|said| self.page.line(line!("{}: {}", place, SafeLine::quoted(said))));
            }
            Event::ActionStarted { resource, action, notified_by } => {
                let action = ShownAction::new(resource, action, notified_by.as_ref());
                self.turns.insert(resource.row, action);
            }
            Event::Change { resource, summary, diff, may, withheld, .. } => {
                self.change(resource, summary, diff.as_deref(), *may);
                if *withheld {
                    let words = "the difference is not shown: the resource is sensitive";
                    self.page.line(line!("{}{}", margin(resource, 2), paint(FAINT, words)));
                }
            }
            Event::Output { resource, line: printed } => {
                if self.detail == Detail::Everything {
                    self.line(resource, &paint(FAINT, line!("| {}", SafeLine::quoted(printed))));
                }
            }
            Event::Waiting { resource, message } => {
                self.line(resource, &line!("waiting: {}", SafeLine::of(message)));
            }
            Event::Retry { resource, failure, left } => {
                let word = paint(WARNING, "attempt failed:");
                let left = SafeLine::count(usize::try_from(*left).unwrap_or(usize::MAX), "attempt");
                self.line(resource, &line!("{} {}; {} left", word, SafeLine::of(&failure.message), left));
                // The next attempt announces the failed change again.
                self.turns.get_mut(&resource.row).map(|turn| turn.changes.pop());
            }
            Event::ActionFinished { resource, action, outcome, milliseconds } => {
                self.turns.entry(resource.row).or_insert_with(|| ShownAction::new(resource, action, None));
                self.finished(resource, action, outcome, *milliseconds);
                self.turns.remove(&resource.row);
            }
            Event::Notified { from, .. } => self.notified(from, event),
            Event::LeftOut { resources, by } => {
                self.page.page(&run_lines::left_out(resources, by, self.detail == Detail::Everything));
            }
            Event::NotRun { resources, reason } => self.apart(run_lines::not_run(resources, reason)),
            Event::Restart { resource, reason, delay } => {
                self.apart(run_lines::restart(&resource.id, reason, *delay));
            }
            Event::Traffic { sent, received, turns, unshared } => {
                if self.detail == Detail::Everything {
                    let numbers = [*sent, *received, *turns];
                    self.page.page(&run_lines::traffic(numbers, unshared.as_deref()));
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
                    if !is_left && !self.answering.is_empty() {
                        let places = SafeLine::list(&self.answering, "and");
                        self.page.line(line!("it answers at {}", places));
                    }
                }
            }
        }
        std::mem::take(&mut self.page)
    }

    /// A line that belongs to no resource above it.
    fn apart(&mut self, line: SafeLine) {
        self.open.clear();
        self.last = None;
        self.page.line(line);
    }

    /// A notification, below the resource that sends it.
    fn notified(&mut self, from: &str, event: &Event) {
        let Some(mut words) = notification::words(self.mode, self.detail, event) else { return };
        if self.last.as_ref().is_none_or(|(_, id)| id != from) {
            words = line!("{} {}", SafeLine::of(from), words);
        }
        let style = notification::style(event);
        self.page.line(line!("{}{}", SafeLine::space(2 * self.open.len() + 2), paint(style, words)));
    }

    fn change(&mut self, resource: &ResourceRef, summary: &str, diff: Option<&str>, may: bool) {
        let would = match (self.mode, may) {
            (Mode::Run, _) => "",
            (Mode::Plan, false) => "would ",
            (Mode::Plan, true) => "may ",
        };
        let summary = SafeLine::of(summary);
        // Continues the previous line: `create: add user …`, `and add to group …`.
        let and = if self.changes_of(resource).is_empty() { "" } else { "and " };
        // If the action is called `run`, the verb would be repeated.
        let runs = self.turns.get(&resource.row).is_some_and(|turn| turn.action == "run");
        let bare = summary.after("run").filter(|_| runs && and.is_empty() && would.is_empty());
        self.line(resource, &line!("{}{}{}", and, would, bare.as_ref().unwrap_or(&summary)));
        for difference in diff_lines(diff.unwrap_or_default(), self.differences) {
            self.page.line(line!("{}{}", margin(resource, 2), difference));
        }
        if let Some(turn) = self.turns.get_mut(&resource.row) {
            turn.changes.push(summary);
        }
    }

    fn finished(&mut self, resource: &ResourceRef, action: &str, outcome: &Outcome, milliseconds: u64) {
        self.answering.extend(address(self.mode, resource, outcome));
        let everything = self.detail == Detail::Everything;
        let took = if everything && !self.of_many {
            line!(" ({})", closing::duration(milliseconds))
        } else {
            SafeLine::default()
        };
        let words = match outcome {
            Outcome::Failed { failure, ignored } => {
                let changes = self.changes_of(resource).to_vec();
                self.open.clear();
                self.last = None;
                self.rows = true;
                self.told.insert(resource.row);
                let text = failure::render(self.mode, resource, action, failure, *ignored, &changes);
                return self.page.page(&text);
            }
            // The heading is above, and the rows inside have said it.
            Outcome::Unknown { failure: None, .. } if self.open.last() == Some(&resource.id) => return,
            Outcome::Unknown { until, failure } => {
                let now = failure.as_ref().map(|failure| {
                    line!(
                        "in the present state of the machine it would fail: {}; ",
                        SafeLine::of(&failure.message)
                    )
                });
                let words = line!("{}unknown until {}", now.unwrap_or_default(), SafeLine::of(until));
                self.line(resource, &paint(WARNING, words));
                for hint in failure.iter().flat_map(|failure| &failure.hints) {
                    self.page.line(line!("{}hint: {}", margin(resource, 1), SafeLine::of(hint)));
                }
                return;
            }
            Outcome::NotRun { reason } if everything || self.mode == Mode::Plan => {
                let words = line!("not run: {}", SafeLine::of(reason));
                return self.line(resource, &paint(FAINT, words));
            }
            Outcome::Skipped { reason } if everything => line!("skipped: {}", SafeLine::of(reason)),
            Outcome::UpToDate if everything => "up to date".into(),
            Outcome::Updated if everything && self.mode == Mode::Run => "updated".into(),
            _ => return,
        };
        self.line(resource, &paint(FAINT, line!("{}{}", words, took)));
    }

    /// A line about a resource. The first line of an action names both, further ones are indented below it.
    fn line(&mut self, resource: &ResourceRef, words: &SafeLine) {
        let last = self.last.replace((resource.row, resource.id.clone()));
        let shown = self.turns.get(&resource.row).is_some_and(|turn| turn.shown);
        if shown && last.is_some_and(|(row, _)| row == resource.row) {
            return self.page.line(line!("{}{}", margin(resource, 1), words));
        }
        self.headings(resource);
        let (mut action, mut notified_by) = (SafeLine::default(), None);
        if let Some(turn) = self.turns.get_mut(&resource.row) {
            turn.shown = true;
            action = SafeLine::of(&turn.action);
            notified_by = turn.notified_by.take();
        }
        let id = paint(ADDED, SafeLine::of(&resource.id));
        let by = if resource.asked_by.is_empty() {
            SafeLine::default()
        } else {
            paint(FAINT, line!(" (cookbook {})", SafeLine::of(&resource.asked_by)))
        };
        // If the summary is the name of the action, it is not repeated.
        let words = if action == *words { SafeLine::default() } else { line!(": {}", words) };
        let action = if action.is_empty() { action } else { line!(" {}", action) };
        self.page.line(line!("{}{}{}{}{}", margin(resource, 0), id, by, action, words));
        if let Some(notifier) = notified_by {
            let words = paint(FAINT, line!("notified by {}", SafeLine::of(notifier)));
            self.page.line(line!("{}{}", margin(resource, 1), words));
        }
        self.rows = true;
    }

    /// Adds the headings of the custom resources that contain a resource, unless they are above already. A custom resource
    /// whose rows were interrupted (by a resource that was notified immediately) is continued.
    fn headings(&mut self, resource: &ResourceRef) {
        let shared = self.open.iter().zip(&resource.within).take_while(|(a, b)| a == b).count();
        for (depth, id) in resource.within.iter().enumerate().skip(shared) {
            let turn = self.turns.values_mut().find(|turn| turn.id == *id);
            let again = turn.is_some_and(|turn| std::mem::replace(&mut turn.headed, true));
            let further: SafeLine = if again { ", continued".into() } else { SafeLine::default() };
            let id = paint(STRONG, SafeLine::of(id));
            self.page.line(line!("{}{}{}", SafeLine::space(2 * depth), id, further));
        }
        self.open.clone_from(&resource.within);
    }

    /// Shows failures outside of actions (the target was lost), which have no lines yet.
    fn tell_untold(&mut self, failures: &[(ResourceRef, Failure)]) {
        for (resource, reason) in failures {
            if self.told.insert(resource.row) {
                self.rows = true;
                self.page.page(&failure::render(self.mode, resource, "", reason, false, &[]));
            }
        }
    }

    fn changes_of(&self, resource: &ResourceRef) -> &[SafeLine] {
        self.turns.get(&resource.row).map_or(&[], |turn| &turn.changes)
    }
}

/// Failures, and other events that are always shown.
fn is_always_told(event: &Event) -> bool {
    match event {
        Event::ActionFinished { outcome, .. } => matches!(outcome, Outcome::Failed { .. }),
        Event::Warning { .. }
        | Event::Note { .. }
        | Event::LeftOut { .. }
        | Event::NotRun { .. }
        | Event::Restart { .. }
        | Event::RunFinished { .. } => true,
        _ => false,
    }
}

/// Whether the event is a line of output, which may be repeated.
fn is_log(event: &Event) -> bool {
    matches!(event, Event::Output { .. } | Event::Waiting { .. } | Event::Message { .. })
}

/// The address that answered an `http_check`, which is usually its name.
fn address(mode: Mode, resource: &ResourceRef, outcome: &Outcome) -> Option<SafeLine> {
    let name = resource.id.strip_prefix("http_check[")?.strip_suffix(']')?;
    let answers = mode == Mode::Run && *outcome == Outcome::UpToDate && name.starts_with("http");
    answers.then(|| SafeLine::of(name))
}

/// Indentation: two columns for each custom resource around it and for each further level.
fn margin(resource: &ResourceRef, further: usize) -> SafeLine {
    SafeLine::space(2 * (resource.within.len() + further))
}
