//! Reads YAML 1.2 with its core schema: `yes` and `on` are strings. Aliases and merge keys are resolved, up to a limit.

use std::collections::HashMap;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, Tag};
use serde_json::{Map, Number, Value};

use crate::compile::formats::unread::UnreadText;
use crate::model::english::{one_line, shorten};
use crate::model::schema::{VALUE, found, size};

/// Most bytes of the data, with what aliases repeat.
const DATA: usize = 8 << 20;

/// Most characters of a word in a message.
const SHOWN: usize = 40;

/// The data in a text, which has one document. A text without one is `null`.
pub(in crate::compile::formats) fn read(text: &str) -> Result<Value, UnreadText> {
    let mut reader = YamlReader { open: Vec::new(), anchors: HashMap::new(), left: DATA, document: None };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| UnreadText {
            problem: match error.kind() {
                ErrorKind::RecursionLimitExceeded => "it nests too deep".to_owned(),
                _ => error.info().to_lowercase(),
            },
            at: error.marker().byte_offset().unwrap_or_default(),
        })?;
        reader.take(event, span.start.byte_offset().unwrap_or_default())?;
    }
    Ok(reader.document.unwrap_or_default())
}

fn refuse<T>(problem: impl Into<String>, at: usize) -> Result<T, UnreadText> {
    Err(UnreadText { problem: problem.into(), at })
}

struct YamlReader {
    /// Lists and maps that have not ended, innermost last.
    open: Vec<OpenNode>,
    /// What each anchor stands for, once that has ended.
    anchors: HashMap<usize, Value>,
    /// How many bytes of data may still come.
    left: usize,
    document: Option<Value>,
}

struct OpenNode {
    anchor: usize,
    content: OpenContent,
}

enum OpenContent {
    List(Vec<Value>),
    Map {
        map: Map<String, Value>,
        /// The key whose value comes next.
        key: Option<MapKey>,
        /// What merge keys bring, where the map has no key of that name.
        merged: Vec<Map<String, Value>>,
    },
}

enum MapKey {
    Named(String),
    /// `<<`, which brings the keys of another map.
    Merge,
}

impl YamlReader {
    fn take(&mut self, event: Event<'_>, at: usize) -> Result<(), UnreadText> {
        match event {
            Event::DocumentStart(..) if self.document.is_some() => {
                refuse("it has more than one document", at)
            }
            Event::Scalar(text, style, anchor, tag) if self.expects_key() => {
                self.keep(anchor, &Value::from(text.as_ref()), at)?;
                if let Some(tag) = tag.filter(|tag| tag.core_suffix().is_none()) {
                    return refuse(unknown_tag(&tag), at);
                }
                let is_merge = style == ScalarStyle::Plain && text == "<<";
                self.key(if is_merge { MapKey::Merge } else { MapKey::Named(text.into_owned()) }, at)
            }
            Event::Scalar(text, style, anchor, tag) => {
                let value = scalar(&text, style, tag.as_deref(), at)?;
                self.keep(anchor, &value, at)?;
                self.count(size(&value), at)?;
                self.add(value, at)
            }
            Event::SequenceStart(_, anchor, tag) => self.open(
                OpenNode { anchor, content: OpenContent::List(Vec::new()) },
                tag.as_deref(),
                "seq",
                at,
            ),
            Event::MappingStart(_, anchor, tag) => {
                let content = OpenContent::Map { map: Map::new(), key: None, merged: Vec::new() };
                self.open(OpenNode { anchor, content }, tag.as_deref(), "map", at)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(OpenNode { anchor, content }) = self.open.pop() else { return Ok(()) };
                let value = content.close();
                self.keep(anchor, &value, at)?;
                self.count(VALUE, at)?;
                self.add(value, at)
            }
            Event::Alias(anchor) => {
                let Some(value) = self.anchors.get(&anchor) else {
                    return refuse("an alias stands for what it is in", at);
                };
                // Before it is copied: each one may stand for many others.
                let bytes = size(value);
                self.count(bytes, at)?;
                match self.anchors.get(&anchor).cloned().unwrap_or_default() {
                    Value::String(text) if self.expects_key() => self.key(MapKey::Named(text), at),
                    value if self.expects_key() => refuse(format!("a key is {}", found(&value)), at),
                    value => self.add(value, at),
                }
            }
            _ => Ok(()),
        }
    }

    fn expects_key(&self) -> bool {
        matches!(self.open.last(), Some(OpenNode { content: OpenContent::Map { key: None, .. }, .. }))
    }

    /// Opens a list or a map. `own` is the tag that says no more than what it is.
    fn open(&mut self, node: OpenNode, tag: Option<&Tag>, own: &str, at: usize) -> Result<(), UnreadText> {
        if self.expects_key() {
            return refuse("a key is a list or a map", at);
        }
        match tag {
            Some(tag) if tag.core_suffix() != Some(own) => refuse(unknown_tag(tag), at),
            _ => {
                self.open.push(node);
                Ok(())
            }
        }
    }

