//! JSON, as text and as data.

use serde_json::Value;

use super::layout::Layout;
use super::unread::UnreadText;

/// The text of a value. Keys are sorted.
pub(super) fn write(value: &Value, layout: Layout) -> Result<String, String> {
    let text = match layout {
        Layout::Short => serde_json::to_string(value),
        Layout::Pretty => serde_json::to_string_pretty(value),
    };
    text.map_err(|error| format!("can't be written as JSON: {error}"))
}

/// The data in a text.
pub(super) fn read(text: &str) -> Result<Value, UnreadText> {
    serde_json::from_str(text).map_err(|error| {
        let problem = error.to_string();
        let problem = if error.is_eof() {
            "it ends too early"
        } else {
            problem.split(" at line ").next().unwrap_or_default()
        };
        let lines = text.split_inclusive('\n').map(str::len);
        let above: usize = lines.take(error.line().saturating_sub(1)).sum();
        UnreadText { problem: problem.to_owned(), at: above + error.column().saturating_sub(1) }
    })
}
