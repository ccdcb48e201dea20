//! YAML: values of block maps, and lists of single values. What is written in another way is found, but not changed.
//!
//! No parser of YAML in Rust keeps comments and layout byte for byte. So this one reads keys by their indentation, and
//! refuses what needs more than that. What comes of an edit is read again before it counts.

use std::ops::Range;

use serde_json::Value;

use super::assignment::{Assignment, KeyPath, kind, name};
use crate::model::error::Failure;
use crate::model::yaml_scalar as scalar;
use crate::provider::edited_file::{insert, line_end};

use file::{KeyWay, YamlEntry, YamlFile, YamlValue, not_understood};
use lines::YamlLine;

mod file;
mod lines;

/// Spaces for each level in a file that shows no other number.
const STEP: usize = 2;

/// Fails for a key or value that is not written here.
///
/// # Errors
/// A sentence that says why.
pub(super) fn check(key: &[String], value: Option<&Value>) -> Result<(), Failure> {
    if key.is_empty()
        || key.iter().any(|part| part.is_empty() || part.contains(char::is_control) || part == "<<")
    {
        return Err(Failure::new(format!("{} can't be a key of such a file", name(key))));
    }
    let is_single = |value: &Value| !value.is_array() && !value.is_object();
    match value {
        Some(Value::Array(items)) if !items.iter().all(is_single) => Err(Failure::new(format!(
            "{} is a list with lists or maps in it, which is not written here",
            name(key)
        ))
        .hint("manage the file with `template`")),
        _ => Ok(()),
    }
}

/// The text with the values, and the keys whose values were others.
///
/// # Errors
/// The file is not understood, or can't hold a value.
pub(super) fn set(text: &str, assignments: &[Assignment]) -> Result<(String, Vec<KeyPath>), Failure> {
    let (mut text, mut changed) = (text.to_owned(), Vec::new());
    for assignment in assignments {
        let new = YamlFile::read(&text)?.with(assignment)?;
        if new != text {
            changed.push(assignment.key.clone());
            text = new;
        }
    }
    let file = YamlFile::read(&text)?;
    for Assignment { key, value } in assignments {
        if !file.value(key)?.is(value) {
            return Err(Failure::new(format!("{} would not be read as it was written", name(key)))
                .hint("manage the file with `template`"));
        }
    }
    Ok((text, changed))
}

/// The text without the keys, and those that were there.
///
/// # Errors
/// The file is not understood, or a key can't be taken out.
pub(super) fn remove(text: &str, keys: &[KeyPath]) -> Result<(String, Vec<KeyPath>), Failure> {
    let (mut text, mut removed) = (text.to_owned(), Vec::new());
    for key in keys {
        let file = YamlFile::read(&text)?;
        if let Some(new) = file.without(key)? {
            removed.push(key.clone());
            text = new;
        }
    }
    let file = YamlFile::read(&text)?;
    for key in keys {
        if !matches!(file.value(key)?, YamlValue::Nothing) {
            return Err(Failure::new(format!("{} would still be there", name(key)))
                .hint("manage the file with `template`"));
        }
    }
    Ok((text, removed))
}