    /// Keeps what an anchor stands for; 0 is none.
    fn keep(&mut self, anchor: usize, value: &Value, at: usize) -> Result<(), UnreadText> {
        if anchor == 0 {
            return Ok(());
        }
        self.count(size(value), at)?;
        self.anchors.insert(anchor, value.clone());
        Ok(())
    }

    fn count(&mut self, bytes: usize, at: usize) -> Result<(), UnreadText> {
        match self.left.checked_sub(bytes) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => refuse("it stands for too much data", at),
        }
    }

    fn key(&mut self, new: MapKey, at: usize) -> Result<(), UnreadText> {
        let Some(OpenNode { content: OpenContent::Map { map, key, .. }, .. }) = self.open.last_mut() else {
            return Ok(());
        };
        if let MapKey::Named(name) = &new
            && map.contains_key(name)
        {
            return refuse(format!("the key `{}` is there twice", one_line(&shorten(name, SHOWN))), at);
        }
        *key = Some(new);
        Ok(())
    }

    /// Adds a value to what is open.
    fn add(&mut self, value: Value, at: usize) -> Result<(), UnreadText> {
        match self.open.last_mut().map(|node| &mut node.content) {
            None => self.document = Some(value),
            Some(OpenContent::List(items)) => items.push(value),
            Some(OpenContent::Map { map, key, merged }) => match key.take() {
                Some(MapKey::Named(name)) => {
                    map.insert(name, value);
                }
                _ => merged.extend(maps(value, at)?),
            },
        }
        Ok(())
    }
}

impl OpenContent {
    fn close(self) -> Value {
        match self {
            Self::List(items) => Value::Array(items),
            Self::Map { mut map, merged, .. } => {
                for (key, value) in merged.into_iter().flatten() {
                    map.entry(key).or_insert(value);
                }
                Value::Object(map)
            }
        }
    }
}

/// The maps that a merge key brings: one, or a list of them, of which the first counts most.
fn maps(value: Value, at: usize) -> Result<Vec<Map<String, Value>>, UnreadText> {
    let of_one = |value: Value| match value {
        Value::Object(map) => Ok(map),
        other => refuse(format!("`<<` takes a map or a list of maps, not {}", found(&other)), at),
    };
    match value {
        Value::Array(items) => items.into_iter().map(of_one).collect(),
        one => Ok(vec![of_one(one)?]),
    }
}

fn unknown_tag(tag: &Tag) -> String {
    let written = format!("{}{}", tag.original_handle(), tag.suffix());
    format!("the tag `{}` has no meaning here", one_line(&shorten(&written, SHOWN)))
}

/// The value of a scalar.
fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>, at: usize) -> Result<Value, UnreadText> {
    let is_text = style != ScalarStyle::Plain;
    match tag.map(|tag| (tag, tag.core_suffix())) {
        None if is_text => Ok(Value::from(text)),
        None => plain(text, at),
        Some((_, Some("str"))) => Ok(Value::from(text)),
        Some((_, Some(kind @ ("int" | "float" | "bool" | "null")))) => {
            let value = plain(text, at)?;
            let fits = match kind {
                "int" => value.is_i64() || value.is_u64(),
                "float" => value.is_number(),
                "bool" => value.is_boolean(),
                _ => value.is_null(),
            };
            if fits { Ok(value) } else { refuse(format!("this is no value of `!!{kind}`"), at) }
        }
        Some((tag, _)) => refuse(unknown_tag(tag), at),
    }
}

/// A scalar without quotes, by the core schema of YAML 1.2 (section 10.3.2 of its specification).
fn plain(text: &str, at: usize) -> Result<Value, UnreadText> {
    Ok(match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ if is_infinite(text) => return refuse("the number is not finite", at),
        _ => number(text, at)?.map_or_else(|| Value::from(text), Value::Number),
    })
}

fn is_infinite(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN")
}

/// The number that a text is, if it is one.
fn number(text: &str, at: usize) -> Result<Option<Number>, UnreadText> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let read = if let Some(digits) = text.strip_prefix("0x").filter(|digits| is_digits(digits, 16)) {
        i64::from_str_radix(digits, 16).ok().map(Number::from)
    } else if let Some(digits) = text.strip_prefix("0o").filter(|digits| is_digits(digits, 8)) {
        i64::from_str_radix(digits, 8).ok().map(Number::from)
    } else if is_digits(unsigned, 10) {
        text.parse::<i64>().ok().map(Number::from)
    } else if is_decimal(unsigned) {
        text.parse().ok().and_then(Number::from_f64)
    } else {
        return Ok(None);
    };
    if read.is_some() { Ok(read) } else { refuse("the number is too large", at) }
}

fn is_digits(text: &str, radix: u32) -> bool {
    !text.is_empty() && text.chars().all(|digit| digit.is_digit(radix))
}

/// Whether a text without a sign is a number with a point or an exponent.
fn is_decimal(text: &str) -> bool {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_some_digits = |text: &str| text.is_empty() || is_digits(text, 10);
    is_digits(exponent, 10)
        && is_some_digits(whole)
        && is_some_digits(fraction)
        && mantissa.len() > usize::from(mantissa.contains('.'))
}
