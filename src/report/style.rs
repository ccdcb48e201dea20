//! The colours in use. They only repeat what the words say.

use anstyle::{AnsiColor, Style};

use super::line::SafeLine;

/// A resource that changes, and added lines of a diff.
pub(super) const ADDED: Style = AnsiColor::Green.on_default();
/// Removed lines of a diff.
pub(super) const REMOVED: Style = AnsiColor::Red.on_default();
/// Paths, and line numbers of a diff.
pub(super) const PLACE: Style = AnsiColor::Cyan.on_default();
/// `error:`, and failures.
pub(super) const ERROR: Style = AnsiColor::Red.on_default().bold();
/// `warning:`, and unknown results.
pub(super) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
/// `hint:`.
pub(super) const HINT: Style = AnsiColor::Cyan.on_default().bold();
/// Headings.
pub(super) const STRONG: Style = Style::new().bold();
/// Less important text.
pub(super) const FAINT: Style = Style::new().dimmed();

/// Applies a style.
pub(super) fn paint(style: Style, words: impl Into<SafeLine>) -> SafeLine {
    words.into().painted(style)
}
