//! Makes reading an unknown field of a library or a string an error, instead of nil.

use std::rc::Rc;

use mlua::{Lua, Table, Value as LuaValue};

use crate::model::english::{nearest, suggestion};
use crate::model::error::Diagnostic;

use super::compilation::Compilation;
use super::convert::{describe, text};
use super::fault::raised;

const LIBRARIES: [&str; 7] = ["bit32", "buffer", "coroutine", "math", "string", "table", "utf8"];

/// Makes the libraries of a new state strict.
pub(super) fn install(compilation: &Rc<Compilation>, lua: &Lua) -> mlua::Result<()> {
    let globals = lua.globals();
    for library in LIBRARIES {
        let functions: Table = globals.raw_get(library)?;
        let mut known = Vec::new();
        for pair in functions.pairs::<String, LuaValue>() {
            known.push(pair?.0);
        }
        known.sort();
        if library == "string" {
            let of_values = of_strings(compilation, lua, &functions, known.clone())?;
            let meta = lua.create_table()?;
            meta.raw_set("__index", of_values)?;
            meta.raw_set("__metatable", "locked")?;
            lua.set_type_metatable::<mlua::LuaString>(Some(meta));
        }
        Compilation::make_strict(lua, &functions, move |_, key| {
            let diagnostic = Diagnostic::error(format!("`{library}` has no function `{key}`"));
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            diagnostic.hint(suggestion(key, &known, "it has"))
        })?;
    }
    Ok(())
}

/// The fields of strings: the functions of the `string` library, and an error for everything else.
fn of_strings(
    compilation: &Rc<Compilation>,
    lua: &Lua,
    library: &Table,
    known: Vec<String>,
) -> mlua::Result<Table> {
    let functions = lua.create_table()?;
    for pair in library.pairs::<LuaValue, LuaValue>() {
        let (name, function) = pair?;
        functions.raw_set(name, function)?;
    }
    let this = Rc::clone(compilation);
    let index =
        lua.create_function(move |lua, (_, key): (LuaValue, LuaValue)| -> mlua::Result<LuaValue> {
            let key = text(&key).unwrap_or_else(|| describe(&key));
            Err(raised(lua, this.no_field(lua, &key, &known)))
        })?;
    let meta = lua.create_table()?;
    meta.raw_set("__index", index)?;
    meta.raw_set("__metatable", "locked")?;
    functions.set_metatable(Some(meta))?;
    functions.set_readonly(true);
    Ok(functions)
}

impl Compilation {
    /// The error for a field that a string doesn't have. The running line shows what the string is.
    fn no_field(&self, lua: &Lua, key: &str, functions: &[String]) -> Diagnostic {
        let line = self.line_that_runs(lua);
        let Some(of) = left_of(&line, key) else {
            let diagnostic = Diagnostic::error(format!("a string has no field `{key}`"));
            return match nearest(key, functions.iter().map(String::as_str)) {
                Some(near) => diagnostic.hint(format!("did you mean `:{near}`?")),
                None => diagnostic.note(format!("the value before `.{key}` is a string, not a table")),
            };
        };
        let diagnostic = Diagnostic::error(format!("`{of}` is a string, and has no field `{key}`"));
        if let Some(attribute) = of.strip_prefix("node.").filter(|rest| !rest.contains('.')) {
            let keys = self.node_keys();
            let joined = format!("{attribute}_{key}");
            if let Some(near) = nearest(&joined, keys.iter().map(String::as_str)) {
                return diagnostic.hint(format!("did you mean `node.{near}`?"));
            }
        }
        match nearest(key, functions.iter().map(String::as_str)) {
            Some(near) => diagnostic.hint(format!("did you mean `{of}:{near}`?")),
            None => diagnostic,
        }
    }
}

/// The dotted name before a field in a line of code.
fn left_of<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(key).find_map(|(at, _)| {
        let before = line[..at].strip_suffix(['.', ':'])?;
        if line[at + key.len()..].starts_with(word) {
            return None;
        }
        let start = before.rfind(|c: char| !word(c) && c != '.').map_or(0, |at| at + 1);
        let name = before.get(start..)?;
        name.starts_with(|c: char| c.is_alphabetic() || c == '_').then_some(name)
    })
}
