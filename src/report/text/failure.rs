//! Formats a failed action: the resource, the command with its last output, the changes before it, and hints.

use crate::model::error::Failure;
use crate::model::event::{Mode, ResourceRef};
use crate::model::step::Command;

use super::super::diagnostic::{hints, place};
use super::super::line::{Page, SafeLine, line};
use super::super::style::{ERROR, FAINT, WARNING, paint};
use super::folded;

/// The lines of a failure. `changes` are the changes started by the same action; the last one failed.
pub(in crate::report) fn render(
    mode: Mode,
    resource: &ResourceRef,
    action: &str,
    failure: &Failure,
    ignored: bool,
    changes: &[SafeLine],
) -> Page {
    let word = if ignored { paint(WARNING, "warning:") } else { paint(ERROR, "error:") };
    let action = SafeLine::of(action);
    let verb = match (mode, action.is_empty()) {
        (Mode::Run, true) => "failed".into(),
        (Mode::Plan, true) => "would fail".into(),
        (Mode::Run, false) => line!("failed to {}", action),
        (Mode::Plan, false) => line!("would fail to {}", action),
    };
    let mut page = Page::default();
    page.line(line!("{} {} {}: {}", word, SafeLine::of(&resource.id), verb, SafeLine::of(&failure.message)));
    page.page(&place(&resource.location));
    for notch in resource.within.iter().rev() {
        page.line(line!("note: it is part of {}", SafeLine::of(notch)));
    }
    if !resource.asked_by.is_empty() {
        page.line(line!("note: the cookbook `{}` asked for it", SafeLine::of(&resource.asked_by)));
    }
    if let Some(command) = &failure.command {
        let words = Command::new(command.argv.iter().map(String::as_str)).display();
        page.line(line!("command: {}", SafeLine::of(words)));
        if let Some(status) = &command.status {
            page.line(line!("status: {}", SafeLine::of(status)));
        }
    }
    let output = failure.command.iter().flat_map(|command| &command.output);
    for seen in folded::folded(output.chain(&failure.details)) {
        page.line(line!("{} {}", paint(FAINT, "  |"), seen));
    }
    if let (Mode::Run, [done @ .., _]) = (mode, changes)
        && !done.is_empty()
    {
        page.line(line!("already changed: {}", SafeLine::join(done, "; ")));
    }
    if ignored {
        page.line("note: `ignore_failure` is set, so the run goes on");
    }
    page.page(&hints(&failure.hints));
    page
}
