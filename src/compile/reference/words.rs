//! The functions `template_file`, `source_file` and `source_directory`, which create references to files of a cookbook.

use std::rc::Rc;

use mlua::{Lua, Table, Value as LuaValue};

use super::{Reference, made};
use crate::compile::compilation::Compilation;
use crate::compile::convert::{describe, text};
use crate::model::error::Diagnostic;
use crate::model::schema::Kind;

/// Adds the functions to the globals.
pub(in crate::compile) fn install(
    compilation: &Rc<Compilation>,
    lua: &Lua,
    book: &str,
    into: &Table,
) -> mlua::Result<()> {
    let words =
        [("template_file", Kind::Template), ("source_file", Kind::File), ("source_directory", Kind::Tree)];
    for (word, kind) in words {
        let (this, book) = (Rc::clone(compilation), book.to_owned());
        let make = move |lua: &Lua, path: LuaValue| {
            let Some(path) = text(&path).filter(|path| !path.is_empty()) else {
                let message = format!("`{word}` takes {}, not {}", kind.describe(), describe(&path));
                return Err(this.refuse(lua, Diagnostic::error(message)));
            };
            let Some(value) = made(&kind, &book, &path) else { return Ok(LuaValue::Nil) };
            lua.create_userdata(Reference(value)).map(LuaValue::UserData)
        };
        into.raw_set(word, lua.create_function(make)?)?;
    }
    Ok(())
}
