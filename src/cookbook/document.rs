//! A TOML or JSON file as plain data, with the line of every key, so that a mistake is shown where it stands.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use toml::de::{DeTable, DeValue};

use crate::model::english;
use crate::model::error::{Diagnostic, Location};
use crate::model::node;

/// Longest excerpt in a message, in characters.
const EXCERPT: usize = 160;

/// A file that was understood.
#[derive(Debug)]
pub(super) struct Document {
    origin: String,
    /// Its content.
    pub(super) values: Map<String, Value>,
    /// Dotted paths to their lines.
    pub(super) lines: BTreeMap<String, Location>,
}

impl Document {
    /// Reads TOML.
    pub(super) fn toml(origin: &str, text: &str) -> Result<Self, Diagnostic> {
        let table = DeTable::parse(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            let message = error.message().lines().next().unwrap_or_default().to_lowercase();
            Diagnostic::error(format!("this is not TOML: {message}")).at(place(origin, text, at))
        })?;
        let mut document = Self { origin: origin.to_owned(), values: Map::new(), lines: BTreeMap::new() };
        document.values = document.table(text, "", table.into_inner())?;
        Ok(document)
    }

    /// Reads JSON, whose outermost value is an object.
    pub(super) fn json(origin: &str, text: &str) -> Result<Self, Diagnostic> {
        let value: Value = serde_json::from_str(text).map_err(|error| {
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or_default();
            let line = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
            Diagnostic::error(format!("this is not JSON: {message}")).at(place(origin, text, line))
        })?;
        let Value::Object(values) = value else {
            return Err(Diagnostic::error("the file must hold one JSON object")
                .at(place(origin, text, 0))
                .hint("write `{ \"nginx\": { \"port\": 81 } }`"));
        };
        Ok(Self { origin: origin.to_owned(), values, lines: json_lines(origin, text) })
    }

    /// Where a key stands.
    pub(super) fn place(&self, path: &str) -> Location {
        self.lines.get(path).cloned().unwrap_or_else(|| Location::new(&self.origin, 0))
    }

    /// An error at a key.
    pub(super) fn wrong(&self, path: &str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(message).at(self.place(path))
    }

    /// An error for each key of a table that is not among the known ones.
    pub(super) fn unknown_keys(&self, path: &str, known: &[&str]) -> Vec<Diagnostic> {
        let table = if path.is_empty() {
            Some(&self.values)
        } else {
            node::lookup(&self.values, path).and_then(Value::as_object)
        };
        let unknown = table.into_iter().flat_map(Map::keys).filter(|key| !known.contains(&key.as_str()));
        unknown
            .map(|key| {
                let key_path = dotted(path, key);
                let wrong = self.wrong(&key_path, format!("`{key_path}` is not a known key"));
                wrong.hint(english::suggestion(key, known, "known keys are"))
            })
            .collect()
    }

    /// The string under a key; an error if something else stands there.
    pub(super) fn string(&self, path: &str, wrong: &mut Vec<Diagnostic>) -> Option<String> {
        match node::lookup(&self.values, path)? {
            Value::String(text) => Some(text.clone()),
            _ => {
                wrong.push(self.wrong(path, format!("`{path}` must be a string")));
                None
            }
        }
    }

    fn table(
        &mut self,
        text: &str,
        path: &str,
        table: DeTable<'_>,
    ) -> Result<Map<String, Value>, Diagnostic> {
        let mut values = Map::new();
        for (key, value) in table {
            let key_path = dotted(path, key.get_ref());
            self.lines.insert(key_path.clone(), place(&self.origin, text, key.span().start));
            let value = self.value(text, &key_path, value.into_inner())?;
            values.insert(key.into_inner().into_owned(), value);
        }
        Ok(values)
    }

    fn value(&mut self, text: &str, path: &str, value: DeValue<'_>) -> Result<Value, Diagnostic> {
        Ok(match value {
            DeValue::String(string) => Value::String(string.into_owned()),
            DeValue::Boolean(flag) => Value::Bool(flag),
            DeValue::Datetime(time) => Value::String(time.to_string()),
            DeValue::Integer(integer) => match i64::from_str_radix(integer.as_str(), integer.radix()) {
                Ok(integer) => integer.into(),
                Err(_) => return Err(self.wrong(path, format!("`{path}` is too large a number"))),
            },
            DeValue::Float(float) => match float.as_str().parse::<f64>() {
                Ok(number) if number.is_finite() => number.into(),
                _ => return Err(self.wrong(path, format!("`{path}` must be a finite number"))),
            },
            DeValue::Table(table) => Value::Object(self.table(text, path, table)?),
            DeValue::Array(items) => {
                let mut list = Vec::new();
                for (index, item) in items.into_iter().enumerate() {
                    let item_path = dotted(path, &index.to_string());
                    list.push(self.value(text, &item_path, item.into_inner())?);
                }
                Value::Array(list)
            }
        })
    }
}

/// `nginx.port`.
pub(super) fn dotted(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// The place of a byte in a text.
fn place(origin: &str, text: &str, at: usize) -> Location {
    let at = at.min(text.len());
    let line = memchr::memchr_iter(b'\n', &text.as_bytes()[..at]).count();
    let source = text.split('\n').nth(line).unwrap_or_default().trim_end();
    Location {
        file: origin.to_owned(),
        line: u32::try_from(line).unwrap_or(u32::MAX - 1) + 1,
        excerpt: english::printable(source).chars().take(EXCERPT).collect(),
    }
}

/// Lines of all keys of a text that is known to be JSON.
fn json_lines(origin: &str, text: &str) -> BTreeMap<String, Location> {
    let mut lines = BTreeMap::new();
    let mut path: Vec<Option<String>> = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'{' | b'[' => path.push(None),
            b'}' | b']' => drop(path.pop()),
            b'"' => {
                let start = at;
                at += 1;
                while bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                let is_key = text[at + 1..].trim_start().starts_with(':');
                if is_key && let Ok(key) = serde_json::from_str::<String>(&text[start..=at]) {
                    if let Some(last) = path.last_mut() {
                        *last = Some(key);
                    }
                    let keys: Vec<&str> = path.iter().flatten().map(String::as_str).collect();
                    lines.insert(keys.join("."), place(origin, text, start));
                }
            }
            _ => {}
        }
        at += 1;
    }
    lines
}
