//! The function `nodes`: other machines of the inventory.

use std::rc::Rc;

use mlua::{Lua, Table, Value as LuaValue};
use serde_json::Value;

use crate::cookbook::inventory::ListedNode;
use crate::model::english::nearest;
use crate::model::error::Diagnostic;
use crate::model::node::lookup_components;

use super::compilation::Compilation;
use super::convert::{describe, path_components, text};
use super::lua_values::to_lua;
use super::node_view::strict;
use super::place;
use super::words::NODE_GET;

/// Adds the function to the globals.
pub(super) fn install(compilation: &Rc<Compilation>, lua: &Lua, into: &Table) -> mlua::Result<()> {
    let this = Rc::clone(compilation);
    into.raw_set("nodes", lua.create_function(move |lua, words: LuaValue| list(&this, lua, &words))?)
}

fn list(compilation: &Rc<Compilation>, lua: &Lua, words: &LuaValue) -> mlua::Result<Table> {
    let Some(words) = text(words) else {
        let message = format!("`nodes` takes words such as \"@web\", not {}", describe(words));
        let hint = "`nodes \"*\"` gives all nodes of the inventory";
        return Err(compilation.refuse(lua, Diagnostic::error(message).hint(hint)));
    };
    let found = compilation.nodes.list(&words).map_err(|wrong| {
        let mut raised = None;
        for diagnostic in wrong.0 {
            // A mistake in a file of the inventory has its own line.
            let diagnostic = match (&diagnostic.location, place::here(lua)) {
                (Some(_), Some(here)) => diagnostic.note(format!("`nodes` reads it in {here}")),
                _ => diagnostic,
            };
            raised = Some(compilation.refuse(lua, diagnostic));
        }
        raised.unwrap_or_else(|| compilation.refuse(lua, Diagnostic::error("the inventory can't be read")))
    })?;
    let nodes = found.into_iter().map(|node| view(compilation, lua, node));
    let table = lua.create_sequence_from(nodes.collect::<mlua::Result<Vec<_>>>()?)?;
    table.set_readonly(true);
    Ok(table)
}

/// The fields of a node, and `get` for its attributes, as `node` has it.
fn view(compilation: &Rc<Compilation>, lua: &Lua, node: ListedNode) -> mlua::Result<Table> {
    const FIELDS: [&str; 4] = ["name", "host", "groups", NODE_GET.name];
    let ListedNode { name, host, groups, attributes } = node;
    let view = lua.create_table()?;
    view.raw_set("name", name.as_str())?;
    view.raw_set("host", host)?;
    view.raw_set("groups", to_lua(lua, &Value::from(groups))?)?;
    let (this, path) = (Rc::clone(compilation), format!("nodes.{name}"));
    let get = lua.create_function(move |lua, (_, wanted, fallback): (LuaValue, LuaValue, LuaValue)| {
        let parts = path_components(&wanted).map_err(|wrong| this.refuse(lua, wrong))?;
        match lookup_components(&attributes, parts.iter().map(String::as_str)) {
            Some(Value::Null) | None => Ok(fallback),
            Some(value) => strict(&this, lua, value, &format!("{path}.{}", parts.join("."))),
        }
    })?;
    view.raw_set(NODE_GET.name, get)?;
    Compilation::make_strict(lua, &view, move |_, key| {
        let diagnostic = Diagnostic::error(format!("the node `{name}` has no `{key}`"));
        match nearest(key, FIELDS) {
            Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
            None => diagnostic.hint(format!(
                "it has `name`, `host` and `groups`; an attribute that the inventory sets is `:get(\"nginx.{key}\", nil)`"
            )),
        }
    })?;
    Ok(view)
}
