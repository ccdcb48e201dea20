//! The functions that a script may use, of which only those are written that it does.

use std::collections::BTreeSet;

use crate::model::packed;

/// What stands before a command.
const BEFORE_COMMAND: [&str; 13] =
    ["\n", "|| ", "&& ", "; ", "then ", "else ", "if ", "! ", "$(", "until ", "{ ", "elif ", ") "];

/// The functions that a script calls with these names, and those that they call, in the order of the file.
pub(super) fn of(mut used: BTreeSet<String>) -> String {
    let functions: Vec<(&str, &str)> =
        all().split("\n\n").filter_map(|text| Some((name(text)?, text.trim_end()))).collect();
    loop {
        let before = used.len();
        for (called, _) in &functions {
            let is_called = |(name, text): &(&str, &str)| used.contains(*name) && calls(text, called);
            if functions.iter().any(is_called) {
                used.insert((*called).to_owned());
            }
        }
        if used.len() == before {
            break;
        }
    }
    let needed = functions.iter().filter(|(name, _)| used.contains(*name));
    needed.flat_map(|(_, text)| [*text, "\n\n"]).collect()
}

/// Whether a function calls another one.
pub(super) fn calls(text: &str, called: &str) -> bool {
    text.match_indices(called).any(|(at, _)| {
        let before = text[..at].trim_end_matches(' ');
        let is_command =
            before.ends_with('\n') || BEFORE_COMMAND.iter().any(|word| text[..at].ends_with(word));
        is_command && text[at + called.len()..].starts_with([' ', '\n', ';', ')'])
    })
}

/// The name of a function, from its first line.
fn name(text: &str) -> Option<&str> {
    text.lines().find_map(|line| line.strip_suffix("() {").or_else(|| line.strip_suffix("() (")))
}

/// All functions, each with a comment, separated by empty lines.
fn all() -> &'static str {
    packed::text("src/export/sh/prelude", "functions.sh").unwrap_or_default()
}
