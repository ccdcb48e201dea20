//! Commands that were asked for by hand: for each machine how it went and what was printed, and all in one sentence.

use crate::model::ending::Ending;
use crate::model::english::{count, list, one_line, quoted_line};
use crate::model::event::Mode;
use crate::model::executed::Executed;

use super::diagnostic::hints;
use super::page::Page;
use super::style::{ERROR, FAINT, STRONG, paint};
use super::text::closing::duration;

/// Names that are listed before the rest is counted.
const NAMES: usize = 8;

/// One machine of several: a heading, and below it what was printed.
#[must_use]
pub fn block(executed: &Executed) -> String {
    let name = paint(STRONG, &one_line(&executed.target));
    let took = paint(FAINT, &format!("({})", duration(executed.milliseconds)));
    let mut page = Page::default();
    match ending(executed) {
        None => page.line(format!("{name} {took}")),
        Some(ending) => page.line(format!("{name}: {} {took}", paint(ERROR, &ending))),
    }
    for line in &executed.output {
        page.line(format!("  {}", quoted_line(line)));
    }
    if executed.dropped > 0 {
        page.line(paint(FAINT, &format!("  ({} not kept)", count(executed.dropped, "further line"))));
    }
    page.text(&trouble(executed, "  "));
    page.finish()
}

/// The only machine: why it went wrong, below what it has printed already; nothing if it went well.
#[must_use]
pub fn verdict(executed: &Executed) -> String {
    let mut page = Page::default();
    if let Some(ending) = ending(executed) {
        page.line(format!("{} {}: {ending}", paint(ERROR, "error:"), one_line(&executed.target)));
        page.text(&trouble(executed, ""));
    }
    page.finish()
}

/// All of them in a sentence: `5 targets: 3 succeeded, 1 failed, and 1 unreachable`.
#[must_use]
pub fn sum(outcomes: &[Ending]) -> String {
    let counted = Ending::ALL.iter().filter_map(|ending| {
        let number = outcomes.iter().filter(|outcome| *outcome == ending).count();
        (number > 0).then(|| format!("{number} {}", ending.words(Mode::Run)))
    });
    format!("{}: {}\n", count(outcomes.len(), "target"), list(&counted.collect::<Vec<_>>(), "and"))
}

fn ending(executed: &Executed) -> Option<String> {
    let failure = executed.failure.as_ref();
    match executed.outcome {
        Ending::Succeeded => None,
        // The command is what was typed: how it ended is the news.
        Ending::Failed => Some(failure.map_or_else(String::new, |failure| {
            let status = failure.command.as_ref().and_then(|command| command.status.as_ref());
            one_line(status.unwrap_or(&failure.message))
        })),
        ending => Some(
            failure.map_or_else(|| ending.words(Mode::Run).to_owned(), |failure| one_line(&failure.message)),
        ),
    }
}

/// What helps; the last words of a command are in its output already.
fn trouble(executed: &Executed, margin: &str) -> String {
    let Some(failure) = &executed.failure else { return String::new() };
    let mut page = Page::default();
    if executed.outcome != Ending::Failed {
        for line in failure.evidence() {
            page.line(format!("{margin}{}", paint(FAINT, &format!("| {}", quoted_line(line)))));
        }
    }
    for line in hints(&failure.hints).lines() {
        page.line(format!("{margin}{line}"));
    }
    page.finish()
}

/// Names of machines that a person should look at, for the end of a long list.
#[must_use]
pub fn troubled(names: &[String]) -> String {
    let mut shown: Vec<String> = names.iter().take(NAMES).map(|name| one_line(name)).collect();
    if names.len() > NAMES {
        shown.push(format!("{} more", names.len() - NAMES));
    }
    if shown.is_empty() { String::new() } else { format!("not well: {}\n", list(&shown, "and")) }
}
