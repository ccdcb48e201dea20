//! Converts Lua values to plain data, with limits. A value must have no cycles, finite numbers and valid text.

use std::ffi::c_void;
use std::fmt::Display;

use mlua::{Table, Value as LuaValue};
use serde_json::{Map, Number, Value};

use crate::model::english::shorten;
use crate::model::error::Diagnostic;
use crate::model::schema::{VALUE, size};
use crate::model::sorted;

use super::allowance::Allowance;
use super::deferred::Deferred;
use super::lua_values::is_empty_list;
use super::reference::Reference;
use super::{fault, value_names};

/// Most nodes of a value. Shared tables can turn a small script into exponentially large data.
pub(super) const NODES: usize = 100_000;
/// Most bytes of text in a value.
const BYTES: usize = 16 << 20;
/// Most bytes of a name or a one-line text.
const TEXT: usize = 8 * 1024;
/// Most characters of a key in a message.
const SHOWN: usize = 100;
/// Deepest nesting of tables.
pub(super) const DEPTH: usize = 64;
/// Largest whole number up to which all whole numbers of Lua are exact: 2^53.
pub(super) const EXACT: u64 = 1 << 53;
const LARGEST: f64 = 9_007_199_254_740_992.0;

/// Converts a Lua value to plain data for the collection. Error messages begin with `what`, such as "property `variables`".
pub(super) fn to_json(value: &LuaValue, what: impl Display, allowance: &Allowance) -> Result<Value, String> {
    Reader::new(false, allowance).read(value, what)
}

/// Converts a Lua value to plain data that is written as text during the compile. So nothing in it may be deferred, and
/// a key may begin with `$`.
pub(super) fn to_text_data(
    value: &LuaValue,
    what: impl Display,
    allowance: &Allowance,
) -> Result<Value, Unwritable> {
    let mut reader = Reader::new(true, allowance);
    let read = reader.read(value, what);
    read.map_err(|problem| Unwritable { problem, is_deferred: reader.met_deferred })
}

/// Why a value can't be written as text.
pub(super) struct Unwritable {
    pub(super) problem: String,
    /// Whether a part is only known when the resource that uses it is converged.
    pub(super) is_deferred: bool,
}

struct Reader<'a> {
    is_for_text: bool,
    met_deferred: bool,
    nodes: usize,
    bytes: usize,
    /// Path of the current node. Kept as it is after an error.
    path: Vec<String>,
    /// The tables that contain the current node.
    above: Vec<*const c_void>,
    allowance: &'a Allowance,
}

impl<'a> Reader<'a> {
    fn new(is_for_text: bool, allowance: &'a Allowance) -> Self {
        let (path, above) = (Vec::new(), Vec::new());
        Self { is_for_text, met_deferred: false, nodes: NODES, bytes: BYTES, path, above, allowance }
    }

    fn read(&mut self, value: &LuaValue, what: impl Display) -> Result<Value, String> {
        self.value(value).map_err(|problem| {
            // A deep path would make the message unreadable.
            let shown: Vec<&str> = self.path.iter().take(8).map(String::as_str).collect();
            let path = shown.join("") + if self.path.len() > 8 { "…" } else { "" };
            let what = what.to_string();
            match what.strip_suffix('`') {
                Some(open) => format!("{open}{path}` {problem}"),
                None if path.is_empty() => format!("{what} {problem}"),
                None => format!("{what} {problem} at `{}`", path.trim_start_matches('.')),
            }
        })
    }

