//! The functions `equal`, `contains` and `matches`, which fail a test.

use std::rc::Rc;

use mlua::{Function, Lua, Table, Value as LuaValue};
use serde_json::{Map, Value};

use crate::compile::compilation::Compilation;
use crate::compile::convert::{describe, to_json};
use crate::compile::reference::as_paths;
use crate::model::english::{count, nearest};
use crate::model::error::Diagnostic;
use crate::model::schema::is_deferred;

use super::declared::secrets;
use super::known_text::known;
use super::shown::shown;

/// Most keys whose difference is told.
const TOLD: usize = 5;

/// Adds the functions to the globals.
pub(in crate::compile) fn install(
    compilation: &Rc<Compilation>,
    lua: &Lua,
    into: &Table,
) -> mlua::Result<()> {
    let this = Rc::clone(compilation);
    let equal = move |lua: &Lua, (found, wanted): (LuaValue, LuaValue)| {
        let (found, wanted) = (plain(&this, lua, &found)?, plain(&this, lua, &wanted)?);
        if is_same(&found, &wanted) {
            return Ok(());
        }
        let failed = Diagnostic::error("the values are not equal");
        Err(this.refuse(lua, differing(failed, &found, &wanted)))
    };
    into.raw_set("equal", lua.create_function(equal)?)?;

    let this = Rc::clone(compilation);
    let contains = move |lua: &Lua, (whole, part): (LuaValue, LuaValue)| {
        let (found, wanted) = (plain(&this, lua, &whole)?, plain(&this, lua, &part)?);
        match lacking(&found, &wanted) {
            None => Ok(()),
            Some(failed) => Err(this.refuse(lua, failed)),
        }
    };
    into.raw_set("contains", lua.create_function(contains)?)?;

    let this = Rc::clone(compilation);
    // The function of Luau, which can be interrupted.
    let find: Function = lua.globals().get::<Table>("string")?.raw_get("find")?;
    let matches = move |lua: &Lua, (text, pattern): (LuaValue, LuaValue)| {
        let found = plain(&this, lua, &text)?;
        let LuaValue::String(pattern) = &pattern else {
            let message = format!("`matches` takes a pattern as second value, not {}", describe(&pattern));
            return Err(
                this.refuse(lua, Diagnostic::error(message).hint("matches(conf.content, \"listen%s+%d+\")"))
            );
        };
        let Value::String(text) = &found else { return Err(this.refuse(lua, no_text("matches", &found))) };
        let at: LuaValue = match find.call((text.as_str(), pattern)) {
            Ok(at) => at,
            Err(error) => return Err(unread(&this, lua, error)),
        };
        if !at.is_nil() {
            return Ok(());
        }
        let failed = Diagnostic::error("the text does not match the pattern");
        let pattern = Value::from(pattern.to_string_lossy());
        Err(this.refuse(
            lua,
            failed.note(format!("pattern: {}", shown(&pattern))).note(format!("text: {}", shown(&found))),
        ))
    };
    into.raw_set("matches", lua.create_function(matches)?)
}

/// The error for a pattern that can't be read. Other errors stay as they are.
fn unread(compilation: &Compilation, lua: &Lua, error: mlua::Error) -> mlua::Error {
    let inner = match &error {
        mlua::Error::CallbackError { cause, .. } => cause,
        other => other,
    };
    let mlua::Error::RuntimeError(why) = inner else { return error };
    let why = why.lines().next().unwrap_or_default();
    compilation.refuse(lua, Diagnostic::error(format!("the pattern can't be read: {why}")))
}

/// A value as plain data. The secrets of the test have their values, and references to files are paths.
fn plain(compilation: &Compilation, lua: &Lua, value: &LuaValue) -> mlua::Result<Value> {
    if matches!(value, LuaValue::Function(_) | LuaValue::Thread(_)) {
        let wrong = Diagnostic::error(format!("{} can't be compared", describe(value)));
        return Err(compilation.refuse(lua, wrong));
    }
    let read = to_json(value, "the value", &compilation.allowance);
    let read = read.map_err(|problem| {
        let wrong = Diagnostic::error(format!("{problem}, so it can't be compared"));
        let is_guard = problem.contains("a guard");
        let hint = "write a guard as a test reads it: `{ exists = \"/path\" }`";
        compilation.refuse(lua, if is_guard { wrong.hint(hint) } else { wrong })
    })?;
    let mut value = known(&read, &secrets(lua));
    as_paths(&mut value);
    Ok(value)
}

