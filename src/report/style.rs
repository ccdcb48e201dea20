//! The few colours in use. Colour repeats what the words say; it never says anything alone.

use anstyle::{AnsiColor, Style};

use super::line::SafeLine;

/// A resource that changes, and the added lines of a diff.
pub(super) const ADDED: Style = AnsiColor::Green.on_default();
/// The removed lines of a diff.
pub(super) const REMOVED: Style = AnsiColor::Red.on_default();
/// Line numbers of a diff, paths.
pub(super) const PLACE: Style = AnsiColor::Cyan.on_default();
/// `error:`, and what failed.
pub(super) const ERROR: Style = AnsiColor::Red.on_default().bold();
/// `warning:`, and what can't be told yet.
pub(super) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
/// `hint:`.
pub(super) const HINT: Style = AnsiColor::Cyan.on_default().bold();
/// Headings.
pub(super) const STRONG: Style = Style::new().bold();
/// What may be skipped while reading.
pub(super) const FAINT: Style = Style::new().dimmed();

/// Words in a style.
pub(super) fn paint(style: Style, words: impl Into<SafeLine>) -> SafeLine {
    words.into().painted(style)
}
