//! Suggestions for words of other tools in recipes, and for assignments to the node as in other tools.

use serde_json::{Map, Value};

use crate::model::english::nearest;
use crate::model::error::{Diagnostic, Location};
use crate::model::foreign::{COOKBOOK_TYPES, FILES, ForeignWord, NODE_KEYS, TYPES, VALUES};
use crate::provider::common::common_properties;
use crate::resources;

use super::session::CompileSession;

/// The suggestion for an undefined name, from the text of its line.
pub(super) fn hint_for_name(name: &str, line: &str) -> Option<String> {
    if let Some(rest) = call_of(line, name)
        && is_property(name)
        && !line.trim_start().starts_with(name)
    {
        return Some(format!("a property takes an equals sign: write `{name} = {rest}`"));
    }
    if let Some(hint) = hint_for_state(name, line) {
        return Some(hint);
    }
    let row = ForeignWord::find(VALUES, name).or_else(|| declared(name))?;
    let toml =
        assigned_attribute(line, name).map(|line| format!("write `{line}` in chefrs.toml; {}", row.why));
    Some(toml.unwrap_or_else(|| row.hint(name)))
}

/// The suggestion for names such as `file.managed`, whose first part may be a type of chefrs.
pub(super) fn hint_for_state(name: &str, line: &str) -> Option<String> {
    let (_, rest) = line.split_once(&format!("{name}."))?;
    let state = format!("{name}.{}", word(rest));
    Some(declared(&state)?.hint(&state))
}

/// Finds a resource type of other tools.
fn declared(word: &str) -> Option<&'static ForeignWord> {
    [TYPES, COOKBOOK_TYPES, FILES].into_iter().find_map(|table| ForeignWord::find(table, word))
}

/// The suggestion for a key that the node does not have.
pub(super) fn hint_for_node_key(key: &str, line: &str) -> Option<String> {
    let row = ForeignWord::find(NODE_KEYS, key)?;
    let after = line.split_once(key).map_or("", |(_, rest)| rest.trim_start_matches(['"', '\'', ']']));
    let toml = toml_line(after).map(|line| format!("write `{line}` in chefrs.toml; {}", row.why));
    Some(toml.unwrap_or_else(|| row.hint(key)))
}

/// The line of chefrs.toml that is equivalent to an assignment to the node or to one of its attribute levels.
pub(super) fn assigned_attribute(line: &str, root: &str) -> Option<String> {
    let after = line.trim_start().strip_prefix(root)?;
    if after.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
        return None;
    }
    toml_line(after)
}

/// Converts `["nginx"]["port"] = 81` to TOML.
fn toml_line(text: &str) -> Option<String> {
    let (path, value) = text.split_once('=')?;
    let value = value.split("--").next().unwrap_or(value).trim();
    let keys: Vec<&str> = path
        .split(['.', '[', ']'])
        .map(|key| key.trim().trim_matches(['"', '\'']))
        .filter(|key| !key.is_empty())
        .collect();
    let plain = |key: &&str| key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if keys.is_empty() || !keys.iter().all(plain) {
        return None;
    }
    let value = match value.strip_prefix(['"', '\'']) {
        Some(text) => format!("\"{}\"", text.strip_suffix(['"', '\''])?),
        None if value == "true" || value == "false" || value.parse::<f64>().is_ok() => value.to_owned(),
        None => return None,
    };
    let inside = value.trim_matches('"');
    if inside.contains(['"', '\\']) {
        return None;
    }
    Some(format!("attributes.{} = {value}", keys.join(".")))
}

/// The argument of a call `name "text"` or `name 'text'` in a line, if it is one word.
fn call_of<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    line.match_indices(name).find_map(|(at, _)| {
        let before = line[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | ':')) {
            return None;
        }
        let rest = line[at + name.len()..].trim_start();
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let end = rest[1..].find(quote)? + 2;
        rest.get(..end)
    })
}

fn is_property(name: &str) -> bool {
    let of_a_type =
        || resources::TYPES.iter().any(|kind| (kind.schema)().properties.iter().any(|p| p.name == name));
    common_properties().iter().any(|property| property.name == name) || of_a_type()
}

fn word(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    &text[..end]
}

/// Adds a suggestion to an error of the Lua engine, if the line shows what was meant.
pub(super) fn explained(
    session: &CompileSession,
    facts: &Map<String, Value>,
    mut diagnostic: Diagnostic,
) -> Diagnostic {
    let Some(location) = diagnostic.location.clone() else { return diagnostic };
    let Location { excerpt, .. } = session.quote(location);
    if let Some(key) = diagnostic.message.strip_prefix("attempt to index function with '") {
        let key = key.trim_end_matches('\'').to_owned();
        let Some((name, _)) = excerpt.split_once(&format!(".{key}")) else { return diagnostic };
        let name = name.rsplit(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default();
        if resources::find(name).is_some() {
            diagnostic.message = format!("`{name}` is a resource type, and has no `{key}`");
            let hint = hint_for_state(name, &excerpt).unwrap_or_else(|| format!("{name} \"name\" {{ … }}"));
            diagnostic.hints = vec![hint];
        }
    } else if diagnostic.message == "this table is read-only"
        && let Some(line) = assigned_attribute(&excerpt, "node")
        && !is_fact(&line, facts)
    {
        diagnostic.hints =
            vec![format!("write `{line}` in chefrs.toml: recipes can read attributes, but not set them")];
    }
    diagnostic
}

/// Whether a line of chefrs.toml names a fact.
pub(super) fn is_fact(line: &str, facts: &Map<String, Value>) -> bool {
    let path = line.strip_prefix("attributes.").unwrap_or(line);
    facts.contains_key(word(path))
}

/// The suggestion for an undefined name that no tool knows.
pub(super) fn hint_for_unknown(name: &str, line: &str, known: &[String]) -> String {
    match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None if is_value(line, name) => format!("a string needs quotes: `\"{name}\"`"),
        None => format!(
            "`chefrs resources` lists the resource types; define a name of your own first: `local {name} = …`"
        ),
    }
}

/// Whether a name is used as a plain value: `action = start`.
fn is_value(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, _)| {
        let before = line[..at].trim_end();
        let after = line[at + name.len()..].trim_start();
        (before.ends_with(['=', ',', '{']) && !before.ends_with("==") && !before.ends_with("~="))
            && (after.is_empty() || after.starts_with([',', '}', ';']))
    })
}
