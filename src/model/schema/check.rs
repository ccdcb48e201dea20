//! Checks values against kinds, and brings them into one form.

use serde_json::{Map, Value};

use super::command_form;
use super::kind::{Kind, Property};
use super::limits::ValueLimits;
use super::misfit::{Misfit, SHOWN, deferred, not_allowed, one_of_several, other_kind};
use super::value::{found, is_deferred, secret, size};
use crate::model::content::{AbsolutePath, FileMode};
use crate::model::english::{count, shorten, suggestion};

/// Most misfits of one value that are kept. A list may have thousands.
const MOST: usize = 20;
/// Most memory that the defaults of the keys in one value may take, in bytes.
const FILLED: usize = 16 << 20;

/// The result of a check.
#[derive(Debug, Default)]
pub struct CheckedValue {
    /// What is wrong, the first ones of many.
    pub misfits: Vec<Misfit>,
    /// Memory of the defaults that were filled in, in bytes.
    pub filled: usize,
    /// Whether the value is one of several that are merged, so that keys may be missing.
    is_part: bool,
}

impl Kind {
    /// Checks and normalises a value. For example, `{}` becomes an empty list if a list is expected, and keys with a
    /// default are filled in.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self, value: &mut Value) -> Result<(), Misfit> {
        match self.examine(value).misfits.into_iter().next() {
            Some(misfit) => Err(misfit),
            None => Ok(()),
        }
    }

    /// Checks and normalises a value like [`Self::check`], and tells all that is wrong.
    #[must_use]
    pub fn examine(&self, value: &mut Value) -> CheckedValue {
        let mut checked = CheckedValue::default();
        checked.value(self, value);
        checked
    }

    /// Checks one of several values that are merged: keys of its tables may be missing.
    #[must_use]
    pub fn examine_part(&self, value: &Value) -> CheckedValue {
        let mut checked = CheckedValue { is_part: true, ..CheckedValue::default() };
        checked.value(self, &mut value.clone());
        checked
    }
}

impl CheckedValue {
    fn value(&mut self, kind: &Kind, value: &mut Value) {
        if self.misfits.len() >= MOST {
            return;
        }
        if is_deferred(value) {
            self.misfits.extend(deferred(kind));
            return;
        }
        match (kind, &mut *value) {
            (Kind::List(_) | Kind::Strings, Value::Object(map)) if map.is_empty() => {
                *value = Value::Array(Vec::new());
            }
            (Kind::Strings, Value::Array(items)) => self.items(&Kind::String, items),
            (Kind::List(item), Value::Array(items)) => self.items(item, items),
            (Kind::Map(inner), Value::Object(map)) => {
                for (key, value) in map {
                    self.inside(&key_path(key), inner, value);
                }
            }
            (Kind::Record(keys), Value::Object(map)) => self.record(keys, map),
            (Kind::Limited(inner, limits), _) => self.limited(kind, inner, limits, value),
            (Kind::Either(kinds), _) => {
                // The kind that accepts the value may normalise it.
                let taken = kinds.iter().find_map(|kind| {
                    let mut value = value.clone();
                    kind.check(&mut value).is_ok().then_some(value)
                });
                match taken {
                    Some(taken) => *value = taken,
                    None => self.misfits.push(other_kind(kind, value)),
                }
            }
            _ => self.misfits.extend(plain(kind, value)),
        }
    }

    fn items(&mut self, kind: &Kind, items: &mut [Value]) {
        // The items of a list are never merged.
        let is_part = std::mem::replace(&mut self.is_part, false);
        for (index, item) in items.iter_mut().enumerate() {
            self.inside(&item_path(index), kind, item);
        }
        self.is_part = is_part;
    }

    /// Checks a part of a value.
    fn inside(&mut self, path: &str, kind: &Kind, value: &mut Value) {
        let before = self.misfits.len();
        self.value(kind, value);
        for misfit in &mut self.misfits[before..] {
            misfit.path.insert_str(0, path);
        }
    }

    fn record(&mut self, keys: &[Property], map: &mut Map<String, Value>) {
        for (name, value) in &mut *map {
            if let Some(key) = keys.iter().find(|key| key.name == *name) {
                self.inside(&key_path(name), &key.kind, value);
            } else {
                let known: Vec<&str> = keys.iter().map(|key| key.name.as_str()).collect();
                let misfit = Misfit::new(format!("has no key `{}`", shorten(name, SHOWN)));
                self.misfits.push(misfit.hint(suggestion(name, &known, "its keys are")));
            }
        }
        if self.is_part {
            return;
        }
        for key in keys {
            if map.contains_key(&key.name) {
                continue;
            }
            if let Some(default) = &key.default {
                self.filled += key.name.len() + size(default);
                if self.filled > FILLED {
                    self.misfits.push(Misfit::new("holds too much data with the defaults of its keys"));
                    return;
                }
                map.insert(key.name.clone(), default.clone());
            } else if key.required {
                let note = key.doc.lines().next().filter(|first| !first.is_empty());
                let note = note.map(|first| format!("`{}`: {first}", key.name));
                let misfit = Misfit::new(format!("needs the key `{}`", key.name));
                self.misfits.push(Misfit { note, ..misfit });
            }
        }
    }

