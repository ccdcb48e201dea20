//! The global `node`: facts and attributes for recipes, strict and read-only.

use std::rc::Rc;

use mlua::{
    AnyUserData, Lua, MetaMethod, MultiValue, UserData, UserDataFields, UserDataMethods, Value as LuaValue,
};
use serde_json::Value;

use crate::model::error::Diagnostic;
use crate::model::node;
use crate::model::sorted;

use super::compilation::Compilation;
use super::convert::{describe, key_text, path_components};
use super::lua_values::to_lua;
use super::node::missing;
use super::session::{FileFrame, ScriptKind};
use super::words::NODE_GET;
use super::{foreign, reference, value_names};

/// The node, as one cookbook sees it.
pub(super) struct NodeView {
    compilation: Rc<Compilation>,
    book: String,
}

impl NodeView {
    /// Creates the view of a cookbook.
    pub(super) fn new(compilation: &Rc<Compilation>, book: &str) -> Self {
        Self { compilation: Rc::clone(compilation), book: book.to_owned() }
    }

    /// The value of a first key. Nil if there is none.
    fn part(&self, lua: &Lua, key: &str) -> mlua::Result<LuaValue> {
        self.refuse_unfinished(lua, key)?;
        let vm = self.compilation.vm(&self.book)?;
        if let Some(known) = vm.node.borrow().get(key) {
            return Ok(known.clone());
        }
        let Some(value) = self.compilation.node_part(&self.book, key)? else { return Ok(LuaValue::Nil) };
        let value = strict(&self.compilation, lua, &value, &format!("node.{key}"))?;
        vm.node.borrow_mut().insert(key.to_owned(), value.clone());
        Ok(value)
    }

    /// Refuses what a cookbook's own `attributes.lua` reads of its attributes before they have values: the `node` that the
    /// function of a default is given works each out as it is read, this one can't.
    fn refuse_unfinished(&self, lua: &Lua, key: &str) -> mlua::Result<()> {
        let is_own = |frame: &FileFrame| frame.kind == ScriptKind::Attributes && frame.cookbook == key;
        let is_of_test = |frame: &FileFrame| frame.kind == ScriptKind::Tests;
        if self.compilation.session.borrow().frame().is_some_and(is_of_test) {
            let message = format!("a test has no `node` outside of its recipe: `node.{key}` can't be read");
            let hint =
                "write the value that is expected, or read `node` inside of `recipe = function() … end`";
            return Err(self.compilation.refuse(lua, Diagnostic::error(message).hint(hint)));
        }
        if !self.compilation.session.borrow().frame().is_some_and(is_own) {
            return Ok(());
        }
        let message = format!("`node.{key}` has no values yet while the attributes of `{key}` are declared");
        let hint =
            "write `default = function(node) return … end`: the `node` that the function is given has them";
        Err(self.compilation.refuse(lua, Diagnostic::error(message).hint(hint)))
    }
}

impl UserData for NodeView {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        value_names::add(fields, "`node` as a whole: name the attribute");
    }

    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        // `node:get("a.b", fallback)` reads a value that may be missing.
        methods.add_method(NODE_GET.name, |lua, this, (path, fallback): (LuaValue, LuaValue)| {
            let path = path_components(&path).map_err(|wrong| this.compilation.refuse(lua, wrong))?;
            let Some((first, rest)) = path.split_first() else { return Ok(fallback) };
            this.refuse_unfinished(lua, first)?;
            let part = this.compilation.node_part(&this.book, first)?;
            let found = match part {
                part if rest.is_empty() => part,
                Some(Value::Object(map)) => {
                    node::lookup_components(&map, rest.iter().map(String::as_str)).cloned()
                }
                _ => None,
            };
            match found {
                Some(Value::Null) | None => Ok(fallback),
                Some(value) => strict(&this.compilation, lua, &value, &format!("node.{}", path.join("."))),
            }
        });
        methods.add_meta_method(MetaMethod::Index, |lua, this, key: LuaValue| {
            let key = key_text(&key).unwrap_or_else(|| describe(&key));
            match this.part(lua, &key)? {
                LuaValue::Nil => {
                    let names = this.compilation.node_keys();
                    Err(missing(
                        &this.compilation,
                        lua,
                        &this.book,
                        "node",
                        &key,
                        names.iter().map(String::as_str),
                    ))
                }
                value => Ok(value),
            }
        });
        methods.add_meta_method(
            MetaMethod::NewIndex,
            |lua, this, (key, _): (LuaValue, LuaValue)| -> mlua::Result<()> {
                let key = key_text(&key).unwrap_or_default();
                let diagnostic =
                    Diagnostic::error(format!("`node.{key}` can't be assigned: the node is read-only"));
                let line = foreign::assigned_attribute(&this.compilation.line_that_runs(lua), "node")
                    .filter(|line| !foreign::is_fact(line, &this.compilation.facts));
                let hint = line.map_or_else(
                    || "attributes are set in chefrs.toml, for a node, or with --set".to_owned(),
                    |line| format!("write `{line}` in chefrs.toml, or set it for a node or with `--set`"),
                );
                Err(this.compilation.refuse(lua, diagnostic.hint(hint)))
            },
        );
        methods.add_meta_function(MetaMethod::Iter, |lua, this: AnyUserData| {
            let entries = {
                let view = this.borrow::<Self>()?;
                let mut entries = Vec::new();
                for key in view.compilation.node_keys() {
                    let value = view.part(lua, &key)?;
                    entries.push((key, value));
                }
                entries
            };
            iterate(lua, entries)
        });
    }
}

