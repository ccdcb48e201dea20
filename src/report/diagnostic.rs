//! A diagnostic as a person reads it: `error:`, `-->`, the excerpt, notes, hints. Styled; strip the styles where they are unwanted.

use crate::model::english::{one_line, quoted_line};
use crate::model::error::{Diagnostic, Location, Severity};

use super::page::Page;
use super::style::{ERROR, FAINT, HINT, PLACE, WARNING, paint};

/// Renders diagnostics, a blank line between them and a newline after the last.
#[must_use]
pub fn render_all(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(render).collect::<Vec<_>>().join("\n")
}

/// Renders one diagnostic, with a newline at its end.
#[must_use]
pub fn render(diagnostic: &Diagnostic) -> String {
    let word = match diagnostic.severity {
        Severity::Error => paint(ERROR, "error:"),
        Severity::Warning => paint(WARNING, "warning:"),
    };
    let mut page = Page::default();
    page.line(format!("{word} {}", one_line(&diagnostic.message)));
    if let Some(location) = &diagnostic.location {
        page.text(&place(location));
    }
    for note in &diagnostic.notes {
        page.line(format!("note: {}", quoted_line(note)));
    }
    page.text(&hints(&diagnostic.hints));
    page.finish()
}

/// `  --> file:line` and below it the line itself.
pub(super) fn place(location: &Location) -> String {
    let mut page = Page::default();
    page.line(format!("  {} {}", paint(PLACE, "-->"), one_line(&location.to_string())));
    if !location.excerpt.is_empty() {
        let gutter = paint(FAINT, &format!("{} |", location.line));
        page.line(format!("{gutter} {}", quoted_line(&location.excerpt)));
    }
    page.finish()
}

/// `hint: …`, a line each.
pub(super) fn hints(hints: &[String]) -> String {
    let word = paint(HINT, "hint:");
    let mut page = Page::default();
    for hint in hints {
        page.line(format!("{word} {}", one_line(hint)));
    }
    page.finish()
}