/// Whether two values are the same. An empty table of Lua is a list and a map.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, value)| other.get(key).is_some_and(|other| is_same(value, other)))
        }
        (Value::Array(list), Value::Object(map)) | (Value::Object(map), Value::Array(list)) => {
            list.is_empty() && map.is_empty()
        }
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (one, other) => one == other,
    }
}

/// Adds what was wanted and what was found. Of long texts, the first line that differs.
fn differing(failed: Diagnostic, found: &Value, wanted: &Value) -> Diagnostic {
    if let (Value::String(found), Value::String(wanted)) = (found, wanted)
        && (found.contains('\n') || wanted.contains('\n'))
    {
        let (mut found, mut wanted) = (found.split('\n'), wanted.split('\n'));
        for number in 1.. {
            let (found, wanted) = (found.next(), wanted.next());
            if found != wanted {
                let line = |line: Option<&str>| {
                    line.map_or_else(|| "no line".to_owned(), |line| shown(&line.into()))
                };
                return failed
                    .note(format!("wanted in line {number}: {}", line(wanted)))
                    .note(format!("found: {}", line(found)));
            }
            if found.is_none() {
                break;
            }
        }
    }
    failed.note(format!("wanted: {}", shown(wanted))).note(format!("found: {}", shown(found)))
}

/// Why a value does not contain another one. None if it does.
fn lacking(whole: &Value, part: &Value) -> Option<Diagnostic> {
    match (whole, part) {
        (Value::String(text), Value::String(part)) => {
            if text.contains(part.as_str()) {
                return None;
            }
            let failed = Diagnostic::error("the text does not contain what is wanted")
                .note(format!("wanted: {}", shown(&part.as_str().into())));
            let near = nearest(part.trim(), text.lines().map(str::trim));
            Some(match near.filter(|_| text.lines().count() > 1) {
                Some(near) => failed.note(format!("the nearest line: {}", shown(&near.into()))),
                None => failed.note(format!("the text: {}", shown(whole))),
            })
        }
        (Value::String(_), other) => Some(Diagnostic::error(format!(
            "a text contains texts: `contains` can't look for {}",
            shown(other)
        ))),
        (Value::Array(items), part) => {
            if items.iter().any(|item| is_same(item, part)) {
                return None;
            }
            let failed = Diagnostic::error("the list does not contain what is wanted");
            Some(failed.note(format!("wanted: {}", shown(part))).note(format!("the list: {}", shown(whole))))
        }
        (Value::Object(map), Value::Object(part)) if !is_deferred(whole) => without_keys(map, part),
        (whole, _) => Some(no_text("contains", whole)),
    }
}

fn without_keys(map: &Map<String, Value>, part: &Map<String, Value>) -> Option<Diagnostic> {
    let differs =
        |(key, wanted): &(&String, &Value)| !map.get(*key).is_some_and(|found| is_same(found, wanted));
    let differing: Vec<(&String, &Value)> = part.iter().filter(differs).collect();
    if differing.is_empty() {
        return None;
    }
    let mut failed = Diagnostic::error("the table does not contain what is wanted");
    for (key, wanted) in differing.iter().take(TOLD) {
        let found = map.get(*key).map_or_else(|| "nothing".to_owned(), shown);
        failed = failed.note(format!("`{key}`: wanted {}, found {found}", shown(wanted)));
    }
    let more = differing.len().saturating_sub(TOLD);
    Some(if more > 0 { failed.note(format!("and {}", count(more, "more key"))) } else { failed })
}

/// The error for something that is no text, or one that is not known.
fn no_text(function: &str, found: &Value) -> Diagnostic {
    if !is_deferred(found) {
        let what = if function == "matches" { "a text" } else { "a text, a list or a table with names" };
        let failed =
            Diagnostic::error(format!("`{function}` takes {what} as first value, not {}", shown(found)));
        return if found.is_null() {
            failed.hint("`content` is nil if the resource makes no file")
        } else {
            failed
        };
    }
    let failed = Diagnostic::error("the text is not known before a machine is asked")
        .note(format!("it is: {}", shown(found)));
    failed.hint("give its secrets values with `secrets = { … }`, or compare the whole value with `equal`")
}