/// An iterator over the entries in this order, for `for key, value in …`.
fn iterate(lua: &Lua, entries: Vec<(String, LuaValue)>) -> mlua::Result<mlua::Function> {
    let mut entries = entries.into_iter();
    lua.create_function_mut(move |lua, _: MultiValue| match entries.next() {
        Some((key, value)) => Ok((LuaValue::String(lua.create_string(&key)?), value)),
        None => Ok((LuaValue::Nil, LuaValue::Nil)),
    })
}

/// Converts plain data to read-only tables that raise an error for a missing key. Lists are not strict.
pub(super) fn strict(
    compilation: &Rc<Compilation>,
    lua: &Lua,
    value: &Value,
    path: &str,
) -> mlua::Result<LuaValue> {
    let Value::Object(map) = value else { return to_lua(lua, value) };
    if reference::read(value).is_some() {
        return to_lua(lua, value);
    }
    let table = lua.create_table_with_capacity(0, map.len())?;
    for (key, value) in map {
        table.raw_set(key.as_str(), strict(compilation, lua, value, &format!("{path}.{key}"))?)?;
    }
    let meta = lua.create_table()?;
    let names: Vec<String> = map.keys().cloned().collect();
    // A probe that found nothing: reading it is no mistake.
    let absent: Vec<String> =
        map.iter().filter(|(_, value)| value.is_null()).map(|(key, _)| key.clone()).collect();
    let (this, owned) = (Rc::clone(compilation), path.to_owned());
    let index =
        lua.create_function(move |lua, (_, key): (LuaValue, LuaValue)| -> mlua::Result<LuaValue> {
            let key = key_text(&key).unwrap_or_else(|| describe(&key));
            if absent.contains(&key) {
                return Ok(LuaValue::Nil);
            }
            Err(missing(&this, lua, "", &owned, &key, names.iter().map(String::as_str)))
        })?;
    meta.raw_set("__index", index)?;
    // Sorted, so that a loop declares resources always in the same order.
    let iter = lua.create_function(|lua, table: mlua::Table| {
        let mut entries: Vec<(String, LuaValue)> = table.pairs().collect::<mlua::Result<_>>()?;
        sorted::sort_by(&mut entries, |a, b| a.0.cmp(&b.0));
        iterate(lua, entries)
    })?;
    meta.raw_set("__iter", iter)?;
    meta.raw_set("__metatable", "locked")?;
    table.set_metatable(Some(meta))?;
    table.set_readonly(true);
    Ok(LuaValue::Table(table))
}

impl Compilation {
    /// Facts and attributes below a first key, as a cookbook may read them. Loads the attributes of a dependency.
    fn node_part(self: &Rc<Self>, book: &str, key: &str) -> mlua::Result<Option<Value>> {
        if self.books.has(key)
            && (key == book || self.books.dependencies(book).values().any(|name| name == key))
            && !(book.is_empty() && self.is_own_key(key))
        {
            self.load_attributes(key)?;
        }
        self.node_value(key)
    }
}
