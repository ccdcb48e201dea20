//! Reads tables of declared properties: `name = property.string { … }`. Items without a name are tables with more of them,
//! such as one from a library.

use std::collections::BTreeMap;

use mlua::{Table, Value as LuaValue};

use super::allowance::Allowance;
use super::convert::{describe, text};
use super::types::{Declaration, Default};
use crate::model::error::Diagnostic;
use crate::model::schema::{VALUE, size};

/// Deepest nesting of tables without a name. A table may contain itself.
const DEPTH: usize = 8;

/// The declarations of a table, by name. What has a name in the table itself replaces what is shared. `what` begins the
/// errors: "`properties`".
pub(super) fn read(
    table: &Table,
    what: &str,
    allowance: &Allowance,
) -> Result<BTreeMap<String, Declaration>, Box<Diagnostic>> {
    declared(table, what, allowance, 0)
}

/// A copy of a declaration. A table of a few names can hold large ones any number of times, so each copy counts as memory.
pub(super) fn copied(
    declaration: &Declaration,
    what: &str,
    allowance: &Allowance,
) -> Result<Declaration, Box<Diagnostic>> {
    let default = match &declaration.default {
        Default::Plain(value) => size(value),
        _ => 0,
    };
    match allowance.take(declaration.kind.size() + declaration.doc.len() + default) {
        Ok(()) => Ok(declaration.clone()),
        Err(_) => Err(Box::new(Diagnostic::error(format!("{what} holds too much data")))),
    }
}

fn declared(
    table: &Table,
    what: &str,
    allowance: &Allowance,
    depth: usize,
) -> Result<BTreeMap<String, Declaration>, Box<Diagnostic>> {
    let error = |message: String| Box::new(Diagnostic::error(message));
    if depth > DEPTH {
        return Err(error(format!("{what} nests deeper than {DEPTH} shared tables")));
    }
    let mut own = BTreeMap::new();
    let mut shared = BTreeMap::new();
    for pair in table.pairs::<LuaValue, LuaValue>() {
        let (key, value) = pair.map_err(|problem| error(problem.to_string()))?;
        if allowance.take(VALUE).is_err() {
            return Err(error(format!("{what} holds too much data")));
        }
        if let (LuaValue::Number(_) | LuaValue::Integer(_), LuaValue::Table(more)) = (&key, &value) {
            for (name, declaration) in declared(more, what, allowance, depth + 1)? {
                if shared.insert(name.clone(), declaration).is_some() {
                    return Err(Box::new(
                        error(format!("{what} gets `{name}` from two of its tables")).hint(format!(
                            "declare it here as well: {name} = property.string {{ doc = \"…\" }}"
                        )),
                    ));
                }
            }
            continue;
        }
        let Some(name) = text(&key) else {
            return Err(Box::new(
                error(format!("{what} has {} without a name", describe(&value)))
                    .hint("port = property.integer { doc = \"…\" }"),
            ));
        };
        let declaration = match &value {
            LuaValue::UserData(data) => data.borrow::<Declaration>().ok(),
            _ => None,
        };
        let Some(declaration) = declaration else {
            return Err(Box::new(
                error(format!("property `{name}` is declared as {}", describe(&value)))
                    .hint(format!("{name} = property.string {{ doc = \"…\" }}")),
            ));
        };
        own.insert(name, copied(&declaration, what, allowance)?);
    }
    shared.extend(own);
    Ok(shared)
}
