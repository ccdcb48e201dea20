//! The call of a task as it was typed, and the declaration that it stands for.

use serde_json::{Map, Value};

use crate::model::english::{one_line, suggestion};
use crate::model::error::Diagnostic;
use crate::model::lua_value;
use crate::model::schema::{Kind, Property};
use crate::model::task_card::{FOLDER, TaskCard};

/// The argument that takes what stands after `--`.
pub(super) const WORDS: &str = "words";

/// The name by which a command line means the project itself, in the place of a cookbook.
pub(super) const PROJECT: &str = ".";

/// The name of the cookbook of a task, as it is typed.
pub(super) fn owner(card: &TaskCard) -> &str {
    if card.cookbook.is_empty() { PROJECT } else { &card.cookbook }
}

/// The declaration of a task with these arguments, as a recipe of the project has it.
///
/// # Errors
/// An argument does not exist, has no value, is given twice, or is missing.
pub(super) fn declaration(
    card: &TaskCard,
    values: &[String],
    words: &[String],
) -> Result<String, Diagnostic> {
    let mut given: Map<String, Value> = Map::new();
    for typed in values {
        let Some((name, text)) = typed.split_once('=') else {
            let wrong = format!("an argument of a task is `NAME=VALUE`, not `{}`", one_line(typed));
            return Err(Diagnostic::error(wrong).hint(choices(card)));
        };
        let property = property(card, name)?;
        let value = value(card, property, text)?;
        match (given.get_mut(name), value) {
            (None, value) => drop(given.insert(name.to_owned(), value)),
            // A list may be given item by item.
            (Some(Value::Array(all)), Value::Array(more)) => all.extend(more),
            (Some(_), _) => return Err(Diagnostic::error(format!("`{name}` is given twice"))),
        }
    }
    if !words.is_empty() {
        property(card, WORDS).map_err(|_| {
            let wrong = format!("the task `{}` takes no words after `--`", card.name);
            Diagnostic::error(wrong).hint(choices(card))
        })?;
        given.insert(WORDS.to_owned(), words.into());
    }
    let missing =
        card.schema.properties.iter().find(|needed| needed.required && !given.contains_key(&needed.name));
    if let Some(missing) = missing {
        let typed = if missing.name == WORDS {
            "words after `--`".to_owned()
        } else {
            format!("`{}=…`", missing.name)
        };
        let wrong = format!("the task `{}` needs {typed}: {}", card.name, missing.kind.describe());
        return Err(Diagnostic::error(wrong).hint(choices(card)));
    }
    let path =
        if card.cookbook.is_empty() { format!("./{FOLDER}") } else { format!("@{}/{FOLDER}", card.cookbook) };
    let (path, name) = (lua_value::inline(&path.into()), lua_value::inline(&card.name.clone().into()));
    let mut text = format!("(require {path})[{name}] {name}");
    if !given.is_empty() {
        text.push(' ');
        text.push_str(&lua_value::inline(&given.into()));
    }
    Ok(text)
}

fn property<'a>(card: &'a TaskCard, name: &str) -> Result<&'a Property, Diagnostic> {
    card.schema.property(name).ok_or_else(|| {
        let names: Vec<&str> = card.schema.properties.iter().map(|property| property.name.as_str()).collect();
        let wrong = format!("the task `{}` has no argument `{}`", card.name, one_line(name));
        Diagnostic::error(wrong).hint(if names.is_empty() {
            "it takes none".to_owned()
        } else {
            suggestion(name, &names, "it takes")
        })
    })
}

/// What a person typed for an argument of this kind.
fn value(card: &TaskCard, property: &Property, text: &str) -> Result<Value, Diagnostic> {
    let wrong = || {
        let (name, kind) = (&property.name, property.kind.describe());
        Diagnostic::error(format!("`{name}` of `{}` is {kind}, not `{}`", card.name, one_line(text)))
    };
    let json = || serde_json::from_str::<Value>(text).ok();
    let of_kind = |kind: &Kind| match kind {
        Kind::Integer | Kind::Number => json().filter(Value::is_number),
        Kind::Boolean => json().filter(Value::is_boolean),
        Kind::Map(_) | Kind::Record(_) | Kind::Variables => json().filter(Value::is_object),
        Kind::Strings | Kind::List(_) => {
            Some(json().filter(Value::is_array).unwrap_or_else(|| Value::Array(vec![text.into()])))
        }
        Kind::Either(_) | Kind::Any => Some(json().unwrap_or_else(|| text.into())),
        _ => Some(text.into()),
    };
    let kind = match &property.kind {
        Kind::Limited(kind, _) => kind,
        kind => kind,
    };
    of_kind(kind).ok_or_else(wrong)
}

/// What the task takes, for a hint.
fn choices(card: &TaskCard) -> String {
    format!("`chefrs do {}` shows its tasks and their arguments", owner(card))
}
