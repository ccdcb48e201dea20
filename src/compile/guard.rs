//! Guards: reads the values of `only_if` and `not_if` as plain data.

use std::rc::Rc;

use mlua::{Lua, Table, UserData, UserDataFields, Value as LuaValue};
use serde_json::Value;

use crate::model::collection::Guard;
use crate::model::error::Diagnostic;
use crate::model::schema;

use super::allowance::Allowance;
use super::compilation::Compilation;
use super::convert::{describe, has_deferred, text, to_json};
use super::deferred::Deferred;
use super::value_names;

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
            let form = command(value, &format!("property `{property}`"), allowance)?;
            if has_deferred(&form) {
                return Ok(Guard::Deferred(form));
            }
            let plain = serde_json::from_value(form).map(Guard::Command);
            plain.map_err(|error| Diagnostic::error(error.to_string()))
        }
        other => Err(Diagnostic::error(format!(
            "property `{property}` takes a boolean, a command, or `exists \"/path\"`, not {}",
            describe(other)
        ))),
    }
}

/// Reads a command: a string for the shell, a list of arguments, or a table with options. It has the form of
/// [`Command`](crate::model::step::Command); deferred values in it are resolved later.
pub(super) fn command(value: &LuaValue, what: &str, allowance: &Allowance) -> Result<Value, Diagnostic> {
    let value = to_json(value, what, allowance).map_err(Diagnostic::error)?;
    schema::command(&value).map_err(|failure| {
        let diagnostic = Diagnostic::error(format!("{what} {}", failure.message));
        failure.hints.into_iter().fold(diagnostic, Diagnostic::hint)
    })
}
