//! Finds lines in files: the line that Lua is running, and the line that sets a property.

use mlua::Lua;

use crate::model::error::Location;

/// File and line of the innermost Lua function that is running. None outside of Lua.
pub(super) fn here(lua: &Lua) -> Option<Location> {
    (0..200)
        .map_while(|level| {
            lua.inspect_stack(level, |frame| {
                let source = frame.source().source?;
                let file = source.strip_prefix('@')?.to_owned();
                let line = frame.current_line().and_then(|line| u32::try_from(line).ok())?;
                Some(Location::new(file, line))
            })
        })
        .flatten()
        .next()
}

/// The text of an evaluated file, with an index of its lines, because thousands of rows may quote them.
pub(super) struct SourceText {
    pub(super) text: Box<str>,
    /// Offset of each line.
    lines: Vec<usize>,
}

impl SourceText {
    pub(super) fn new(text: &str) -> Self {
        let further = memchr::memchr_iter(b'\n', text.as_bytes()).map(|end| end + 1);
        Self { text: text.into(), lines: std::iter::once(0).chain(further).collect() }
    }

    /// Returns a line, counted from 1. Empty if it does not exist.
    pub(super) fn line(&self, number: u32) -> &str {
        let begin = (number as usize).checked_sub(1).and_then(|index| self.lines.get(index));
        begin.and_then(|&begin| self.text[begin..].lines().next()).unwrap_or_default()
    }
}

/// The line that sets a property, at or after the line of the declaration.
pub(super) fn property_line(source: &str, declared: u32, property: &str) -> Option<u32> {
    let from = declared.saturating_sub(1) as usize;
    let mut indent = 0;
    for (offset, line) in source.lines().skip(from).enumerate() {
        let depth = line.len() - line.trim_start().len();
        if offset == 0 {
            indent = depth;
        }
        if assigns(line, property) {
            return u32::try_from(from + offset + 1).ok();
        }
        // The closing brace of the declaration ends the search.
        if offset > 0 && depth <= indent && line.trim_start().starts_with(['}', ')']) {
            return None;
        }
    }
    None
}

/// Whether a line assigns to `name`. A comparison does not count.
fn assigns(line: &str, name: &str) -> bool {
    let code = line.split("--").next().unwrap_or(line);
    code.match_indices(name).any(|(at, _)| {
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let before = code[..at].chars().next_back();
        let after = code[at + name.len()..].trim_start();
        before.is_none_or(|c| !word(c) && c != '.') && after.starts_with('=') && !after.starts_with("==")
    })
}
