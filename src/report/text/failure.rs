//! A failed action: what, where, the command with its last words, what was done before it, and the way out.

use crate::model::english::{one_line, quoted_line};
use crate::model::error::Failure;
use crate::model::event::{Mode, ResourceRef};
use crate::model::step::Command;

use super::super::diagnostic::{hints, place};
use super::super::page::Page;
use super::super::style::{ERROR, FAINT, WARNING, paint};

/// The lines of a failure. `changes` are those begun in the same action; the last is the one that broke off.
pub(super) fn render(
    mode: Mode,
    resource: &ResourceRef,
    action: &str,
    failure: &Failure,
    ignored: bool,
    changes: &[String],
) -> String {
    let id = one_line(&resource.id);
    let word = if ignored { paint(WARNING, "warning:") } else { paint(ERROR, "error:") };
    let verb = match (mode, action.is_empty()) {
        (Mode::Run, true) => "failed".to_owned(),
        (Mode::Plan, true) => "would fail".to_owned(),
        (Mode::Run, false) => format!("failed to {action}"),
        (Mode::Plan, false) => format!("would fail to {action}"),
    };
    let mut page = Page::default();
    page.line(format!("{word} {id} {verb}: {}", one_line(&failure.message)));
    page.text(&place(&resource.location));
    for notch in resource.within.iter().rev() {
        page.line(format!("note: it is part of {}", one_line(notch)));
    }
    if let Some(command) = &failure.command {
        let line = Command::new(command.argv.iter().map(String::as_str)).display();
        page.line(format!("command: {}", one_line(&line)));
        if let Some(status) = &command.status {
            page.line(format!("status: {}", one_line(status)));
        }
    }
    let output = failure.command.iter().flat_map(|command| &command.output);
    for line in output.chain(&failure.details) {
        page.line(format!("{} {}", paint(FAINT, "  |"), quoted_line(line)));
    }
    if let (Mode::Run, [done @ .., _]) = (mode, changes)
        && !done.is_empty()
    {
        page.line(format!("already changed: {}", done.join("; ")));
    }
    if ignored {
        page.line("note: `ignore_failure` is set, so the run goes on");
    }
    page.text(&hints(&failure.hints));
    page.finish()
}
