//! The function `attributes`, with which a cookbook declares its attributes.

use std::collections::BTreeMap;
use std::rc::Rc;

use mlua::{Lua, Table, UserData, Value as LuaValue};

use crate::compile::compilation::Compilation;
use crate::compile::convert::{describe, text};
use crate::compile::types::Declaration;
use crate::model::error::Diagnostic;

/// The return value of `attributes { … }`.
pub(super) struct DeclaredAttributes(pub(super) BTreeMap<String, Rc<Declaration>>);

impl UserData for DeclaredAttributes {}

/// Adds the function `attributes` to the globals.
pub(in crate::compile) fn install(
    compilation: &Rc<Compilation>,
    lua: &Lua,
    into: &Table,
) -> mlua::Result<()> {
    let this = Rc::clone(compilation);
    let attributes = move |lua: &Lua, table: LuaValue| {
        let mut declared = BTreeMap::new();
        let result = match &table {
            LuaValue::Table(table) => flatten(table, "", &mut declared, 0),
            other => Err(Diagnostic::error(format!("`attributes` takes a table, not {}", describe(other)))),
        };
        match result {
            Ok(()) => Ok(DeclaredAttributes(declared)),
            Err(diagnostic) => Err(this.refuse(lua, diagnostic)),
        }
    };
    into.raw_set("attributes", lua.create_function(attributes)?)
}

fn flatten(
    table: &Table,
    above: &str,
    into: &mut BTreeMap<String, Rc<Declaration>>,
    depth: usize,
) -> Result<(), Diagnostic> {
    if depth > 16 {
        return Err(Diagnostic::error("attributes nest deeper than 16 tables"));
    }
    for pair in table.pairs::<LuaValue, LuaValue>() {
        let (key, value) = pair.map_err(|error| Diagnostic::error(error.to_string()))?;
        let Some(key) = text(&key).filter(|key| !key.is_empty() && !key.contains(['.', '$'])) else {
            return Err(Diagnostic::error(format!("an attribute can't be named {}", describe(&key))));
        };
        let path = if above.is_empty() { key } else { format!("{above}.{key}") };
        match &value {
            LuaValue::Table(inner) => flatten(inner, &path, into, depth + 1)?,
            LuaValue::UserData(data) if data.is::<Declaration>() => {
                let declaration =
                    data.borrow::<Declaration>().map_err(|error| Diagnostic::error(error.to_string()))?;
                into.insert(path, Rc::new(declaration.clone()));
            }
            other => {
                return Err(Diagnostic::error(format!(
                    "attribute `{path}` is declared as {}",
                    describe(other)
                ))
                .hint(format!("{path} = attribute.string {{ default = \"…\", doc = \"…\" }}")));
            }
        }
    }
    Ok(())
}
