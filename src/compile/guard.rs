//! Guards: reads the values of `only_if` and `not_if` as plain data.

use std::rc::Rc;

use camino::Utf8PathBuf;
use mlua::{Lua, Table, UserData, UserDataFields, Value as LuaValue};
use serde_json::{Map, Value};

use crate::model::collection::Guard;
use crate::model::content::FileMode;
use crate::model::english::suggestion;
use crate::model::error::Diagnostic;
use crate::model::schema::{found, secret};
use crate::model::step::Command;

use super::allowance::Allowance;
use super::compilation::Compilation;
use super::convert::{describe, text, to_json};
use super::deferred::Deferred;
use super::value_names;
use super::words::{COMMAND_KEYS, names};

/// A guard returned by a function: `exists "/path"`.
#[derive(Debug, Clone)]
pub(super) struct Predicate(pub(super) Guard);

impl UserData for Predicate {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        value_names::add(fields, "a guard");
    }
}

/// Adds the function `exists` to the globals.
pub(super) fn install(compilation: &Rc<Compilation>, lua: &Lua, into: &Table) -> mlua::Result<()> {
    let this = Rc::clone(compilation);
    let exists = move |lua: &Lua, path: LuaValue| match text(&path) {
        Some(path) if path.starts_with('/') => Ok(Predicate(Guard::Exists(path))),
        _ => Err(this.refuse(
            lua,
            Diagnostic::error(format!("`exists` takes an absolute path, not {}", describe(&path))),
        )),
    };
    into.raw_set("exists", lua.create_function(exists)?)
}

/// Reads the value of `only_if` or `not_if`: a guard, or a list of guards.
pub(super) fn read(
    value: &LuaValue,
    property: &str,
    allowance: &Allowance,
) -> Result<Vec<Guard>, Diagnostic> {
    if let LuaValue::Table(table) = value {
        let items: Vec<LuaValue> = table.sequence_values().flatten().collect();
        let compound = |item: &LuaValue| match item {
            LuaValue::String(_) | LuaValue::Number(_) | LuaValue::Integer(_) => false,
            LuaValue::UserData(data) => !data.is::<Deferred>(),
            _ => true,
        };
        if !items.is_empty() && items.iter().any(compound) {
            return items.iter().map(|item| one(item, property, allowance)).collect();
        }
    }
    Ok(vec![one(value, property, allowance)?])
}

fn one(value: &LuaValue, property: &str, allowance: &Allowance) -> Result<Guard, Diagnostic> {
    match value {
        LuaValue::Boolean(holds) => Ok(Guard::Is(*holds)),
        LuaValue::UserData(data) if data.is::<Predicate>() => match data.borrow::<Predicate>() {
            Ok(predicate) => Ok(predicate.0.clone()),
            Err(error) => Err(Diagnostic::error(error.to_string())),
        },
        LuaValue::String(_) | LuaValue::Table(_) => {
            command(value, &format!("property `{property}`"), allowance).map(Guard::Command)
        }
        other => Err(Diagnostic::error(format!(
            "property `{property}` takes a boolean, a command, or `exists \"/path\"`, not {}",
            describe(other)
        ))),
    }
}

/// Reads a command: a string for the shell, a list of arguments, or a table with options.
pub(super) fn command(value: &LuaValue, what: &str, allowance: &Allowance) -> Result<Command, Diagnostic> {
    match to_json(value, what, allowance).map_err(Diagnostic::error)? {
        Value::Object(map) if !map.is_empty() => full(&map, what).map_err(|problem| *problem),
        plain => argv(&plain, what).map(Command::new::<String>),
    }
}

fn argv(value: &Value, what: &str) -> Result<Vec<String>, Diagnostic> {
    match value {
        Value::String(script) if !script.trim().is_empty() => {
            Ok(vec!["/bin/sh".into(), "-c".into(), script.clone()])
        }
        Value::Array(items) => items
            .iter()
            .map(|item| match item {
                Value::String(word) => Ok(word.clone()),
                Value::Number(number) => Ok(number.to_string()),
                other => Err(match secret(other) {
                    Some(name) => in_sight(what, name),
                    None => {
                        Diagnostic::error(format!("{what} takes strings as arguments, not {}", found(other)))
                    }
                }),
            })
            .collect(),
        Value::String(_) | Value::Object(_) => Err(Diagnostic::error(format!("{what} is an empty command"))),
        other => Err(Diagnostic::error(format!(
            "{what} takes a command (a string, a list of arguments, or a table with `command`), not {}",
            found(other)
        ))),
    }
}

/// The error for a secret among the arguments of a command.
fn in_sight(what: &str, name: &str) -> Diagnostic {
    Diagnostic::error(format!(
        "{what} would show the secret `{name}` in the list of processes, which every user can read"
    ))
    .hint("an `execute` accepts a secret in `environment` and `input`, and its guards have the same environment")
}

fn full(map: &Map<String, Value>, what: &str) -> Result<Command, Box<Diagnostic>> {
    let known = names(COMMAND_KEYS);
    if let Some(unknown) = map.keys().find(|key| !known.contains(&key.as_str())) {
        let diagnostic = Diagnostic::error(format!("{what} is a command, which has no key `{unknown}`"));
        return Err(Box::new(diagnostic.hint(suggestion(unknown, &known, "its keys are"))));
    }
    let wrong = |key: &str, wanted: &str, value: &Value| {
        Box::new(Diagnostic::error(format!("{what}: `{key}` takes {wanted}, not {}", found(value))))
    };
    let string = |key: &str| match map.get(key) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(other) => Err(wrong(key, "a string", other)),
    };
    let Some(line) = map.get("command") else {
        return Err(Box::new(Diagnostic::error(format!("{what} is a table without `command`"))));
    };
    let mut command = Command::new(argv(line, what)?);
    command.user = string("user")?;
    command.group = string("group")?;
    command.cwd = match string("cwd")? {
        Some(path) if !path.starts_with('/') => {
            return Err(Box::new(Diagnostic::error(format!(
                "{what}: `cwd` takes an absolute path, not \"{path}\""
            ))));
        }
        path => path.map(Utf8PathBuf::from),
    };
    command.timeout = match map.get("timeout") {
        None => 0,
        Some(value) => match value.as_u64() {
            Some(seconds) if seconds > 0 => seconds,
            _ => return Err(wrong("timeout", "a whole number of seconds", value)),
        },
    };
    command.umask = match map.get("umask") {
        None => None,
        Some(value) => match value.as_str().and_then(|text| FileMode::parse(text).ok()) {
            Some(FileMode(bits)) => Some(bits),
            None => return Err(wrong("umask", "an octal mode in quotes, such as \"0022\"", value)),
        },
    };
    match map.get("environment") {
        None => {}
        Some(Value::Object(variables)) => {
            for (name, value) in variables {
                let text = match value {
                    Value::String(text) => text.clone(),
                    Value::Number(number) => number.to_string(),
                    other => return Err(wrong(&format!("environment.{name}"), "a string", other)),
                };
                command.environment.insert(name.clone(), text);
            }
        }
        Some(other) => return Err(wrong("environment", "a table of strings", other)),
    }
    Ok(command)
}
