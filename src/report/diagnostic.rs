//! Formats a diagnostic for people: `error:`, `-->`, the excerpt, notes, and hints. The text has styles; the caller
//! strips them if necessary.

use crate::model::error::{Diagnostic, Location, Severity};

use super::line::{Page, SafeLine, line};
use super::style::{ERROR, FAINT, HINT, PLACE, WARNING, paint};

/// Formats diagnostics, separated by blank lines, with a newline at the end.
#[must_use]
pub fn render_all(diagnostics: &[Diagnostic]) -> String {
    all(diagnostics).finish()
}

/// Formats a diagnostic, with a newline at the end.
#[must_use]
pub fn render(diagnostic: &Diagnostic) -> String {
    one(diagnostic).finish()
}

/// Formats diagnostics, separated by blank lines.
pub(super) fn all(diagnostics: &[Diagnostic]) -> Page {
    let mut page = Page::default();
    for (index, diagnostic) in diagnostics.iter().enumerate() {
        if index > 0 {
            page.line("");
        }
        page.page(&one(diagnostic));
    }
    page
}

/// Formats a diagnostic.
pub(super) fn one(diagnostic: &Diagnostic) -> Page {
    let word = match diagnostic.severity {
        Severity::Error => paint(ERROR, "error:"),
        Severity::Warning => paint(WARNING, "warning:"),
    };
    let mut page = Page::default();
    page.line(line!("{} {}", word, SafeLine::of(&diagnostic.message)));
    if let Some(location) = &diagnostic.location {
        page.page(&place(location));
    }
    for note in diagnostic.notes() {
        page.line(line!("note: {}", SafeLine::quoted(&note)));
    }
    page.page(&hints(&diagnostic.hints));
    page
}

/// The location `  --> file:line` and the text of the line.
pub(super) fn place(location: &Location) -> Page {
    let mut page = Page::default();
    page.line(line!("  {} {}", paint(PLACE, "-->"), SafeLine::of(location.to_string())));
    if !location.excerpt.is_empty() {
        let gutter = paint(FAINT, line!("{} |", location.line));
        page.line(line!("{} {}", gutter, SafeLine::quoted(&location.excerpt)));
    }
    page
}

/// The lines `hint: …`.
pub(super) fn hints(hints: &[String]) -> Page {
    let mut page = Page::default();
    for hint in hints {
        page.line(line!("{} {}", paint(HINT, "hint:"), SafeLine::of(hint)));
    }
    page
}
