//! Attributes from the command line: a JSON or TOML file, or `--set key=value`. These functions parse text and read no
//! files.

use crate::model::sorted;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::document::{Document, dotted};
use crate::model::error::{Diagnostic, Location};
use crate::model::node::{AttributeSource, IDENTITY, Layer};

/// Deepest nesting of an attribute.
const DEPTH_LIMIT: usize = 64;
/// The table with attributes in files, where all keys are allowed.
pub(super) const TABLE: &str = "attributes";
/// The list of the attributes whose lower layers do not count.
const UNSET: &str = "unset";

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
    let Some(parts) = components(key) else { return Err(not_a_path(key).at(at)) };
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
    for part in parts.into_iter().rev() {
        let inner =
            if values.is_empty() { value.clone() } else { Value::Object(std::mem::take(&mut values)) };
        values.insert(part, inner);
    }
    let lines: BTreeMap<_, _> = sorted::collected([(key.to_owned(), at.clone())]);
    check_map(&values, "", 0, &|_| at.clone())?;
    Ok(AttributeSource { layer: Layer::CommandLine, origin, lines, unset: BTreeMap::new(), values })
}

/// Parses `nginx.port` of `--unset nginx.port`.
///
/// # Errors
/// A component of the path is empty or has a space.
pub fn from_unset(path: &str) -> Result<AttributeSource, Diagnostic> {
    let origin = format!("--unset {path}");
    let at = Location::new(&origin, 0);
    if !is_path(path) {
        return Err(not_a_path(path).at(at));
    }
    let unset: BTreeMap<_, _> = sorted::collected([(path.to_owned(), at)]);
    Ok(AttributeSource {
        layer: Layer::CommandLine,
        origin,
        lines: BTreeMap::new(),
        unset,
        values: Map::new(),
    })
}

fn is_path(path: &str) -> bool {
    !path.split('.').any(|part| part.is_empty() || part.contains(char::is_whitespace))
}

/// The components of a dotted path. One that has a dot itself is in double quotes: `app.hosts."a.example".port`.
fn components(key: &str) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut rest = key;
    loop {
        let (part, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => rest.split_at(rest.find('.').unwrap_or(rest.len())),
        };
        if part.is_empty() || part.contains(char::is_whitespace) || part.contains('"') {
            return None;
        }
        parts.push(part.to_owned());
        match after.strip_prefix('.') {
            Some(next) => rest = next,
            None => return after.is_empty().then_some(parts),
        }
    }
}

fn not_a_path(path: &str) -> Diagnostic {
    Diagnostic::error(format!("`{path}` is not an attribute"))
        .hint("name an attribute by its dotted path, such as `nginx.port`")
}

fn sourced(layer: Layer, origin: &str, document: Document) -> Result<AttributeSource, Diagnostic> {
    check_map(&document.values, "", 0, &|path| document.place(path))?;
    Ok(AttributeSource {
        layer,
        origin: origin.to_owned(),
        lines: document.lines,
        unset: BTreeMap::new(),
        values: document.values,
    })
}

/// The attributes in the `[attributes]` table of a file, by path within the table, and the paths in its list `unset`.
pub(super) fn of_table(
    document: &Document,
    layer: Layer,
    wrong: &mut Vec<Diagnostic>,
) -> Option<AttributeSource> {
    let unset = unset(document, wrong);
    let none = Value::Object(Map::new());
    let table = document.values.get(TABLE).or_else(|| (!unset.is_empty()).then_some(&none))?;
    let Value::Object(values) = table else {
        let message = format!("`{}` must be a table", document.shown(TABLE));
        wrong.push(document.wrong(TABLE, message).hint(format!("write `[{TABLE}]`")));
        return None;
    };
    let lines = document.lines_below(TABLE);
    let place = |path: &str| lines.get(path).cloned().unwrap_or_else(|| document.place(TABLE));
    if let Err(found) = check_map(values, "", 0, &place) {
        wrong.push(found);
    }
    Some(AttributeSource { layer, origin: document.origin.clone(), lines, unset, values: values.clone() })
}

/// The paths in the list `unset` of a file.
fn unset(document: &Document, wrong: &mut Vec<Diagnostic>) -> BTreeMap<String, Location> {
    let place = document.place(UNSET);
    let mut found = BTreeMap::new();
    for path in document.strings(UNSET, wrong) {
        if is_path(&path) {
            found.insert(path, place.clone());
        } else {
            wrong.push(not_a_path(&path).at(place.clone()));
        }
    }
    found
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
        if depth == 0 && path.is_empty() && IDENTITY.contains(&key.as_str()) {
            return Err(Diagnostic::error(format!(
                "`{key}` can't be an attribute: in recipes it is the node's own"
            ))
            .at(place(&key_path))
            .hint("choose another name, or put it into a table: `[attributes.office]`"));
        }
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
