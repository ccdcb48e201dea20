//! Tasks: what `task { … }` in a file below `tasks/` declares. A task is a custom resource with one action, so arguments are
//! properties, and what it runs is declared as in any other.

use std::rc::Rc;

use mlua::{Lua, Table, Value as LuaValue};

use crate::model::english::suggestion;
use crate::model::error::Diagnostic;
use crate::model::schema::Schema;

use super::allowance::Allowance;
use super::compilation::Compilation;
use super::convert::{describe, text};
use super::custom::{Body, properties};
use super::words::{TASK_KEYS, names};

/// The action of every task.
const RUN: &str = "run";

/// Adds the function `task` to the globals.
pub(super) fn install(compilation: &Rc<Compilation>, lua: &Lua, into: &Table) -> mlua::Result<()> {
    let this = Rc::clone(compilation);
    let task = move |lua: &Lua, table: LuaValue| match body(&table, &this.allowance) {
        Ok(body) => Ok(body),
        Err(diagnostic) => Err(this.refuse(lua, *diagnostic)),
    };
    into.raw_set("task", lua.create_function(task)?)
}

fn body(value: &LuaValue, allowance: &Allowance) -> Result<Body, Box<Diagnostic>> {
    let error = |message: String| Box::new(Diagnostic::error(message));
    let LuaValue::Table(table) = value else {
        return Err(error(format!("`task` takes a table, not {}", describe(value))));
    };
    let (mut made, mut schema) = (Body::default(), Schema::default());
    for pair in table.pairs::<LuaValue, LuaValue>() {
        let (key, value) = pair.map_err(|problem| error(problem.to_string()))?;
        let key = text(&key).ok_or_else(|| error("`task` takes named keys, not a list".into()))?;
        match (key.as_str(), value) {
            ("doc", value @ LuaValue::String(_)) => schema.doc = text(&value).unwrap_or_default(),
            ("terminal", LuaValue::Boolean(terminal)) => made.terminal = terminal,
            ("arguments", LuaValue::Table(table)) => {
                properties(&table, "a task", (&mut made, &mut schema), allowance)?;
            }
            ("run", LuaValue::Function(run)) => drop(made.actions.insert(RUN.to_owned(), run)),
            (known, value) if names(TASK_KEYS).contains(&known) => {
                return Err(error(format!("`{known}` of `task` can't be {}", describe(&value))));
            }
            (unknown, _) => {
                let diagnostic = Diagnostic::error(format!("`task` has no key `{unknown}`"));
                return Err(Box::new(diagnostic.hint(suggestion(
                    unknown,
                    &names(TASK_KEYS),
                    "its keys are",
                ))));
            }
        }
    }
    if made.actions.is_empty() {
        let hint =
            "run = function(self) execute \"log\" { command = { \"journalctl\", \"-u\", \"nginx\" } } end";
        return Err(Box::new(Diagnostic::error("a task needs `run`").hint(hint)));
    }
    RUN.clone_into(&mut made.default_action);
    made.schema = Rc::new(schema);
    Ok(made)
}