impl YamlFile<'_> {
    /// The text with a value at a key.
    fn with(&self, Assignment { key, value }: &Assignment) -> Result<String, Failure> {
        let way = self.find(key)?;
        let Some(entry) = way.entries.last().filter(|_| way.is_whole) else {
            return Ok(self.added(&way, key, value));
        };
        if self.of(entry).is(value) {
            return Ok(self.text.to_owned());
        }
        if entry.value.starts_with(['&', '*', '!']) {
            return Err(Failure::new(format!(
                "{} in line {} has an anchor, an alias or a tag",
                name(key),
                entry.at + 1
            ))
            .hint("manage the file with `template`"));
        }
        match (value, self.items(entry)) {
            (Value::Array(wanted), Some(items)) if !entry.body.is_empty() && !wanted.is_empty() => {
                self.with_items(key, entry, &items, wanted)
            }
            _ if !entry.body.is_empty() => Err(Failure::new(format!(
                "{} in line {} is no single value, and {} does not take its place",
                name(key),
                entry.at + 1,
                kind(value)
            ))
            .hint("remove it first: edit \"…\" { action = \"remove\", keys = … }")),
            (Value::Array(_), _) if !(entry.value.is_empty() || file::flow_items(entry.value).is_some()) => {
                Err(not_understood(key, entry.at))
            }
            (Value::Array(wanted), _) => {
                let items: Vec<String> = wanted.iter().map(|item| scalar::write(item, "\"")).collect();
                Ok(self.with_value(entry, &format!("[{}]", items.join(", "))))
            }
            _ if entry.value.starts_with(['[', '{']) && !matches!(entry.value, "[]" | "{}") => {
                Err(not_understood(key, entry.at))
            }
            _ => Ok(self.with_value(entry, &scalar::write(value, entry.value))),
        }
    }

    /// The text with another value on the line of an entry.
    fn with_value(&self, entry: &YamlEntry<'_>, value: &str) -> String {
        let line = self.lines[entry.at];
        // The value is a part of the line.
        let start = entry.value.as_ptr() as usize - line.as_ptr() as usize;
        let (before, after) = (&line[..start], &line[start + entry.value.len()..]);
        let before = if entry.value.is_empty() || value.is_empty() { before.trim_end() } else { before };
        let space = if entry.value.is_empty() && !value.is_empty() { " " } else { "" };
        self.replaced(entry.at..entry.at + 1, &format!("{before}{space}{value}{after}"))
    }

    /// The text with other items in a list that is written line by line. Items that stay keep their lines.
    fn with_items(
        &self,
        key: &[String],
        entry: &YamlEntry<'_>,
        items: &[(usize, &str)],
        wanted: &[Value],
    ) -> Result<String, Failure> {
        let (Some((first, _)), Some((last, _))) = (items.first(), items.last()) else {
            return Err(not_understood(key, entry.at));
        };
        if (*first..=*last).any(|at| matches!(self.said[at], YamlLine::Comment)) {
            return Err(Failure::new(format!("the list {} has comments between its items", name(key)))
                .hint("manage the file with `template`"));
        }
        if items.iter().any(|(_, item)| item.starts_with(['&', '*', '!'])) {
            return Err(not_understood(key, entry.at));
        }
        let YamlLine::Content { indent, text } = self.said[*first] else {
            return Err(not_understood(key, entry.at));
        };
        let dash = &text[..text.len() - text[1..].trim_start_matches(' ').len()];
        let dash = if dash == "-" { "- " } else { dash };
        let mut left: Vec<(usize, Option<Value>)> =
            items.iter().map(|(at, item)| (*at, scalar::read(item))).collect();
        let mut new = String::new();
        for item in wanted {
            let kept = left
                .iter()
                .position(|(_, there)| there.as_ref().is_some_and(|there| scalar::same(there, item)));
            match kept {
                Some(kept) => {
                    let line = self.lines[left.remove(kept).0];
                    new.push_str(line);
                    if !line.ends_with('\n') {
                        new.push_str(line_end(self.text));
                    }
                }
                None => {
                    let end = line_end(self.text);
                    new.extend([&" ".repeat(indent), dash, &scalar::write(item, ""), end]);
                }
            }
        }
        if !self.lines[*last].ends_with('\n') {
            new.truncate(new.trim_end_matches(['\r', '\n']).len());
        }
        Ok(self.replaced(*first..*last + 1, &new))
    }

    /// The text with a key that is not there yet.
    fn added(&self, way: &KeyWay<'_>, key: &[String], value: &Value) -> String {
        let missing = &key[way.entries.len()..];
        let depth = match (self.depth_in(way), way.entries.last()) {
            (Some(depth), _) => depth,
            (None, Some(above)) => above.indent + self.step(),
            (None, None) => 0,
        };
        let mut written = String::new();
        let end = line_end(self.text);
        for (level, part) in missing.iter().enumerate() {
            let indent = " ".repeat(depth + level * self.step());
            let part = scalar::write(&Value::from(part.as_str()), "");
            if level + 1 < missing.len() {
                written.extend([&indent, &part, ":", end]);
                continue;
            }
            match value {
                Value::Array(items) if !items.is_empty() => {
                    written.extend([&indent, &part, ":", end]);
                    let inner = " ".repeat(depth + level * self.step() + self.step());
                    for item in items {
                        written.extend([&inner, "- ", &scalar::write(item, ""), end]);
                    }
                }
                value => written.extend([&indent, &part, ": ", &scalar::write(value, ""), end]),
            }
        }
        let below = match way.entries.last() {
            Some(above) => above.body.end.max(above.at + 1),
            None => self.end_of_content(),
        };
        let text = match way.entries.last() {
            // The place of an empty map.
            Some(above) if !above.value.is_empty() => self.with_value(above, ""),
            _ => self.text.to_owned(),
        };
        insert(&text, below, &written)
    }

    /// How deep the keys stand in a map that has some.
    fn depth_in(&self, way: &KeyWay<'_>) -> Option<usize> {
        way.within.clone().find_map(|at| match self.said[at] {
            YamlLine::Content { indent, .. } => Some(indent),
            _ => None,
        })
    }

    /// The line below the last content.
    fn end_of_content(&self) -> usize {
        let is_content = |said: &YamlLine<'_>| {
            matches!(said, YamlLine::Content { .. } | YamlLine::Block | YamlLine::Start)
        };
        self.said.iter().rposition(is_content).map_or(self.lines.len(), |at| at + 1)
    }

    /// Spaces for each level.
    fn step(&self) -> usize {
        let depth = |said: &YamlLine<'_>| match said {
            YamlLine::Content { indent, .. } if *indent > 0 => Some(*indent),
            _ => None,
        };
        self.said.iter().find_map(depth).unwrap_or(STEP)
    }

    /// The text without a key; `None` if it is not there.
    fn without(&self, key: &[String]) -> Result<Option<String>, Failure> {
        let way = self.find(key)?;
        let Some(entry) = way.entries.last().filter(|_| way.is_whole) else { return Ok(None) };
        let has_anchor = |at: usize| match self.said[at] {
            YamlLine::Content { text, .. } => {
                text.split([' ', '\t', '[', '{', ',']).any(|word| word.starts_with('&'))
            }
            _ => false,
        };
        if (entry.at..entry.body.end.max(entry.at + 1)).any(has_anchor) {
            return Err(Failure::new(format!("{} in line {} has an anchor in it", name(key), entry.at + 1))
                .hint("manage the file with `template`"));
        }
        let text = self.replaced(entry.at..entry.body.end.max(entry.at + 1), "");
        let Some(above) = way.entries.iter().rev().nth(1) else { return Ok(Some(text)) };
        let is_only = self.entries(above.body.clone())?.len() == 1;
        if !is_only {
            return Ok(Some(text));
        }
        // A key without anything below it would be null, not an empty map.
        let file = YamlFile::read(&text)?;
        let without = match file.find(&key[..key.len() - 1])?.entries.pop() {
            Some(entry) => file.with_value(&entry, "{}"),
            None => text.clone(),
        };
        Ok(Some(without))
    }

    fn replaced(&self, lines: Range<usize>, new: &str) -> String {
        let before: String = self.lines[..lines.start].concat();
        before + new + &self.lines[lines.end..].concat()
    }
}
