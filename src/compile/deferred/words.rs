//! The functions that return deferred values: `contents`, `output`, `secret` and `fragments`.

use std::rc::Rc;

use mlua::{Lua, Table, Value as LuaValue};
use serde_json::json;

use super::Deferred;
use crate::compile::authority;
use crate::compile::compilation::Compilation;
use crate::compile::convert::{describe, text};
use crate::compile::guard;
use crate::model::collection::deferred;
use crate::model::error::Diagnostic;

/// Adds `contents`, `output`, `secret` and `fragments` to the globals.
pub(in crate::compile) fn install(
    compilation: &Rc<Compilation>,
    lua: &Lua,
    into: &Table,
) -> mlua::Result<()> {
    let this = Rc::clone(compilation);
    let contents = move |lua: &Lua, path: LuaValue| match text(&path) {
        Some(path) if path.starts_with('/') => {
            this.authorize(lua, |needs| needs.read(&path))?;
            Ok(Deferred(json!({ deferred::CONTENTS: path })))
        }
        _ => Err(this.refuse(
            lua,
            Diagnostic::error(format!("`contents` takes an absolute path, not {}", describe(&path))),
        )),
    };
    into.raw_set("contents", lua.create_function(contents)?)?;

    let this = Rc::clone(compilation);
    let output =
        move |lua: &Lua, command: LuaValue| match guard::command(&command, "`output`", &this.allowance) {
            Ok(command) => {
                this.authorize(lua, |needs| authority::command_needs(&command, needs))?;
                Ok(Deferred(json!({ deferred::OUTPUT: command })))
            }
            Err(diagnostic) => Err(this.refuse(lua, diagnostic)),
        };
    into.raw_set("output", lua.create_function(output)?)?;

    let this = Rc::clone(compilation);
    let secret = move |lua: &Lua, name: LuaValue| match text(&name) {
        Some(name) if !name.is_empty() => {
            this.authorize(lua, |needs| needs.secret(&name))?;
            Ok(Deferred(json!({ deferred::SECRET: name })))
        }
        _ => Err(this.refuse(
            lua,
            Diagnostic::error(format!("`secret` takes the name of a secret, not {}", describe(&name))),
        )),
    };
    into.raw_set("secret", lua.create_function(secret)?)?;

    let this = Rc::clone(compilation);
    let fragments = move |lua: &Lua, of: LuaValue| match text(&of) {
        Some(of) if !of.is_empty() => Ok(Deferred(json!({ deferred::FRAGMENTS: of }))),
        _ => Err(this.refuse(
            lua,
            Diagnostic::error(format!("`fragments` takes what they are fragments of, not {}", describe(&of))),
        )),
    };
    into.raw_set("fragments", lua.create_function(fragments)?)
}
