//! Kinds of property values, and properties, of which a kind may consist. Their names in the reference.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::limits::ValueLimits;
use super::value::{VALUE, size};
use crate::model::english::list;

/// A property of a resource type, or a key of a table that a property holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Property {
    pub name: String,
    pub kind: Kind,
    pub doc: String,
    /// The default value, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// Whether the default is computed from the other properties of the resource.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_computed: bool,
    /// Whether the property is required.
    pub required: bool,
    /// Actions that require the property, if not all do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub required_for: Vec<String>,
}

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
    /// A table with these keys.
    Record(Vec<Property>),
    /// A kind with limits on its values.
    Limited(Box<Kind>, Box<ValueLimits>),
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
                Self::Record(_) => "a list of tables".into(),
                Self::Any => "a list".into(),
                other => format!("a list, each item {}", other.describe()),
            },
            Self::Map(value) => match &**value {
                Self::String => "a table of strings".into(),
                Self::Record(_) => "a table of tables".into(),
                Self::Any => "a table".into(),
                other => format!("a table, each value {}", other.describe()),
            },
            Self::Record(_) => "a table".into(),
            Self::Limited(kind, limits) => limited(kind, limits),
            Self::Either(kinds) => list(&kinds.iter().map(Self::describe).collect::<Vec<_>>(), "or"),
            Self::Any => "any plain data".into(),
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

    /// Like [`Self::keys`], to change them.
    pub fn keys_mut(&mut self) -> &mut [Property] {
        match self {
            Self::Record(keys) => keys,
            Self::List(inner) | Self::Map(inner) | Self::Limited(inner, _) => inner.keys_mut(),
            _ => &mut [],
        }
    }

    /// How many lists and tables are inside of each other.
    #[must_use]
    pub fn depth(&self) -> usize {
        match self {
            Self::Record(keys) => 1 + keys.iter().map(|key| key.kind.depth()).max().unwrap_or(0),
            Self::List(inner) | Self::Map(inner) => 1 + inner.depth(),
            Self::Limited(inner, _) => inner.depth(),
            _ => 0,
        }
    }

    /// Size in memory, in bytes, as far as a cookbook decides it.
    #[must_use]
    pub fn size(&self) -> usize {
        let of_key = |key: &Property| {
            key.name.len() + key.doc.len() + key.default.as_ref().map_or(0, size) + key.kind.size()
        };
        VALUE
            + match self {
                Self::Record(keys) => keys.iter().map(of_key).sum(),
                Self::List(inner) | Self::Map(inner) => inner.size(),
                Self::Limited(inner, limits) => {
                    inner.size() + VALUE + limits.one_of.iter().map(size).sum::<usize>()
                }
                Self::Choice(words) => words.iter().map(|word| VALUE + word.len()).sum(),
                _ => 0,
            }
    }

    /// Whether several strings or values are accepted.
    #[must_use]
    pub fn is_list(&self) -> bool {
        match self {
            Self::Strings | Self::List(_) => true,
            Self::Limited(inner, _) => inner.is_list(),
            _ => false,
        }
    }

    /// The keys of the table, or of each table in the list or table. Empty if they are not declared.
    #[must_use]
    pub fn keys(&self) -> &[Property] {
        match self {
            Self::Record(keys) => keys,
            Self::List(inner) | Self::Map(inner) | Self::Limited(inner, _) => inner.keys(),
            _ => &[],
        }
    }
}

/// The name of a kind with limits.
fn limited(kind: &Kind, limits: &ValueLimits) -> String {
    let name = kind.describe();
    let with = |unit: &str| limits.lengths(unit).map(|length| format!(", with {length}")).unwrap_or_default();
    let pattern = |verb: &str| match &limits.pattern {
        Some(pattern) => format!("{verb} `{}`", pattern.source()),
        None => String::new(),
    };
    match (kind, limits.choices()) {
        (Kind::Strings, Some(choices)) => format!("{name}, each {choices}{}", with("item")),
        (Kind::Strings, None) => format!("{name}{}{}", pattern(", each matching"), with("item")),
        (Kind::List(_), _) => name + &with("item"),
        (Kind::Map(_) | Kind::Record(_), _) => name + &with("key"),
        (_, Some(choices)) => choices,
        (Kind::Integer | Kind::Number, None) => name + &limits.range(),
        (_, None) => {
            let length = limits.lengths("character").map(|length| format!(" of {length}"));
            format!("{name}{}{}", length.unwrap_or_default(), pattern(" that matches"))
        }
    }
}
