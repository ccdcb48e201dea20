//! Attributes from the command line: a JSON or TOML file, or `--set key=value`. These functions parse text and read no
//! files.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::document::{Document, dotted};
use crate::model::error::{Diagnostic, Location};
use crate::model::node::{AttributeSource, Layer};

/// Deepest nesting of an attribute.
const DEPTH_LIMIT: usize = 64;
/// The table with attributes in files, where all keys are allowed.
pub(super) const TABLE: &str = "attributes";

/// Parses a JSON file given on the command line. `origin` is the path as typed.
///
/// # Errors
/// The text is not a JSON object, or has a null or a key that begins with `$`.
pub fn from_json(origin: &str, text: &str) -> Result<AttributeSource, Diagnostic> {
    sourced(Layer::CommandLine, origin, Document::json(origin, text)?)
}

/// Parses a TOML file given on the command line. `origin` is the path as typed.
///
/// # Errors
/// The text is not TOML, or has a key that begins with `$`.
pub fn from_toml(origin: &str, text: &str) -> Result<AttributeSource, Diagnostic> {
    sourced(Layer::CommandLine, origin, Document::toml(origin, text)?)
}

/// Parses `nginx.port=81`. The value is JSON if it can be parsed as JSON, otherwise a string.
///
/// # Errors
/// There is no `=`, a component of the key is empty, the value has a null, or a key begins with `$`.
pub fn from_set(word: &str) -> Result<AttributeSource, Diagnostic> {
    let origin = format!("--set {word}");
    let at = Location::new(&origin, 0);
    let Some((key, text)) = word.split_once('=') else {
        return Err(Diagnostic::error(format!("`--set {word}` has no `=`"))
            .hint(format!("write `--set {word}=VALUE`, such as `--set nginx.port=81`")));
    };
    let key = key.trim();
    if key.split('.').any(|part| part.is_empty() || part.contains(char::is_whitespace)) {
        return Err(Diagnostic::error(format!("`{key}` is not an attribute"))
            .at(at)
            .hint("name an attribute by its dotted path, such as `nginx.port`"));
    }
    let value = match serde_json::from_str(text) {
        Ok(value) => value,
        // Only broken JSON begins like that.
        Err(error) if [r#"{""#, r#"[""#, "[{"].iter().any(|begin| text.starts_with(begin)) => {
            return Err(Diagnostic::error(format!("the value of `{key}` is not JSON: {error}"))
                .at(at)
                .hint(format!("put the whole word in single quotes for the shell: --set '{word}'")));
        }
        Err(_) => Value::String(text.to_owned()),
    };
    let mut values = Map::new();
    for part in key.rsplit('.') {
        let inner =
            if values.is_empty() { value.clone() } else { Value::Object(std::mem::take(&mut values)) };
        values.insert(part.to_owned(), inner);
    }
    let lines = BTreeMap::from([(key.to_owned(), at.clone())]);
    check_map(&values, "", 0, &|_| at.clone())?;
    Ok(AttributeSource { layer: Layer::CommandLine, origin, lines, values })
}

fn sourced(layer: Layer, origin: &str, document: Document) -> Result<AttributeSource, Diagnostic> {
    check_map(&document.values, "", 0, &|path| document.place(path))?;
    Ok(AttributeSource { layer, origin: origin.to_owned(), lines: document.lines, values: document.values })
}

/// The attributes in the `[attributes]` table of a file, by path within the table.
pub(super) fn of_table(
    document: &Document,
    layer: Layer,
    wrong: &mut Vec<Diagnostic>,
) -> Option<AttributeSource> {
    let Value::Object(values) = document.values.get(TABLE)? else {
        let message = format!("`{}` must be a table", document.shown(TABLE));
        wrong.push(document.wrong(TABLE, message).hint(format!("write `[{TABLE}]`")));
        return None;
    };
    let lines = document.lines_below(TABLE);
    let place = |path: &str| lines.get(path).cloned().unwrap_or_else(|| document.place(TABLE));
    if let Err(found) = check_map(values, "", 0, &place) {
        wrong.push(found);
    }
    Some(AttributeSource { layer, origin: document.origin.clone(), lines, values: values.clone() })
}

/// Checks that values and keys are allowed in attributes.
fn check_map(
    values: &Map<String, Value>,
    path: &str,
    depth: usize,
    place: &dyn Fn(&str) -> Location,
) -> Result<(), Diagnostic> {
    for (key, value) in values {
        let key_path = dotted(path, key);
        if key.starts_with('$') {
            return Err(Diagnostic::error(format!("the key `{key_path}` begins with `$`"))
                .at(place(&key_path))
                .hint("such keys are reserved; choose another name"));
        }
        check(value, &key_path, depth, place)?;
    }
    Ok(())
}

fn check(
    value: &Value,
    path: &str,
    depth: usize,
    place: &dyn Fn(&str) -> Location,
) -> Result<(), Diagnostic> {
    if depth > DEPTH_LIMIT {
        return Err(Diagnostic::error(format!("`{path}` nests deeper than {DEPTH_LIMIT}")).at(place(path)));
    }
    match value {
        Value::Null => Err(Diagnostic::error(format!("`{path}` is null, but an attribute needs a value"))
            .at(place(path))
            .hint("leave it out, or write `false`")),
        Value::Object(map) => check_map(map, path, depth + 1, place),
        Value::Array(items) => items.iter().try_for_each(|item| check(item, path, depth + 1, place)),
        _ => Ok(()),
    }
}