    fn value(&mut self, value: &LuaValue) -> Result<Value, String> {
        self.spend(1, 0)?;
        match value {
            LuaValue::Nil => Ok(Value::Null),
            LuaValue::Boolean(flag) => Ok(Value::Bool(*flag)),
            LuaValue::Integer(number) if !self.is_for_text || number.unsigned_abs() <= EXACT => {
                Ok(Value::from(*number))
            }
            LuaValue::Integer(number) => Err(inexact(number)),
            LuaValue::Number(number) if self.is_for_text && is_inexact(*number) => {
                Err(inexact(format_args!("{number:e}")))
            }
            LuaValue::Number(number) => number_to_json(*number),
            LuaValue::String(text) => self.text(&text.as_bytes()).map(Value::String),
            LuaValue::Table(table) => self.table(table),
            LuaValue::UserData(data) if !self.is_for_text => match data.borrow::<Deferred>() {
                Ok(deferred) => {
                    self.spend(0, size(&deferred.0))?;
                    Ok(deferred.0.clone())
                }
                Err(_) => match data.borrow::<Reference>() {
                    Ok(reference) => Ok(reference.0.clone()),
                    Err(_) => Err(format!("can't hold {}", describe(value))),
                },
            },
            LuaValue::UserData(data) => {
                self.met_deferred = data.is::<Deferred>();
                Err(format!("can't hold {}", describe(value)))
            }
            other => Err(format!("can't hold {}", describe(other))),
        }
    }

    fn spend(&mut self, nodes: usize, bytes: usize) -> Result<(), String> {
        let too_large = || "holds too much data".to_owned();
        self.nodes = self.nodes.checked_sub(nodes).ok_or_else(too_large)?;
        self.bytes = self.bytes.checked_sub(bytes).ok_or_else(too_large)?;
        self.allowance.take(nodes * VALUE + bytes).map_err(|_| too_large())
    }

    fn text(&mut self, bytes: &[u8]) -> Result<String, String> {
        self.spend(0, bytes.len())?;
        let text =
            std::str::from_utf8(bytes).map_err(|_| "holds bytes that are not UTF-8 text".to_owned())?;
        if fault::address(text) {
            return Err("holds the address of a table or function as text: one was put into a string".into());
        }
        Ok(text.to_owned())
    }

    fn table(&mut self, table: &Table) -> Result<Value, String> {
        let pointer = table.to_pointer();
        if self.above.contains(&pointer) {
            return Err("holds a table that contains itself".into());
        }
        if self.above.len() >= DEPTH {
            return Err(format!("nests deeper than {DEPTH} tables"));
        }
        self.above.push(pointer);
        let list_length = table.raw_len();
        let mut items: Vec<Option<Value>> = Vec::new();
        let mut named: Vec<(String, LuaValue)> = Vec::new();
        let mut numbers: Vec<(usize, LuaValue)> = Vec::new();
        for pair in table.pairs::<LuaValue, LuaValue>() {
            let (key, value) = pair.map_err(|error| error.to_string())?;
            self.spend(1, 0)?;
            match key {
                LuaValue::String(key) => {
                    let key = self.text(&key.as_bytes())?;
                    if key.starts_with('$') && !self.is_for_text {
                        let key = shorten(&key, SHOWN);
                        return Err(format!("has the key `{key}`: names that begin with `$` are reserved"));
                    }
                    named.push((key, value));
                }
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "checked to be whole and in range"
                )]
                LuaValue::Number(index) if index.fract() == 0.0 && (1.0..=1e9).contains(&index) => {
                    numbers.push((index as usize, value));
                }
                LuaValue::Integer(index) if (1..=1_000_000_000).contains(&index) => {
                    numbers.push((usize::try_from(index).unwrap_or_default(), value));
                }
                other => return Err(format!("has {} as a key; keys are strings", describe(&other))),
            }
        }
        if !named.is_empty() && !numbers.is_empty() {
            let name = named.iter().map(|(key, _)| key.as_str()).min().unwrap_or_default();
            let name = shorten(name, SHOWN);
            return Err(format!("mixes list items and named keys such as `{name}`"));
        }
        let json = if named.is_empty() && numbers.is_empty() && is_empty_list(table) {
            Value::Array(Vec::new())
        } else if numbers.is_empty() {
            sorted::sort_by(&mut named, |a, b| a.0.cmp(&b.0));
            let mut map = Map::new();
            for (key, value) in named {
                self.path.push(format!(".{}", shorten(&key, SHOWN)));
                let value = self.value(&value)?;
                self.path.pop();
                map.insert(key, value);
            }
            Value::Object(map)
        } else {
            if numbers.len() != list_length || numbers.iter().any(|(index, _)| *index > list_length) {
                return Err("is a list with holes: an item is nil".into());
            }
            items.resize(list_length, None);
            for (index, value) in numbers {
                self.path.push(format!("[{index}]"));
                items[index - 1] = Some(self.value(&value)?);
                self.path.pop();
            }
            Value::Array(items.into_iter().flatten().collect())
        };
        self.above.pop();
        Ok(json)
    }
}

