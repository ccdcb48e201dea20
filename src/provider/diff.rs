//! Differences of texts, for people.

use similar::TextDiff;

/// Longest diff that is shown, in lines.
const LINES: usize = 200;

/// A unified diff with three lines of context; nothing where the texts are equal, or only look like text.
#[must_use]
pub fn unified(old: &str, new: &str) -> Option<String> {
    if old == new || old.contains('\0') || new.contains('\0') {
        return None;
    }
    let diff = TextDiff::from_lines(old, new);
    let text = diff.unified_diff().context_radius(3).to_string();
    Some(shortened(text))
}

/// The text, cut where it is longer than a person reads.
#[must_use]
pub fn shortened(text: String) -> String {
    let lines = text.lines().count();
    if lines <= LINES {
        return text;
    }
    let shown: Vec<&str> = text.lines().take(LINES).collect();
    format!("{}\n… {} more lines\n", shown.join("\n"), lines - LINES)
}
