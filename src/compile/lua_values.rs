//! Creates Lua values from plain data.

use mlua::{Lua, Table, Value as LuaValue};
use serde_json::Value;

use crate::model::schema::is_deferred;

use super::deferred::Deferred;
use super::reference::{self, Reference};

/// Converts plain data to new, read-only Lua tables. `null` becomes nil.
pub(super) fn to_lua(lua: &Lua, value: &Value) -> mlua::Result<LuaValue> {
    match value {
        Value::Object(_) if reference::read(value).is_some() => {
            Ok(LuaValue::UserData(lua.create_userdata(Reference(value.clone()))?))
        }
        Value::Object(_) if is_deferred(value) => {
            Ok(LuaValue::UserData(lua.create_userdata(Deferred(value.clone()))?))
        }
        _ => created(lua, value, to_lua, true),
    }
}

/// Converts data that was read from a text. Its tables can be changed, and a key that begins with `$` has no meaning: a
/// text must not be able to stand for a secret or a file.
pub(super) fn to_lua_from_text(lua: &Lua, value: &Value) -> mlua::Result<LuaValue> {
    created(lua, value, to_lua_from_text, false)
}

fn created(
    lua: &Lua,
    value: &Value,
    inner: fn(&Lua, &Value) -> mlua::Result<LuaValue>,
    is_read_only: bool,
) -> mlua::Result<LuaValue> {
    let table = match value {
        Value::Null => return Ok(LuaValue::Nil),
        Value::Bool(flag) => return Ok(LuaValue::Boolean(*flag)),
        Value::Number(number) => return Ok(LuaValue::Number(number.as_f64().unwrap_or_default())),
        Value::String(text) => return Ok(LuaValue::String(lua.create_string(text)?)),
        Value::Array(items) => {
            let table = lua.create_table_with_capacity(items.len(), 0)?;
            if items.is_empty() {
                table.set_metatable(Some(mark_of_lists(lua)?))?;
            }
            for item in items {
                table.raw_push(inner(lua, item)?)?;
            }
            table
        }
        Value::Object(map) => {
            let table = lua.create_table_with_capacity(0, map.len())?;
            for (key, item) in map {
                table.raw_set(key.as_str(), inner(lua, item)?)?;
            }
            table
        }
    };
    table.set_readonly(is_read_only);
    Ok(LuaValue::Table(table))
}

/// Key of the metatable of empty lists.
const LIST: &str = "_chefrs_list";

/// The metatable of empty lists. Lua has one kind of table, so an empty one does not tell whether it is a list.
fn mark_of_lists(lua: &Lua) -> mlua::Result<Table> {
    if let Some(mark) = lua.named_registry_value::<Option<Table>>(LIST)? {
        return Ok(mark);
    }
    let mark = lua.create_table()?;
    mark.raw_set(LIST, true)?;
    mark.set_readonly(true);
    lua.set_named_registry_value(LIST, &mark)?;
    Ok(mark)
}

/// Whether an empty table came from a value that is a list.
pub(super) fn is_empty_list(table: &Table) -> bool {
    table.metatable().is_some_and(|mark| mark.raw_get(LIST).unwrap_or(false))
}
