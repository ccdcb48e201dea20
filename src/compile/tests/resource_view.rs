//! A resource as a test sees it: a read-only table.

use std::rc::Rc;

use mlua::{Lua, Table, Value as LuaValue};
use serde_json::{Value, json};

use crate::compile::compilation::Compilation;
use crate::compile::convert::{describe, key_text};
use crate::compile::fault::raised;
use crate::compile::lua_values::to_lua;
use crate::compile::test_words::{RESOURCE_WORDS, short_names};
use crate::model::collection::{Collection, Row};
use crate::model::english::suggestion;
use crate::model::error::Diagnostic;
use crate::model::schema::Kind;
use crate::provider::common::common_properties;
use crate::resources;

use super::declared::secrets;
use super::guards;
use super::known_text::{content, known};

/// The table of a row.
pub(super) fn table(
    compilation: &Rc<Compilation>,
    lua: &Lua,
    collection: &Collection,
    row: &Row,
) -> mlua::Result<Table> {
    let secrets = secrets(lua);
    let text = content(&row.properties, &secrets);
    if let Value::String(text) = &text
        && compilation.allowance.take(text.len()).is_err()
    {
        return Err(compilation.out_of_memory(lua));
    }
    let parent = row.parent.as_ref().and_then(|parent| collection.rows.get(parent.row)).map(Row::id);
    let notifies: Vec<Value> = row
        .notifies
        .iter()
        .filter_map(|sent| {
            let target = collection.rows.get(sent.target)?;
            Some(json!([sent.action, target.id(), sent.timing.word()]))
        })
        .collect();
    let made = lua.create_table()?;
    for (key, value) in [
        ("actions", json!(row.actions)),
        ("content", text),
        ("cookbook", json!(row.cookbook)),
        ("id", json!(row.id())),
        ("location", json!(row.location.to_string())),
        ("name", json!(row.name)),
        ("not_if", known(&guards::shown(&row.not_if), &secrets)),
        ("notifies", Value::Array(notifies)),
        ("only_if", known(&guards::shown(&row.only_if), &secrets)),
        ("parent", json!(parent)),
        ("recipe", json!(row.recipe)),
        ("sensitive", json!(row.sensitive)),
        ("tags", json!(row.tags)),
        ("type", json!(row.r#type)),
    ] {
        made.raw_set(key, to_lua(lua, &value)?)?;
    }
    made.raw_set("properties", properties(compilation, lua, row)?)?;
    let names = short_names(RESOURCE_WORDS);
    strict(lua, &made, names.iter().map(|name| (*name).to_owned()).collect(), move |key| {
        Diagnostic::error(format!("a resource of a test has no field `{key}`"))
            .hint(suggestion(key, &names, "it has"))
    })?;
    Ok(made)
}

/// The properties. A file is its path.
fn properties(compilation: &Rc<Compilation>, lua: &Lua, row: &Row) -> mlua::Result<Table> {
    let schema = resources::find(&row.r#type).filter(|_| !row.custom).map(|kind| compilation.schema(kind));
    let secrets = secrets(lua);
    let made = lua.create_table()?;
    for (name, value) in &row.properties {
        let declared = schema.iter().flat_map(|schema| &schema.properties).find(|known| known.name == *name);
        let is_file =
            declared.is_some_and(|known| matches!(known.kind, Kind::Template | Kind::File | Kind::Tree));
        let value = match value.get("name").filter(|_| is_file) {
            Some(path) => path.clone(),
            None => known(value, &secrets),
        };
        made.raw_set(name.as_str(), to_lua(lua, &value)?)?;
    }
    // Of a custom resource the names are not at hand any more: what is not declared is nil.
    let Some(schema) = schema else {
        made.set_readonly(true);
        return Ok(made);
    };
    let names: Vec<String> = schema.properties.iter().map(|property| property.name.clone()).collect();
    let id = row.id();
    let known = names.clone();
    strict(lua, &made, names, move |key| {
        let diagnostic = Diagnostic::error(format!("{id} has no property `{key}`"));
        if common_properties().iter().any(|property| property.name == key) {
            let fields = short_names(RESOURCE_WORDS);
            if fields.contains(&key) {
                return diagnostic
                    .hint(format!("`{key}` belongs to the resource itself, not to its `properties`"));
            }
        }
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        diagnostic.hint(suggestion(key, &known, "it has"))
    })?;
    Ok(made)
}

/// Makes a table read-only. A known key without a value is nil, and an unknown key is an error.
fn strict(
    lua: &Lua,
    table: &Table,
    known: Vec<String>,
    wrong: impl Fn(&str) -> Diagnostic + 'static,
) -> mlua::Result<()> {
    let index = move |lua: &Lua, (_, key): (LuaValue, LuaValue)| -> mlua::Result<LuaValue> {
        let key = key_text(&key).unwrap_or_else(|| describe(&key));
        if known.contains(&key) { Ok(LuaValue::Nil) } else { Err(raised(lua, wrong(&key))) }
    };
    let meta = lua.create_table()?;
    meta.raw_set("__index", lua.create_function(index)?)?;
    meta.raw_set("__metatable", "locked")?;
    table.set_metatable(Some(meta))?;
    table.set_readonly(true);
    Ok(())
}
