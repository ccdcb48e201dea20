//! Finds properties outside of the braces of their declaration: `file "/etc/motd" content = "x"`.
//!
//! Lua reads this as a declaration without properties, followed by an assignment to a global variable.

use std::rc::Rc;

use mlua::{Lua, Table, Value as LuaValue};

use crate::model::error::{Diagnostic, Location};
use crate::provider::common::common_properties;

use super::compilation::Compilation;
use super::convert::text;
use super::place;
use super::session::Mistake;
use super::types::Declared;

impl Compilation {
    /// Creates the function that runs when a file assigns to a new global variable.
    pub(super) fn new_global(self: &Rc<Self>, lua: &Lua) -> mlua::Result<mlua::Function> {
        let this = Rc::clone(self);
        lua.create_function(move |lua, (globals, key, value): (Table, LuaValue, LuaValue)| {
            // No property takes a function.
            if let (Some(name), false) = (text(&key), value.is_function()) {
                this.look_at_global(lua, &name);
            }
            globals.raw_set(key, value)
        })
    }

    /// Records a mistake if the variable has the name of a property of the last declaration, or follows it on the same
    /// line.
    fn look_at_global(&self, lua: &Lua, name: &str) {
        let Some(draft) = self.session.borrow().open else { return };
        let Some(here) = place::here(lua).map(|here| self.session.borrow().quote(here)) else { return };
        let (declared, id, location) = {
            let session = self.session.borrow();
            let draft = &session.drafts[draft];
            (draft.declared.clone(), draft.row.id(), draft.row.location.clone())
        };
        if here.file != location.file {
            return;
        }
        let is_property = self.has_property(&declared, name);
        if !is_property && !directly_follows(&here, &location, name) {
            return;
        }
        let message = if is_property {
            format!("the property `{name}` of {id} is outside of its braces")
        } else {
            format!("`{name}` follows the declaration of {id} without braces")
        };
        let is_same_line = here.line == location.line;
        let start = before(&location.excerpt, name).trim_end();
        // A line with more than the type and the name would make the proposal unreadable.
        let written = if start.contains(['{', '=']) { "" } else { start };
        let mut diagnostic = Diagnostic::error(message).at(here.clone());
        diagnostic = match format!("{written} {{ {name} = … }}").trim_start() {
            proposal if written.is_empty() => {
                diagnostic.hint(format!("write it in the braces of the declaration: `{proposal}`"))
            }
            proposal => diagnostic.hint(format!("write `{proposal}`")),
        };
        if !is_same_line {
            diagnostic = diagnostic.hint(format!("if it is a variable, write `local {name} = …`"));
        }
        self.session.borrow_mut().mistake(draft, Mistake::of(name, diagnostic));
    }

    fn has_property(&self, declared: &Declared, name: &str) -> bool {
        let schema = match declared {
            Declared::Builtin(kind) => self.schema(kind),
            Declared::Custom(kind) => Rc::clone(&kind.schema),
        };
        schema.property(name).is_some() || common_properties().iter().any(|common| common.name == name)
    }
}

/// Whether an assignment follows a declaration on its line, with nothing that separates the two.
fn directly_follows(here: &Location, declared: &Location, name: &str) -> bool {
    let start = before(&declared.excerpt, name);
    here.line == declared.line && start.len() < declared.excerpt.len() && !start.contains([';', '{'])
}

/// The part of a line before the assignment to a variable. The whole line if there is none.
fn before<'a>(line: &'a str, name: &str) -> &'a str {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let is_assigned = |at: &usize| {
        let rest = line[at + name.len()..].trim_start();
        !line[..*at].ends_with(is_word) && rest.starts_with('=') && !rest.starts_with("==")
    };
    let at = line.match_indices(name).map(|(at, _)| at).find(is_assigned);
    at.map_or(line, |at| &line[..at])
}
