//! How a command is written in a recipe: a string for the shell, a list of arguments, or a table with options. Guards,
//! `output` and properties read it here.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::value::{found, is_deferred, secret};
use crate::model::content::{AbsolutePath, FileMode};
use crate::model::english::suggestion;
use crate::model::error::Failure;
use crate::model::sorted;
use crate::model::step::Command;

/// A key of a table that a recipe can write.
#[derive(Debug, Clone, Copy)]
pub struct TableKey {
    pub name: &'static str,
    /// What it takes.
    pub takes: &'static str,
    pub doc: &'static str,
}

const fn key(name: &'static str, takes: &'static str, doc: &'static str) -> TableKey {
    TableKey { name, takes, doc }
}

/// Keys of a command that is given as a table.
pub const COMMAND_KEYS: &[TableKey] = &[
    key("command", "a string for the shell, or a list of arguments. Required.", "What to run."),
    key("cwd", "an absolute path.", "The directory to run it in."),
    key("environment", "a table of strings.", "More environment variables."),
    key("group", "a string.", "The group to run it as."),
    key("input", "a string.", "Text for the standard input."),
    key("timeout", "a whole number of seconds.", "Time until it is stopped."),
    key("umask", "an octal mode in quotes.", "Permissions that new files do not get."),
    key("user", "a string.", "The user to run it as."),
];

/// What to do about a secret among the arguments of a command.
const OUT_OF_SIGHT: &str = "give it in `environment` or `input`, which other users can't read: \
     `{ command = …, input = secret \"x\" }`";

/// CommandList that a property holds: one, or several to run in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CommandList(pub Vec<Command>);

impl JsonSchema for CommandList {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "commands".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "x-kind": "commands" })
    }
}

impl<'de> Deserialize<'de> for CommandList {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let custom = |text: String| serde::de::Error::custom(text);
        let forms =
            commands(&Value::deserialize(deserializer)?).map_err(|failure| custom(failure.message))?;
        let read = |form| serde_json::from_value(form).map_err(|error| custom(error.to_string()));
        forms.into_iter().map(read).collect::<Result<_, _>>().map(Self)
    }
}

/// One command or several, each in the form of [`Command`]. A list is several commands if one of its items is a list or
/// a table; a list of strings is one command with its arguments.
///
/// # Errors
/// What is wrong, to complete "property `x` …".
pub fn commands(value: &Value) -> Result<Vec<Value>, Failure> {
    let compound = |item: &Value| item.is_array() || item.is_object() && !is_deferred(item);
    match value {
        Value::Array(items) if items.iter().any(compound) => items.iter().map(command).collect(),
        one => Ok(vec![command(one)?]),
    }
}

/// A command in the form of [`Command`]. Deferred values in it stay as they are.
///
/// # Errors
/// What is wrong, to complete "property `x` …".
pub fn command(value: &Value) -> Result<Value, Failure> {
    let form = match value {
        Value::Object(map) if !map.is_empty() && !is_deferred(value) => table(map)?,
        plain => sorted::collected([("argv".to_owned(), arguments(plain)?)]),
    };
    Ok(Value::Object(form))
}

fn arguments(value: &Value) -> Result<Value, Failure> {
    match value {
        Value::String(script) if !script.trim().is_empty() => {
            Ok(Value::from(["/bin/sh", "-c", script.as_str()].as_slice()))
        }
        Value::Array(items) if !items.is_empty() => items.iter().map(argument).collect(),
        Value::String(_) | Value::Array(_) => Err(Failure::new("is an empty command")),
        Value::Object(map) if map.is_empty() => Err(Failure::new("is an empty command")),
        other => Err(Failure::new(format!(
            "takes a command (a string, a list of arguments, or a table with `command`), not {}",
            found(other)
        ))),
    }
}

fn argument(item: &Value) -> Result<Value, Failure> {
    match item {
        Value::String(_) => Ok(item.clone()),
        Value::Number(number) => Ok(Value::String(number.to_string())),
        other => match secret(other) {
            Some(name) => Err(Failure::new(format!(
                "would show the secret `{name}` in the list of processes, which every user can read"
            ))
            .hint(OUT_OF_SIGHT)),
            None if is_deferred(other) => Ok(other.clone()),
            None => Err(Failure::new(format!("takes strings as arguments, not {}", found(other)))),
        },
    }
}

fn table(map: &Map<String, Value>) -> Result<Map<String, Value>, Failure> {
    let known: Vec<&str> = COMMAND_KEYS.iter().map(|key| key.name).collect();
    if let Some(unknown) = map.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(Failure::new(format!("is a command, which has no key `{unknown}`")).hint(suggestion(
            unknown,
            &known,
            "its keys are",
        )));
    }
    let Some(line) = map.get("command") else {
        return Err(Failure::new("is a table without `command`"));
    };
    let mut form: Map<String, Value> = sorted::collected([("argv".to_owned(), arguments(line)?)]);
    for (key, value) in map.iter().filter(|(key, _)| *key != "command") {
        form.insert(key.clone(), option(key, value)?);
    }
    Ok(form)
}

/// The value of a key, as [`Command`] has it.
fn option(key: &str, value: &Value) -> Result<Value, Failure> {
    let takes = |wanted: &str| {
        Err(Failure::new(format!("has the key `{key}`, which takes {wanted}, not {}", found(value))))
    };
    match (key, value) {
        ("input", _) if is_deferred(value) => Ok(value.clone()),
        ("cwd", Value::String(path)) if AbsolutePath::parse(path).is_ok() => Ok(value.clone()),
        ("cwd", _) => takes("an absolute path without `..`"),
        ("user" | "group" | "input", Value::String(_)) => Ok(value.clone()),
        ("timeout", Value::Number(_)) if value.as_u64().is_some_and(|seconds| seconds > 0) => {
            Ok(value.clone())
        }
        ("timeout", _) => takes("a whole number of seconds"),
        ("umask", _) => match value.as_str().and_then(|text| FileMode::parse(text).ok()) {
            Some(FileMode(bits)) => Ok(bits.into()),
            None => takes("an octal mode in quotes, such as \"0022\""),
        },
        ("environment", Value::Object(variables)) if !is_deferred(value) => {
            let mut texts = Map::new();
            for (name, value) in variables {
                let text = match value {
                    Value::String(_) => value.clone(),
                    Value::Number(number) => number.to_string().into(),
                    deferred if is_deferred(deferred) => deferred.clone(),
                    other => {
                        return Err(Failure::new(format!(
                            "has the key `environment.{name}`, which takes a string, not {}",
                            found(other)
                        )));
                    }
                };
                texts.insert(name.clone(), text);
            }
            Ok(Value::Object(texts))
        }
        ("environment", _) => takes("a table of strings"),
        _ => takes("a string"),
    }
}
