//! A diagnostic as a person reads it: `error:`, `-->`, the excerpt, notes, hints. Styled; strip the styles where they are unwanted.

use crate::model::error::{Diagnostic, Location, Severity};

use super::line::{Page, SafeLine, line};
use super::style::{ERROR, FAINT, HINT, PLACE, WARNING, paint};

/// Renders diagnostics, a blank line between them and a newline after the last.
#[must_use]
pub fn render_all(diagnostics: &[Diagnostic]) -> String {
    all(diagnostics).finish()
}

/// Renders one diagnostic, with a newline at its end.
#[must_use]
pub fn render(diagnostic: &Diagnostic) -> String {
    one(diagnostic).finish()
}

/// All of them, a blank line between them.
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

/// One of them.
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
    for note in &diagnostic.notes {
        page.line(line!("note: {}", SafeLine::quoted(note)));
    }
    page.page(&hints(&diagnostic.hints));
    page
}

/// `  --> file:line` and below it the line itself.
pub(super) fn place(location: &Location) -> Page {
    let mut page = Page::default();
    page.line(line!("  {} {}", paint(PLACE, "-->"), SafeLine::of(location.to_string())));
    if !location.excerpt.is_empty() {
        let gutter = paint(FAINT, line!("{} |", location.line));
        page.line(line!("{} {}", gutter, SafeLine::quoted(&location.excerpt)));
    }
    page
}

/// `hint: …`, a line each.
pub(super) fn hints(hints: &[String]) -> Page {
    let mut page = Page::default();
    for hint in hints {
        page.line(line!("{} {}", paint(HINT, "hint:"), SafeLine::of(hint)));
    }
    page
}
