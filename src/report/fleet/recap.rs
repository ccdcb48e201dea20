//! The end of the report: a row for each host, and all of them in one sentence.

use std::collections::BTreeMap;

use anstyle::Style;

use crate::model::ending::Ending;
use crate::model::english::{count, list, one_line};
use crate::model::event::Mode;
use crate::model::fleet::TargetOutcome;

use super::super::page::Page;
use super::super::style::{ADDED, ERROR, HINT, STRONG, WARNING, paint};
use super::super::text::closing::{counted, duration};

/// Names that a proposal repeats; with more, it would be longer than what was typed.
const NAMES: usize = 10;

/// The recap; hosts come in the order of their names. `run` is the id under which the run is recorded, if it is.
pub(super) fn render(mode: Mode, hosts: &[TargetOutcome], milliseconds: u64, run: Option<&str>) -> String {
    let rows: Vec<RecapRow> = hosts.iter().map(|host| RecapRow::new(mode, host)).collect();
    let widths = [0, 1, 2, 3].map(|column| rows.iter().map(|row| row.width(column)).max().unwrap_or(0));
    let mut page = Page::default();
    page.line("");
    page.line(paint(STRONG, "recap"));
    for row in &rows {
        page.line(row.line(widths));
    }
    page.line("");
    page.line(sentence(mode, hosts, milliseconds));
    if let Some(hint) = go_on(mode, hosts, run) {
        page.line(format!("{} {hint}", paint(HINT, "hint:")));
    }
    page.finish()
}

/// One host: name, outcome, counts, time. Each as it is, and as it is shown.
struct RecapRow([(String, String); 4]);

impl RecapRow {
    fn new(mode: Mode, host: &TargetOutcome) -> Self {
        let plain = |text: String| (text.clone(), text);
        let words = host.outcome.words(mode);
        let counts = host.counts.map(|counts| counted(mode, &counts, false)).unwrap_or_default();
        let bare = anstream::adapter::strip_str(&counts).to_string();
        let took =
            if host.outcome == Ending::NotStarted { String::new() } else { duration(host.milliseconds) };
        Self([
            plain(one_line(&host.target)),
            (words.to_owned(), paint(style(host.outcome), words)),
            (bare, counts),
            plain(took),
        ])
    }

    fn width(&self, column: usize) -> usize {
        self.0[column].0.chars().count()
    }

    fn line(&self, widths: [usize; 4]) -> String {
        let mut line = String::from(" ");
        for (column, (_, shown)) in self.0.iter().enumerate() {
            let space = " ".repeat(widths[column] - self.width(column));
            line.push(' ');
            // Times are numbers, and numbers stand at the right.
            let parts = if column == 3 { [&space, shown, ""] } else { [shown, &space, " "] };
            line.extend(parts);
        }
        line.trim_end().to_owned()
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

/// `5 targets: 3 converged, 1 failed, and 1 unreachable in 20.1 s`.
fn sentence(mode: Mode, hosts: &[TargetOutcome], milliseconds: u64) -> String {
    let mut endings: BTreeMap<Ending, usize> = BTreeMap::new();
    for host in hosts {
        *endings.entry(host.outcome).or_default() += 1;
    }
    let parts: Vec<String> = endings
        .iter()
        .map(|(ending, n)| paint(style(*ending), &format!("{n} {}", ending.words(mode))))
        .collect();
    let plan = if mode == Mode::Plan { "plan: " } else { "" };
    let targets = count(hosts.len(), "target");
    format!("{plan}{targets}: {} in {}", list(&parts, "and"), duration(milliseconds))
}

/// What is to be done about hosts that are not as declared.
fn go_on(mode: Mode, hosts: &[TargetOutcome], run: Option<&str>) -> Option<String> {
    let open: Vec<&TargetOutcome> = hosts.iter().filter(|host| !host.outcome.is_well()).collect();
    if open.is_empty() || mode == Mode::Plan {
        return None;
    }
    let is_failure = open.iter().any(|host| host.outcome.is_failure());
    // The other options are not repeated: attributes among them may be long, or nobody's business.
    if let Some(run) = run {
        let cause = if is_failure { "mend the cause, then " } else { "" };
        let command = format!("chefrs run --failed-from {}", one_line(run));
        return Some(format!("{cause}`{command}`, other options as before, goes on with what is left to do"));
    }
    let cause = if is_failure { "mend the cause and " } else { "" };
    let names: Vec<String> = open.iter().map(|host| one_line(&host.target)).collect();
    let these = if names.len() > NAMES || names.len() == hosts.len() {
        String::new()
    } else {
        format!(" with `-t {}`", names.join(","))
    };
    Some(format!("{cause}run again{these}: only what is left to do is done"))
}
