//! The recap at the end of the report: a row for each target, and a summary.

use std::collections::BTreeMap;

use anstyle::Style;

use crate::model::ending::Ending;
use crate::model::event::Mode;
use crate::model::fleet::TargetOutcome;

use super::super::closing::{counted, duration};
use crate::report::line::{Page, SafeLine, line};
use crate::report::style::{ADDED, ERROR, HINT, STRONG, WARNING, paint};

/// Most names in a suggested command. With more, it would be longer than the original one.
const NAMES: usize = 10;

/// Formats the recap. Targets are sorted by name, and those that need attention have a row. `run` is the id of the run,
/// if it is recorded.
pub(super) fn render(
    mode: Mode,
    shown: &[&TargetOutcome],
    hosts: &[TargetOutcome],
    (milliseconds, run): (u64, Option<&str>),
) -> Page {
    let rows: Vec<RecapRow> = shown.iter().map(|host| RecapRow::new(mode, host)).collect();
    let widths = [0, 1, 2, 3].map(|column| rows.iter().map(|row| row.width(column)).max().unwrap_or(0));
    let mut page = Page::default();
    if !rows.is_empty() {
        page.line("");
        page.line(paint(STRONG, "recap"));
        for row in &rows {
            page.line(row.line(widths));
        }
        page.line("");
    }
    page.line(sentence(mode, hosts, milliseconds));
    if let Some(hint) = go_on(mode, hosts, run) {
        page.line(line!("{} {}", paint(HINT, "hint:"), hint));
    }
    page
}

/// A row: name, outcome, counts, time.
struct RecapRow([SafeLine; 4]);

impl RecapRow {
    fn new(mode: Mode, host: &TargetOutcome) -> Self {
        let counts = host.counts.map(|counts| counted(mode, &counts, false)).unwrap_or_default();
        let is_begun = host.outcome != Ending::NotStarted;
        let took = if is_begun { duration(host.milliseconds) } else { SafeLine::default() };
        let ending = paint(style(host.outcome), host.outcome.words(mode));
        Self([SafeLine::of(&host.target), ending, counts, took])
    }

    fn width(&self, column: usize) -> usize {
        self.0[column].width()
    }

    fn line(&self, widths: [usize; 4]) -> SafeLine {
        let mut row = SafeLine::space(1);
        for (column, shown) in self.0.iter().enumerate() {
            let space = SafeLine::space(widths[column] - self.width(column));
            // Times are right-aligned.
            row = match column {
                3 => line!("{} {}{}", row, space, shown),
                _ => line!("{} {}{} ", row, shown, space),
            };
        }
        row.trimmed()
    }
}

fn style(outcome: Ending) -> Style {
    match outcome {
        Ending::Changes => ADDED,
        _ if outcome.is_well() => STRONG,
        _ if outcome.is_stopped() => WARNING,
        _ => ERROR,
    }
}

/// The summary: `5 targets: 3 converged, 1 failed, and 1 unreachable in 20.1 s`.
fn sentence(mode: Mode, hosts: &[TargetOutcome], milliseconds: u64) -> SafeLine {
    let mut endings: BTreeMap<Ending, usize> = BTreeMap::new();
    for host in hosts {
        *endings.entry(host.outcome).or_default() += 1;
    }
    let part = |(ending, n): (&Ending, &usize)| paint(style(*ending), line!("{} {}", n, ending.words(mode)));
    let parts: Vec<SafeLine> = endings.iter().map(part).collect();
    let plan = if mode == Mode::Plan { "plan: " } else { "" };
    let targets = SafeLine::count(hosts.len(), "target");
    line!("{}{}: {} in {}", plan, targets, SafeLine::list(&parts, "and"), duration(milliseconds))
}

/// A suggestion for targets that are not as declared.
fn go_on(mode: Mode, hosts: &[TargetOutcome], run: Option<&str>) -> Option<SafeLine> {
    let open: Vec<&TargetOutcome> = hosts.iter().filter(|host| !host.outcome.is_well()).collect();
    if open.is_empty() || mode == Mode::Plan {
        return None;
    }
    let is_failure = open.iter().any(|host| host.outcome.is_failure());
    // Other options are not repeated. Attributes may be long or secret.
    if let Some(run) = run {
        let cause = if is_failure { "fix the cause, then " } else { "" };
        let command = line!("chefrs run --failed-from {}", SafeLine::of(run));
        return Some(line!("{}`{}`, with the same other options, continues with the rest", cause, command));
    }
    let cause = if is_failure { "fix the cause and " } else { "" };
    let names: Vec<SafeLine> = open.iter().map(|host| SafeLine::of(&host.target)).collect();
    let these = if names.len() > NAMES || names.len() == hosts.len() {
        SafeLine::default()
    } else {
        line!(" with `-t {}`", SafeLine::join(&names, ","))
    };
    Some(line!("{}run again{}; finished work is skipped", cause, these))
}
