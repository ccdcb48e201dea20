//! Files that are not programs: YAML, JSON, XML, templates.

use super::unreadable::{Recognised, Unreadable};
use crate::model::error::Diagnostic;

const EXAMPLE: &str = "recipes are Lua: `package \"nginx\" { action = \"install\" }`";

/// `- name: nginx` and `nginx:`.
pub(super) fn yaml(unreadable: &Unreadable<'_>) -> Recognised {
    if !unreadable.open().is_empty() {
        return None;
    }
    let first = unreadable.text.lines().find(|line| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with("--") && !line.starts_with('#')
    })?;
    let line = unreadable.line(unreadable.at);
    let begins = unreadable.text.starts_with("---\n") || first.trim_end().ends_with(':');
    if !is_entry(first) || !(is_entry(line) || begins || line.trim_start().starts_with("- ")) {
        return None;
    }
    Some((
        unreadable.line_start(unreadable.at),
        Diagnostic::error("this is YAML, not a recipe").hint(EXAMPLE),
    ))
}

/// Whether a line is `key:` or `key: value`, or a list item with one.
fn is_entry(line: &str) -> bool {
    let line = line.trim();
    let (is_item, line) = line.strip_prefix("- ").map_or((false, line), |rest| (true, rest));
    let Some((key, value)) = line.split_once(':') else { return is_item };
    let is_key =
        !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/'));
    is_key && (value.is_empty() || value.starts_with(' '))
}

/// A file that starts like another format.
pub(super) fn other(unreadable: &Unreadable<'_>) -> Recognised {
    if unreadable.at != unreadable.text.len() - unreadable.text.trim_start().len() {
        return None;
    }
    let rest = unreadable.rest();
    let name = match rest.chars().next()? {
        '{' | '[' => "JSON",
        '<' if rest.starts_with("<%") => "a template",
        '<' => "XML",
        _ => return None,
    };
    Some((unreadable.at, Diagnostic::error(format!("this is {name}, not a recipe")).hint(EXAMPLE)))
}
