//! Kinds of property values: their names in the reference, and how values are checked.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::command_form;
use super::value::{found, is_deferred, secret};
use crate::model::content::{AbsolutePath, FileMode};
use crate::model::english::list;

/// The kind of values that a property accepts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A string, or a deferred value.
    String,
    /// Text for a file, or a deferred value.
    Text,
    Path,
    /// An octal file mode, written as a string.
    Mode,
    Integer,
    Number,
    Boolean,
    /// A string for the shell, or a list of arguments.
    Command,
    /// A command, which may be a table with options, or several.
    Commands,
    /// A string or a list of strings.
    Strings,
    /// Template variables: any plain data.
    Variables,
    /// A file below `templates/`.
    Template,
    /// A file below `files/`.
    File,
    /// A directory below `files/`.
    Tree,
    /// One of these words.
    Choice(Vec<String>),
    List(Box<Kind>),
    /// A table that maps names to values.
    Map(Box<Kind>),
    Either(Vec<Kind>),
    Any,
}

impl Kind {
    /// The name for the reference. It also completes a message "expected …".
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::String => "a string".into(),
            Self::Text => "text".into(),
            Self::Path => "an absolute path".into(),
            Self::Mode => "an octal mode in quotes, such as \"0644\"".into(),
            Self::Integer => "a whole number".into(),
            Self::Number => "a number".into(),
            Self::Boolean => "true or false".into(),
            Self::Command => "a command: a string, or a list of arguments".into(),
            Self::Commands => "a command: a string, a list of arguments, a table with `command`, or a list of such lists and tables".into(),
            Self::Strings => "a string or a list of strings".into(),
            Self::Variables => "a table of variables".into(),
            Self::Template => "the name of a file below templates/".into(),
            Self::File => "the name of a file below files/".into(),
            Self::Tree => "the name of a directory below files/".into(),
            Self::Choice(words) => {
                list(&words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>(), "or")
            }
            Self::List(item) => match &**item {
                Self::String => "a list of strings".into(),
                Self::Integer => "a list of whole numbers".into(),
                other => format!("a list, each item {}", other.describe()),
            },
            Self::Map(value) => match &**value {
                Self::String => "a table of strings".into(),
                other => format!("a table, each value {}", other.describe()),
            },
            Self::Either(kinds) => list(&kinds.iter().map(Self::describe).collect::<Vec<_>>(), "or"),
            Self::Any => "any plain data".into(),
        }
    }

    /// Checks and normalises a value. For example, `{}` becomes an empty list if a list is expected.
    ///
    /// # Errors
    /// A sentence that completes "property `x` …": what was expected and what was found.
    pub fn check(&self, value: &mut Value) -> Result<(), String> {
        if is_deferred(value) {
            return match self {
                Self::String | Self::Text | Self::Any | Self::Variables | Self::Strings => Ok(()),
                Self::Either(kinds) if kinds.contains(&Self::String) => Ok(()),
                _ => Err(format!("can't be deferred: it takes {}", self.describe())),
            };
        }
        let wrong = |value: &Value| Err(format!("takes {}, not {}", self.describe(), found(value)));
        match (self, &mut *value) {
            (Self::Any, _)
            | (Self::String | Self::Text | Self::Strings | Self::Command, Value::String(_))
            | (Self::Number, Value::Number(_))
            | (Self::Boolean, Value::Bool(_))
            | (Self::Variables, Value::Object(_))
            | (Self::Template | Self::File | Self::Tree, Value::String(_) | Value::Object(_)) => Ok(()),
            (Self::Integer, Value::Number(number)) => {
                let whole = number.as_i64().is_some()
                    || number.as_f64().is_some_and(|f| f.fract() == 0.0 && f.abs() < 9e15);
                if whole { Ok(()) } else { wrong(value) }
            }
            (Self::Path, Value::String(path)) => {
                if AbsolutePath::parse(path).is_ok() {
                    return Ok(());
                }
                if AbsolutePath::is_too_long(path) {
                    return Err(
                        "takes a path whose names have at most 255 bytes each, and it 4095".to_owned()
                    );
                }
                Err(format!("takes an absolute path without `..`, not \"{path}\""))
            }
            (Self::Mode, Value::String(mode)) => FileMode::parse(mode)
                .map(|_| ())
                .map_err(|_| format!("takes an octal mode in quotes, such as \"0644\", not \"{mode}\"")),
            (Self::Mode, Value::Number(number)) => Err(format!(
                "takes an octal mode in quotes, such as \"0644\": the number reached chefrs as decimal {number}"
            )),
            (Self::Choice(words), Value::String(word)) if words.contains(word) => Ok(()),
            (Self::Choice(_), Value::String(word)) => {
                Err(format!("takes {}, not \"{word}\"", self.describe()))
            }
            (Self::List(_) | Self::Strings | Self::Command, Value::Object(map)) if map.is_empty() => {
                *value = Value::Array(Vec::new());
                if matches!(self, Self::Command) { Err("is an empty command".into()) } else { Ok(()) }
            }
            (Self::Command, Value::Array(items)) => {
                for item in items.iter() {
                    if let Some(name) = secret(item) {
                        return Err(format!(
                            "would show the secret `{name}` in the list of processes, which every user can read"
                        ));
                    }
                    if !matches!(item, Value::String(_) | Value::Number(_)) && !is_deferred(item) {
                        return Err(format!("takes strings as arguments, not {}", found(item)));
                    }
                }
                Ok(())
            }
            (Self::Commands, value) => {
                command_form::commands(value).map(|_| ()).map_err(|failure| failure.message)
            }
            (Self::Strings, Value::Array(items)) => {
                items.iter_mut().try_for_each(|item| Self::String.check(item))
            }
            (Self::List(kind), Value::Array(items)) => items.iter_mut().try_for_each(|item| kind.check(item)),
            (Self::Map(kind), Value::Object(map)) => map.values_mut().try_for_each(|item| kind.check(item)),
            (Self::Either(kinds), _) => {
                // The kind that accepts the value may normalise it.
                let taken = kinds.iter().find_map(|kind| {
                    let mut value = value.clone();
                    kind.check(&mut value).is_ok().then_some(value)
                });
                let Some(taken) = taken else { return wrong(value) };
                *value = taken;
                Ok(())
            }
            _ => wrong(value),
        }
    }

    /// Reads the kind from a JSON schema.
    pub(super) fn of(schema: &Value) -> Self {
        if let Some(kind) = schema.get("x-kind").and_then(Value::as_str) {
            return Self::named(kind);
        }
        if let Some(words) = choices(schema) {
            return Self::Choice(words);
        }
        if let Some(options) = schema.get("anyOf").or(schema.get("oneOf")).and_then(Value::as_array) {
            let mut kinds: Vec<Self> = options
                .iter()
                .filter(|option| option.get("type").and_then(Value::as_str) != Some("null"))
                .map(Self::of)
                .collect();
            return match kinds.len() {
                1 => kinds.remove(0),
                _ => Self::Either(kinds),
            };
        }
        let name = match schema.get("type") {
            Some(Value::String(name)) => name.as_str(),
            Some(Value::Array(names)) => {
                names.iter().filter_map(Value::as_str).find(|name| *name != "null").unwrap_or("")
            }
            _ => "",
        };
        match name {
            "string" => Self::String,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "boolean" => Self::Boolean,
            "array" => Self::List(Box::new(schema.get("items").map_or(Self::Any, Self::of))),
            "object" => Self::Map(Box::new(schema.get("additionalProperties").map_or(Self::Any, Self::of))),
            _ => Self::Any,
        }
    }

    /// Finds a kind by its name in a schema or in `property.NAME`.
    #[must_use]
    pub fn named(name: &str) -> Self {
        match name {
            "string" => Self::String,
            "text" => Self::Text,
            "path" => Self::Path,
            "mode" => Self::Mode,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "boolean" => Self::Boolean,
            "command" => Self::Command,
            "commands" => Self::Commands,
            "strings" => Self::Strings,
            "variables" => Self::Variables,
            "template" => Self::Template,
            "file" => Self::File,
            "tree" => Self::Tree,
            _ => Self::Any,
        }
    }
}

/// The words of an enum without data. The generator writes these schemas in two forms.
fn choices(schema: &Value) -> Option<Vec<String>> {
    let words = |values: &Vec<Value>| -> Vec<String> {
        values.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        return Some(words(values));
    }
    let options = schema.get("oneOf").and_then(Value::as_array)?;
    options.iter().map(|option| option.get("const")?.as_str().map(str::to_owned)).collect()
}
