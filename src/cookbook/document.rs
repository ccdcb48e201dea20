//! A parsed TOML or JSON file with the line of every key, for error messages.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use toml::de::{DeTable, DeValue};

use super::keys::FileKey;
use crate::model::english;
use crate::model::error::{Diagnostic, Location};
use crate::model::node;
use crate::model::sorted;

/// Longest excerpt in a message, in characters.
const EXCERPT: usize = 160;
/// Limit for the total length of paths whose lines are recorded, in bytes. Deeply nested keys with long names can have
/// paths that are far longer than the file. Beyond the limit, messages show the file without a line.
const PATHS: usize = 16 << 20;

/// A parsed file, or a table in it.
#[derive(Debug)]
pub(super) struct Document {
    /// Name of the file.
    pub(super) origin: String,
    /// Location of the whole: the file, or the key of the table.
    pub(super) whole: Location,
    /// Path of the table in the file.
    above: String,
    pub(super) values: Map<String, Value>,
    /// The line of each dotted path.
    pub(super) lines: BTreeMap<String, Location>,
}

impl Document {
    /// Parses TOML.
    pub(super) fn toml(origin: &str, text: &str) -> Result<Self, Diagnostic> {
        let text = LinedText::new(origin, text);
        let table = DeTable::parse(text.text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            let message = error.message().lines().next().unwrap_or_default().to_lowercase();
            Diagnostic::error(format!("this is not TOML: {message}")).at(text.place(at))
        })?;
        let mut document = Self::of(origin, Map::new(), BTreeMap::new());
        document.values = document.table(&text, "", table.into_inner())?;
        Ok(document)
    }

    /// Parses JSON. The top-level value must be an object.
    pub(super) fn json(origin: &str, text: &str) -> Result<Self, Diagnostic> {
        let text = LinedText::new(origin, text);
        let value: Value = serde_json::from_str(text.text).map_err(|error| {
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or_default();
            let line = text.starts.get(error.line().saturating_sub(1)).copied().unwrap_or_default();
            Diagnostic::error(format!("this is not JSON: {message}")).at(text.place(line))
        })?;
        let Value::Object(values) = value else {
            return Err(Diagnostic::error("this is not a JSON object")
                .at(text.place(0))
                .hint("write `{ \"nginx\": { \"port\": 81 } }`"));
        };
        Ok(Self::of(origin, values, json_lines(&text)))
    }

    fn of(origin: &str, values: Map<String, Value>, lines: BTreeMap<String, Location>) -> Self {
        let whole = Location::new(origin, 0);
        Self { origin: origin.to_owned(), whole, above: String::new(), values, lines }
    }

    /// The table with this key, which may contain dots, as a document of its own. None if it is not a table.
    pub(super) fn inner(&self, key: &str) -> Option<Self> {
        let values = self.values.get(key)?.as_object()?.clone();
        Some(Self {
            origin: self.origin.clone(),
            whole: self.place(key),
            above: dotted(&self.above, key),
            values,
            lines: self.lines_below(key),
        })
    }

    /// The lines of everything below a key, by the rest of the path.
    pub(super) fn lines_below(&self, key: &str) -> BTreeMap<String, Location> {
        let prefix = format!("{key}.");
        let lines = self.lines.range(prefix.clone()..);
        let below =
            |(path, line): (&String, &Location)| Some((path.strip_prefix(&prefix)?.to_owned(), line.clone()));
        sorted::collected(lines.map_while(below))
    }

    /// Location of a key.
    pub(super) fn place(&self, path: &str) -> Location {
        self.lines.get(path).unwrap_or(&self.whole).clone()
    }

    /// An error about a key.
    pub(super) fn wrong(&self, path: &str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(message).at(self.place(path))
    }

    /// The path of a key in the whole file, for messages.
    pub(super) fn shown(&self, path: &str) -> String {
        dotted(&self.above, path)
    }

    /// An error for each key of a table that is not known.
    pub(super) fn unknown_keys(&self, path: &str, known: &[FileKey]) -> Vec<Diagnostic> {
        let known: Vec<&str> = known.iter().map(|key| key.name).collect();
        let table = if path.is_empty() {
            Some(&self.values)
        } else {
            node::lookup(&self.values, path).and_then(Value::as_object)
        };
        let unknown = table.iter().copied().flat_map(Map::keys).filter(|key| !known.contains(&key.as_str()));
        unknown
            .map(|key| {
                let key_path = dotted(path, key);
                let wrong = self.wrong(&key_path, format!("`{}` is not a known key", self.shown(&key_path)));
                let is_table = table.and_then(|table| table.get(key)).is_some_and(Value::is_object);
                let is_misspelt = english::nearest(key, known.iter().copied()).is_some();
                if is_table && !is_misspelt && known.contains(&"attributes") {
                    return wrong
                        .hint(format!("attributes belong below `[attributes]`: `[attributes.{key}]`"));
                }
                wrong.hint(english::suggestion(key, &known, "known keys are"))
            })
            .collect()
    }

    /// The string at a key. Reports an error if it is something else.
    pub(super) fn string(&self, path: &str, wrong: &mut Vec<Diagnostic>) -> Option<String> {
        match node::lookup(&self.values, path)? {
            Value::String(text) => Some(text.clone()),
            _ => {
                wrong.push(self.wrong(path, format!("`{}` must be a string", self.shown(path))));
                None
            }
        }
    }

    /// The boolean at a key. Reports an error if it is something else.
    pub(super) fn boolean(&self, key: &str, wrong: &mut Vec<Diagnostic>) -> Option<bool> {
        match self.values.get(key)? {
            Value::Bool(flag) => Some(*flag),
            _ => {
                wrong.push(self.wrong(key, format!("`{}` must be `true` or `false`", self.shown(key))));
                None
            }
        }
    }

    /// The list of strings at a key. Reports an error if it is something else, or has duplicates.
    pub(super) fn strings(&self, key: &str, wrong: &mut Vec<Diagnostic>) -> Vec<String> {
        let Some(value) = self.values.get(key) else { return Vec::new() };
        let items: Option<Vec<&str>> =
            value.as_array().and_then(|items| items.iter().map(Value::as_str).collect());
        let Some(items) = items else {
            let mistake = self.wrong(key, format!("`{}` must be a list of strings", self.shown(key)));
            wrong.push(mistake.hint(format!("write `{key} = [\"…\"]`")));
            return Vec::new();
        };
        let mut seen = BTreeSet::new();
        let (once, again): (Vec<&str>, Vec<&str>) = items.into_iter().partition(|item| seen.insert(*item));
        let twice = |item| self.wrong(key, format!("`{item}` is listed twice in `{}`", self.shown(key)));
        wrong.extend(again.into_iter().map(twice));
        once.into_iter().map(str::to_owned).collect()
    }

    fn table(
        &mut self,
        text: &LinedText<'_>,
        path: &str,
        table: DeTable<'_>,
    ) -> Result<Map<String, Value>, Diagnostic> {
        let mut values = Map::new();
        for (key, value) in table {
            let key_path = dotted(path, key.get_ref());
            if text.has_room(key_path.len()) {
                self.lines.insert(key_path.clone(), text.place(key.span().start));
            }
            let value = self.value(text, &key_path, value.into_inner())?;
            values.insert(key.into_inner().into_owned(), value);
        }
        Ok(values)
    }

    fn value(&mut self, text: &LinedText<'_>, path: &str, value: DeValue<'_>) -> Result<Value, Diagnostic> {
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

/// Joins a path and a key: `nginx.port`.
pub(super) fn dotted(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// A text with an index of its lines.
struct LinedText<'a> {
    origin: &'a str,
    text: &'a str,
    /// Offset of each line in bytes.
    starts: Vec<usize>,
    /// Remaining bytes for paths.
    room: Cell<usize>,
}

impl<'a> LinedText<'a> {
    fn new(origin: &'a str, text: &'a str) -> Self {
        // Some editors write a byte order mark.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let after_breaks = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
        let starts = std::iter::once(0).chain(after_breaks).collect();
        Self { origin, text, starts, room: Cell::new(PATHS) }
    }

    /// Whether there is room to record another path of this length.
    fn has_room(&self, bytes: usize) -> bool {
        let left = self.room.get().checked_sub(bytes);
        left.inspect(|left| self.room.set(*left)).is_some()
    }

    /// The location of an offset. In a long line, the excerpt starts near the offset. The time does not depend on the
    /// length of the text or the line, because a large text has many locations.
    fn place(&self, at: usize) -> Location {
        let line = self.starts.partition_point(|start| *start <= at).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or_default();
        let end = self.starts.get(line + 1).map_or(self.text.len(), |next| next - 1);
        let is_far = at - start > EXCERPT / 2;
        let source = self.text.get(if is_far { at..end } else { start..end }).unwrap_or_default();
        let excerpt: String = if is_far {
            "… ".chars().chain(source.chars()).take(EXCERPT).collect()
        } else {
            source.chars().take(EXCERPT).collect()
        };
        Location {
            file: self.origin.to_owned(),
            line: u32::try_from(line).unwrap_or(u32::MAX - 1) + 1,
            excerpt: english::printable(excerpt.trim_end()),
        }
    }
}

/// The lines of all keys in a valid JSON text.
fn json_lines(document: &LinedText<'_>) -> BTreeMap<String, Location> {
    let mut lines = BTreeMap::new();
    let mut path: Vec<Option<String>> = Vec::new();
    let text = document.text;
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
                    if document.has_room(keys.iter().map(|key| key.len() + 1).sum()) {
                        lines.insert(keys.join("."), document.place(start));
                    }
                }
            }
            _ => {}
        }
        at += 1;
    }
    lines
}
