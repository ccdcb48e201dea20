//! The keys of a YAML file: where they stand, and what their values are.

use std::ops::Range;

use serde_json::Value;

use super::lines::{YamlLine, quotes_in, read, split};
use crate::model::error::Failure;
use crate::model::yaml_scalar::{self as scalar, same};
use crate::provider::edited_file::lines;
use crate::resources::edit::assignment::name;

/// A file, line by line.
pub(super) struct YamlFile<'a> {
    pub(super) text: &'a str,
    pub(super) lines: Vec<&'a str>,
    pub(super) said: Vec<YamlLine<'a>>,
}

/// A key of a map, and where it stands.
pub(super) struct YamlEntry<'a> {
    /// The key without quotes.
    pub(super) key: String,
    /// The line of the key.
    pub(super) at: usize,
    pub(super) indent: usize,
    /// The value on the same line.
    pub(super) value: &'a str,
    /// The lines below it that belong to it.
    pub(super) body: Range<usize>,
}

/// What is at a key.
pub(super) enum YamlValue {
    Nothing,
    Value(Value),
    /// A map that is written line by line.
    Map,
    /// It is written in a way that is not read here.
    Other,
}

impl YamlValue {
    /// Whether it is this value. An empty map is merged into any map.
    pub(super) fn is(&self, wanted: &Value) -> bool {
        match self {
            Self::Value(found) => same(found, wanted),
            Self::Map => wanted.as_object().is_some_and(serde_json::Map::is_empty),
            Self::Nothing | Self::Other => false,
        }
    }
}

impl<'a> YamlFile<'a> {
    pub(super) fn read(text: &'a str) -> Result<Self, Failure> {
        let lines = lines(text);
        let said = read(&lines)?;
        Ok(Self { text, lines, said })
    }

    /// The entries of the map in these lines.
    pub(super) fn entries(&self, within: Range<usize>) -> Result<Vec<YamlEntry<'a>>, Failure> {
        let refuse = |at: usize, why: &str| {
            Failure::new(format!("line {} {why}", at + 1)).hint("manage the file with `template`")
        };
        let mut entries: Vec<YamlEntry<'a>> = Vec::new();
        let mut at = within.start;
        while at < within.end {
            let YamlLine::Content { indent, text } = self.said[at] else {
                at += 1;
                continue;
            };
            if entries.first().is_some_and(|first| first.indent != indent) {
                return Err(refuse(
                    at,
                    "stands less deep than the keys above it, and deeper than the key around them",
                ));
            }
            let Some((key, value)) = split(text) else {
                return Err(refuse(at, "is no `key: value`"));
            };
            let key = unquoted(key).ok_or_else(|| refuse(at, "has a key that is not understood"))?;
            if entries.iter().any(|entry| entry.key == key) {
                return Err(refuse(at, &format!("has the key `{key}`, which is there before")));
            }
            let body = self.body(at, indent, value, within.end);
            let next = body.end.max(at + 1);
            entries.push(YamlEntry { key, at, indent, value, body });
            at = next;
        }
        Ok(entries)
    }

    /// The lines that belong to a key: those that stand deeper, and the items of a list at the same depth.
    fn body(&self, at: usize, indent: usize, value: &str, end: usize) -> Range<usize> {
        let mut last = at;
        for next in at + 1..end {
            match self.said[next] {
                YamlLine::Block => last = next,
                YamlLine::Content { indent: deeper, .. } if deeper > indent => last = next,
                YamlLine::Content { indent: same, text }
                    if same == indent && value.is_empty() && is_item(text) =>
                {
                    last = next;
                }
                YamlLine::Content { .. } => break,
                YamlLine::Blank | YamlLine::Comment | YamlLine::Start => {}
            }
        }
        at + 1..last + 1
    }

    /// The entry of a key, and the way to it: all entries above. `Err` with the entries on the way if it is not there.
    pub(super) fn find(&self, key: &[String]) -> Result<KeyWay<'a>, Failure> {
        let mut way = KeyWay { entries: Vec::new(), within: 0..self.lines.len(), is_whole: false };
        for (depth, part) in key.iter().enumerate() {
            let entries = self.entries(way.within.clone())?;
            let Some(entry) = entries.into_iter().find(|entry| entry.key == *part) else { return Ok(way) };
            let is_last = depth + 1 == key.len();
            if !is_last && !is_empty_map(entry.value) {
                return Err(Failure::new(format!(
                    "{} is no map that is written line by line",
                    name(&key[..=depth])
                ))
                .hint("manage the file with `template`"));
            }
            if !is_last && !entry.body.is_empty() && !entry.value.is_empty() {
                return Err(not_understood(&key[..=depth], entry.at));
            }
            way.within = entry.body.clone();
            way.is_whole = is_last;
            way.entries.push(entry);
        }
        Ok(way)
    }

    pub(super) fn value(&self, key: &[String]) -> Result<YamlValue, Failure> {
        let way = self.find(key)?;
        Ok(match way.entries.last() {
            Some(entry) if way.is_whole => self.of(entry),
            _ => YamlValue::Nothing,
        })
    }

    /// The value of an entry.
    pub(super) fn of(&self, entry: &YamlEntry<'_>) -> YamlValue {
        let is_map = entry.value.is_empty() && self.items(entry).is_none();
        if is_map && self.entries(entry.body.clone()).is_ok_and(|entries| !entries.is_empty()) {
            return YamlValue::Map;
        }
        let read = if entry.body.is_empty() {
            flow_items(entry.value).map_or_else(
                || scalar::read(entry.value),
                |items| items.into_iter().map(scalar::read).collect::<Option<Vec<_>>>().map(Value::Array),
            )
        } else {
            let items = self.items(entry);
            items
                .and_then(|items| {
                    items.into_iter().map(|(_, item)| scalar::read(item)).collect::<Option<Vec<_>>>()
                })
                .map(Value::Array)
        };
        read.map_or(YamlValue::Other, YamlValue::Value)
    }

    /// The items of a list that is written line by line, with their lines. `None` if it is something else.
    pub(super) fn items(&self, entry: &YamlEntry<'_>) -> Option<Vec<(usize, &'a str)>> {
        if !entry.value.is_empty() {
            return None;
        }
        let mut depth = None;
        let mut items = Vec::new();
        for at in entry.body.clone() {
            match self.said[at] {
                YamlLine::Content { indent, text }
                    if is_item(text) && *depth.get_or_insert(indent) == indent =>
                {
                    let item = text[1..].trim_start_matches(' ');
                    if split(item).is_some() || is_item(item) {
                        return None;
                    }
                    items.push((at, item));
                }
                YamlLine::Content { .. } | YamlLine::Block => return None,
                _ => {}
            }
        }
        Some(items)
    }
}

