//! The end of the text report: failed resources, how to go on, and the summary.

use std::collections::BTreeSet;

use crate::model::error::Failure;
use crate::model::event::{Counts, Mode, ResourceRef};

use super::super::line::{Page, SafeLine, line};
use super::super::style::{ADDED, ERROR, HINT, STRONG, WARNING, paint};

/// The failed resources if there are several, how to go on, and the summary.
pub(super) fn close(
    page: &mut Page,
    mode: Mode,
    is_left: bool,
    counts: &Counts,
    failures: &[(ResourceRef, Failure)],
    milliseconds: u64,
) {
    if failures.len() > 1 {
        // A resource may have failed in several actions.
        let mut told = BTreeSet::new();
        for (resource, _) in failures.iter().filter(|(resource, _)| told.insert(resource.row)) {
            page.line(failed(resource));
        }
    }
    if is_left && mode == Mode::Run {
        page.line(go_on(counts, failures.is_empty()));
    }
    page.line(totals(mode, counts, milliseconds));
}

fn failed(resource: &ResourceRef) -> SafeLine {
    let place = SafeLine::of(resource.location.to_string());
    line!("{} {} ({})", paint(ERROR, "failed:"), SafeLine::of(&resource.id), place)
}

fn go_on(counts: &Counts, interrupted: bool) -> SafeLine {
    let stays = if counts.updated == 0 { "" } else { "changes so far are kept; " };
    let cause = if interrupted { "run again to go on" } else { "fix the cause and run again" };
    line!("{} {}{}; finished work is skipped", paint(HINT, "hint:"), stays, cause)
}

/// The summary: `12 updated, 94 up to date, 1 skipped, 0 failed in 3.2 s`.
fn totals(mode: Mode, counts: &Counts, milliseconds: u64) -> SafeLine {
    let head = if mode == Mode::Plan { "plan: " } else { "" };
    line!("{}{} in {}", head, counted(mode, counts, true), duration(milliseconds))
}

/// The counts: `12 updated, 94 up to date, 1 skipped`. Includes `0 failed` only on request.
pub(in crate::report) fn counted(mode: Mode, counts: &Counts, say_none_failed: bool) -> SafeLine {
    let (updated, failed) = match mode {
        Mode::Run => ("updated", "failed"),
        Mode::Plan => ("would change", "would fail"),
    };
    // The first three are always shown, the others only if they are not 0.
    let parts = [
        (counts.updated, updated, true, ADDED),
        (counts.up_to_date, "up to date", true, STRONG),
        (counts.skipped, "skipped", false, STRONG),
        (counts.unknown, "unknown", false, WARNING),
        (counts.not_run, "not run", false, WARNING),
        (counts.left_out, "left out", false, STRONG),
        (counts.ignored, "failed but ignored", false, WARNING),
        (counts.failed, failed, say_none_failed, ERROR),
    ];
    let words: Vec<SafeLine> = parts
        .into_iter()
        .filter(|(n, _, always, _)| *always || *n > 0)
        .map(|(n, word, _, style)| {
            let part = line!("{} {}", n, word);
            if n == 0 { part } else { paint(style, part) }
        })
        .collect();
    SafeLine::join(&words, ", ")
}

/// Formats a duration: `340 ms`, `3.2 s`, `2 min 5 s`.
pub(in crate::report) fn duration(milliseconds: u64) -> SafeLine {
    match milliseconds {
        0..1_000 => line!("{} ms", milliseconds),
        1_000..60_000 => line!("{}.{} s", milliseconds / 1_000, milliseconds % 1_000 / 100),
        _ => line!("{} min {} s", milliseconds / 60_000, milliseconds % 60_000 / 1_000),
    }
}