/// Whether it is a whole number that may have been another one before it became a number of Lua.
pub(super) fn is_inexact(number: f64) -> bool {
    number.is_finite() && number.fract() == 0.0 && number.abs() > LARGEST
}

/// What is wrong with a whole number beyond the exact ones.
pub(super) fn inexact(number: impl Display) -> String {
    format!("holds the whole number {number} beyond 2^53")
}

fn number_to_json(number: f64) -> Result<Value, String> {
    #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and in range")]
    if number.fract() == 0.0 && number.abs() <= LARGEST {
        return Ok(Value::from(number as i64));
    }
    Number::from_f64(number).map(Value::Number).ok_or_else(|| "is not a finite number".into())
}

/// Describes the type of a value, to complete "not …".
pub(super) fn describe(value: &LuaValue) -> String {
    match value {
        LuaValue::Nil => "nil".into(),
        LuaValue::Boolean(flag) => format!("`{flag}`"),
        LuaValue::Integer(number) => format!("the number {number}"),
        LuaValue::Number(number) => format!("the number {number}"),
        LuaValue::String(text) if text.as_bytes().len() > TEXT => {
            format!("a string of {} bytes", text.as_bytes().len())
        }
        LuaValue::String(text) => match text.to_str() {
            Ok(text) if text.len() <= 40 => format!("the string \"{}\"", &*text),
            _ => "a string".into(),
        },
        LuaValue::Table(_) => "a table".into(),
        LuaValue::Function(_) => "a function".into(),
        LuaValue::UserData(data) => {
            value_names::of(data).unwrap_or_else(|| format!("a {}", value.type_name()))
        }
        other => format!("a {}", other.type_name()),
    }
}

/// The text of a key to look up. Longer than any name, it is cut, and then matches nothing.
pub(super) fn key_text(value: &LuaValue) -> Option<String> {
    match value {
        LuaValue::String(text) if text.as_bytes().len() > TEXT => {
            Some(format!("{}…", String::from_utf8_lossy(&text.as_bytes()[..SHOWN])))
        }
        value => text(value),
    }
}

/// The text of a Lua string that is a name. None if it is longer than any name.
pub(super) fn text(value: &LuaValue) -> Option<String> {
    match value {
        LuaValue::String(text) if text.as_bytes().len() > TEXT => None,
        LuaValue::String(text) => text.to_str().ok().map(|text| text.to_owned()),
        _ => None,
    }
}

/// Whether plain data contains a deferred value.
pub(super) fn has_deferred(value: &Value) -> bool {
    crate::model::schema::is_deferred(value)
        || match value {
            Value::Array(items) => items.iter().any(has_deferred),
            Value::Object(map) => map.values().any(has_deferred),
            _ => false,
        }
}

/// The components of the path that `node:get` takes: a dotted text, or a list.
///
/// # Errors
/// It is something else.
pub(super) fn path_components(path: &LuaValue) -> Result<Vec<String>, Diagnostic> {
    if let Some(path) = text(path) {
        return Ok(path.split('.').map(str::to_owned).collect());
    }
    let listed = |table: &mlua::Table| -> Option<Vec<String>> {
        (1..=table.raw_len()).map(|at| text(&table.raw_get(at).ok()?)).collect()
    };
    path.as_table().and_then(listed).filter(|parts| !parts.is_empty()).ok_or_else(|| {
        Diagnostic::error(format!("`node:get` takes a path such as \"nginx.port\", not {}", describe(path)))
            .hint("a path with a key that has a dot is a list: `node:get({ \"app\", \"a.example\" })`")
    })
}