    /// Checks a value with limits. `whole` is the kind with the limits, for messages.
    fn limited(&mut self, whole: &Kind, kind: &Kind, limits: &ValueLimits, value: &mut Value) {
        let before = self.misfits.len();
        self.value(kind, value);
        if self.misfits.len() > before {
            // A value of another kind is told apart from one outside of the limits, but all that is taken is named.
            if let [misfit] = &mut self.misfits[before..]
                && misfit.path.is_empty()
                && *misfit == other_kind(kind, value)
            {
                *misfit = other_kind(whole, value);
            }
            return;
        }
        let outside = |misfit: Misfit| Misfit { message: limits.message.clone(), ..misfit };
        if let Value::Array(items) = &*value {
            for (index, item) in items.iter().enumerate() {
                let refused = match item {
                    item if is_deferred(item) && limits.are_on_items() => deferred(whole),
                    item if is_deferred(item) || limits.allow(item) => None,
                    item => Some(outside(not_allowed(&one_of_several(limits), limits, item))),
                };
                self.misfits.extend(refused.map(|misfit| misfit.within(&item_path(index))));
                if self.misfits.len() >= MOST {
                    return;
                }
            }
        } else if !limits.allow(value) {
            self.misfits.push(outside(not_allowed(whole, limits, value)));
            return;
        }
        let (length, unit) = match (kind, &*value) {
            (Kind::Strings, Value::String(_)) => (1, "item"),
            (_, Value::String(text)) => (text.chars().count(), "character"),
            (_, Value::Array(items)) => (items.len(), "item"),
            (_, Value::Object(map)) if !self.is_part => (map.len(), "key"),
            _ => return,
        };
        if !limits.allow_length(length) {
            let found = count(length, unit);
            let problem = format!("takes {}, not one with {found}", whole.describe());
            self.misfits.push(outside(Misfit::new(problem)));
        }
    }
}

/// Checks a value of a kind that has no parts.
fn plain(kind: &Kind, value: &mut Value) -> Option<Misfit> {
    match (kind, &mut *value) {
        (Kind::Any, _)
        | (Kind::String | Kind::Text | Kind::Strings | Kind::Command, Value::String(_))
        | (Kind::Number, Value::Number(_))
        | (Kind::Boolean, Value::Bool(_))
        | (Kind::Variables, Value::Object(_))
        | (Kind::Template | Kind::File | Kind::Tree, Value::String(_) | Value::Object(_)) => None,
        (Kind::Integer, Value::Number(number)) => {
            let whole = number.as_i64().is_some()
                || number.as_f64().is_some_and(|f| f.fract() == 0.0 && f.abs() < 9e15);
            (!whole).then(|| other_kind(kind, value))
        }
        (Kind::Path, Value::String(path)) => {
            if AbsolutePath::parse(path).is_ok() {
                return None;
            }
            Some(Misfit::new(if AbsolutePath::is_too_long(path) {
                "takes a path whose names have at most 255 bytes each, and it 4095".to_owned()
            } else {
                format!("takes an absolute path without `..`, not \"{path}\"")
            }))
        }
        (Kind::Mode, Value::String(mode)) => FileMode::parse(mode).err().map(|_| {
            Misfit::new(format!("takes an octal mode in quotes, such as \"0644\", not \"{mode}\""))
        }),
        (Kind::Mode, Value::Number(number)) => Some(
            Misfit::new(format!(
                "takes an octal mode in quotes, such as \"0644\": the number reached chefrs as decimal {number}"
            ))
            .hint(format!("put it in quotes: \"{:0>4}\"", number.to_string())),
        ),
        (Kind::Choice(words), Value::String(word)) if words.contains(word) => None,
        (Kind::Choice(_), Value::String(word)) => {
            Some(Misfit::new(format!("takes {}, not \"{word}\"", kind.describe())))
        }
        (Kind::Command, Value::Object(map)) if map.is_empty() => {
            *value = Value::Array(Vec::new());
            Some(Misfit::new("is an empty command"))
        }
        (Kind::Command, Value::Array(items)) => items.iter().find_map(argument),
        (Kind::Commands, value) => command_form::commands(value).err().map(|failure| Misfit {
            hint: failure.hints.into_iter().next(),
            ..Misfit::new(failure.message)
        }),
        (_, value) => Some(other_kind(kind, value)),
    }
}

/// The misfit of an argument of a command.
fn argument(item: &Value) -> Option<Misfit> {
    if let Some(name) = secret(item) {
        return Some(
            Misfit::new(format!(
                "would show the secret `{name}` in the list of processes, which every user can read"
            ))
            .hint("an `execute` accepts a secret in `environment` and `input`, and its guards have the same environment"),
        );
    }
    let is_argument = matches!(item, Value::String(_) | Value::Number(_)) || is_deferred(item);
    (!is_argument).then(|| Misfit::new(format!("takes strings as arguments, not {}", found(item))))
}

fn item_path(index: usize) -> String {
    format!("[{}]", index + 1)
}

fn key_path(key: &str) -> String {
    let is_name = key.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let shown = shorten(key, SHOWN);
    if is_name { format!(".{shown}") } else { format!("[{}]", Value::from(&*shown)) }
}
