//! Values that are only known at a resource's turn: the contents of a file, the output of a command, a secret.

use std::rc::Rc;

use mlua::{Lua, MetaMethod, Table, UserData, UserDataMethods, Value as LuaValue};
use serde_json::{Value, json};

use crate::model::collection::deferred;
use crate::model::error::Diagnostic;

use super::convert::describe;
use super::engine::Engine;
use super::fault::fresh;
use super::{guard, place};

/// A value to come, in the form that the collection keeps.
#[derive(Debug, Clone)]
pub(super) struct Deferred(pub(super) Value);

impl UserData for Deferred {
    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        let uses = [
            (MetaMethod::Concat, "joined to other text"),
            (MetaMethod::Len, "measured"),
            (MetaMethod::Lt, "compared"),
            (MetaMethod::Le, "compared"),
            (MetaMethod::Add, "calculated with"),
            (MetaMethod::Sub, "calculated with"),
            (MetaMethod::Mul, "calculated with"),
            (MetaMethod::Div, "calculated with"),
            (MetaMethod::Index, "looked into"),
            (MetaMethod::Call, "called"),
            (MetaMethod::ToString, "put into text"),
        ];
        for (method, used) in uses {
            methods.add_meta_function(method, move |lua, _: mlua::MultiValue| -> mlua::Result<()> {
                let diagnostic = Diagnostic::error(format!("a deferred value can't be {used} in a recipe"))
                    .note("it is only known when the resource that uses it is converged")
                    .hint("give it whole to a string property, or to a template as a variable");
                Err(fresh(match place::here(lua) {
                    Some(location) => diagnostic.at(location),
                    None => diagnostic,
                }))
            });
        }
    }
}

/// Adds `contents`, `output` and `secret`.
pub(super) fn install(engine: &Rc<Engine>, lua: &Lua, into: &Table) -> mlua::Result<()> {
    let this = Rc::clone(engine);
    let contents = move |lua: &Lua, path: LuaValue| match text(&path) {
        Some(path) if path.starts_with('/') => Ok(Deferred(json!({ deferred::CONTENTS: path }))),
        _ => Err(this.refuse(
            lua,
            Diagnostic::error(format!("`contents` takes an absolute path, not {}", describe(&path))),
        )),
    };
    into.raw_set("contents", lua.create_function(contents)?)?;

    let this = Rc::clone(engine);
    let output =
        move |lua: &Lua, command: LuaValue| match guard::command(&command, "`output`", &this.allowance) {
            Ok(command) => {
                let command = serde_json::to_value(command).map_err(mlua::Error::external)?;
                Ok(Deferred(json!({ deferred::OUTPUT: command })))
            }
            Err(diagnostic) => Err(this.refuse(lua, diagnostic)),
        };
    into.raw_set("output", lua.create_function(output)?)?;

    let this = Rc::clone(engine);
    let secret = move |lua: &Lua, name: LuaValue| match text(&name) {
        Some(name) if !name.is_empty() => Ok(Deferred(json!({ deferred::SECRET: name }))),
        _ => Err(this.refuse(
            lua,
            Diagnostic::error(format!("`secret` takes the name of a secret, not {}", describe(&name))),
        )),
    };
    into.raw_set("secret", lua.create_function(secret)?)
}

/// The text of a Lua string.
pub(super) fn text(value: &LuaValue) -> Option<String> {
    match value {
        LuaValue::String(text) => text.to_str().ok().map(|text| text.to_owned()),
        _ => None,
    }
}