/// The entries on the way to a key, as far as they are there.
pub(super) struct KeyWay<'a> {
    pub(super) entries: Vec<YamlEntry<'a>>,
    /// The lines of the map in which the next key is.
    pub(super) within: Range<usize>,
    /// Whether the last entry is the key itself.
    pub(super) is_whole: bool,
}

pub(super) fn is_item(text: &str) -> bool {
    text == "-" || text.starts_with("- ")
}

fn is_empty_map(value: &str) -> bool {
    matches!(value, "" | "{}")
}

/// The items of a list in brackets. `None` if it is something else, or has more than single values in it.
pub(super) fn flow_items(value: &str) -> Option<Vec<&str>> {
    let inner = value.strip_prefix('[')?.strip_suffix(']')?.trim();
    if inner.is_empty() {
        return Some(Vec::new());
    }
    if inner.contains(['[', ']', '{', '}', '"', '\'', '#', '&', '*', '!']) {
        return quoted_items(inner);
    }
    let items: Vec<&str> = inner.split(',').map(str::trim).collect();
    (items.iter().all(|item| !item.is_empty() && split(item).is_none())).then_some(items)
}

/// The same, if all items are in quotes.
fn quoted_items(mut inner: &str) -> Option<Vec<&str>> {
    let mut items = Vec::new();
    loop {
        let item = if inner.starts_with(['"', '\'']) {
            quotes_in(inner)?
        } else {
            let item = inner.split(',').next()?.trim_end();
            let is_odd = item.contains(['[', ']', '{', '}', '"', '\'', '#', '&', '*', '!']);
            (!item.is_empty() && !is_odd && split(item).is_none()).then_some(item)?
        };
        items.push(item);
        inner = inner[item.len()..].trim_start();
        if inner.is_empty() {
            return Some(items);
        }
        inner = inner.strip_prefix(',')?.trim_start();
    }
}

/// A key without its quotes. `None` if it is something else than a plain word.
fn unquoted(key: &str) -> Option<String> {
    if key.starts_with(['"', '\'']) {
        return match scalar::read(key)? {
            Value::String(text) => Some(text),
            _ => None,
        };
    }
    let is_odd = key
        .starts_with(['-', '?', '&', '*', '!', '|', '>', '%', '@', '`', '[', '{', ']', '}', ',', '#'])
        || key == "<<";
    (!is_odd && !key.is_empty()).then(|| key.to_owned())
}

/// The failure for a value that is written in a way that is not changed here.
pub(super) fn not_understood(key: &[String], at: usize) -> Failure {
    Failure::new(format!("{} in line {} is written in a way that is not changed here", name(key), at + 1))
        .hint("manage the file with `template`")
}
