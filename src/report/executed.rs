//! Formats the results of `chefrs exec`: the output and outcome of each machine, and a summary.

use crate::model::ending::Ending;
use crate::model::event::Mode;
use crate::model::executed::Executed;

use super::diagnostic::hints;
use super::line::{Page, SafeLine, line};
use super::style::{ERROR, FAINT, STRONG, paint};
use super::text::closing::duration;

/// Most names in a list.
const NAMES: usize = 8;

/// The result of one of several machines: a heading, followed by the output.
#[must_use]
pub fn block(executed: &Executed) -> String {
    let name = paint(STRONG, SafeLine::of(&executed.target));
    let took = paint(FAINT, line!("({})", duration(executed.milliseconds)));
    let mut page = Page::default();
    match ending(executed) {
        None => page.line(line!("{} {}", name, took)),
        Some(ending) => page.line(line!("{}: {} {}", name, paint(ERROR, ending), took)),
    }
    for printed in &executed.output {
        page.line(line!("  {}", SafeLine::quoted(printed)));
    }
    if executed.dropped > 0 {
        let dropped = SafeLine::count(executed.dropped, "further line");
        page.line(paint(FAINT, line!("  ({} not kept)", dropped)));
    }
    page.page(&trouble(executed, "  "));
    page.finish()
}

/// Why the only machine failed. Its output was printed already. Empty if it succeeded.
#[must_use]
pub fn verdict(executed: &Executed) -> String {
    let mut page = Page::default();
    if let Some(ending) = ending(executed) {
        page.line(line!("{} {}: {}", paint(ERROR, "error:"), SafeLine::of(&executed.target), ending));
        page.page(&trouble(executed, ""));
    }
    page.finish()
}

/// The summary: `5 targets: 3 succeeded, 1 failed, and 1 unreachable`.
#[must_use]
pub fn sum(outcomes: &[Ending]) -> String {
    let counted = Ending::ALL.iter().filter_map(|ending| {
        let number = outcomes.iter().filter(|outcome| *outcome == ending).count();
        (number > 0).then(|| line!("{} {}", number, ending.words(Mode::Run)))
    });
    let counted = SafeLine::list(&counted.collect::<Vec<_>>(), "and");
    let mut page = Page::default();
    page.line(line!("{}: {}", SafeLine::count(outcomes.len(), "target"), counted));
    page.finish()
}

fn ending(executed: &Executed) -> Option<SafeLine> {
    let failure = executed.failure.as_ref();
    match executed.outcome {
        Ending::Succeeded => None,
        // The user knows the command. The exit status is what matters.
        Ending::Failed => Some(failure.map_or_else(SafeLine::default, |failure| {
            let status = failure.command.as_ref().and_then(|command| command.status.as_ref());
            SafeLine::of(status.unwrap_or(&failure.message))
        })),
        ending => Some(
            failure.map_or_else(|| ending.words(Mode::Run).into(), |failure| SafeLine::of(&failure.message)),
        ),
    }
}

/// Details and hints. The output of the command was shown already.
fn trouble(executed: &Executed, margin: &'static str) -> Page {
    let mut page = Page::default();
    let Some(failure) = &executed.failure else { return page };
    if executed.outcome != Ending::Failed {
        for seen in failure.evidence() {
            page.line(line!("{}{}", margin, paint(FAINT, line!("| {}", SafeLine::quoted(seen)))));
        }
    }
    for hint in hints(&failure.hints).lines() {
        page.line(line!("{}{}", margin, hint));
    }
    page
}

/// Names of the machines with failures, for the end of a long report.
#[must_use]
pub fn troubled(names: &[String]) -> String {
    let mut shown: Vec<SafeLine> = names.iter().take(NAMES).map(SafeLine::of).collect();
    if names.len() > NAMES {
        shown.push(line!("{} more", names.len() - NAMES));
    }
    let mut page = Page::default();
    if !shown.is_empty() {
        page.line(line!("failed: {}", SafeLine::list(&shown, "and")));
    }
    page.finish()
}
