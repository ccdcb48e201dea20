//! One compile: all that callbacks out of Lua need, and how they refuse what they are asked.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use mlua::{Lua, MetaMethod, Table, Value as LuaValue};
use serde_json::{Map, Value};

use crate::cookbook::Cookbook;
use crate::model::error::{Diagnostic, Location};
use crate::model::node::AttributeSource;
use crate::model::schema::Schema;
use crate::provider::ResourceType;

use super::allowance::Allowance;
use super::attributes::AttributeTable;
use super::books::Books;
use super::budget::{Budget, Due};
use super::convert::{describe, key_text};
use super::early_rows::Listener;
use super::fault::{fresh, out_of_memory, recorded};
use super::input::{Input, Limits};
use super::place;
use super::session::{CompileSession, Mistake, Place};
use super::vm::Vm;

/// Makes the globals of a kind of file.
pub(super) type MakeWords = fn(&Rc<Compilation>, &Vm, Place) -> mlua::Result<Table>;

/// All that callbacks out of Lua need.
pub(super) struct Compilation {
    pub(super) books: Books,
    pub(super) facts: Map<String, Value>,
    /// Attributes above the cookbooks' defaults, lowest layer first.
    pub(super) layers: Vec<AttributeSource>,
    pub(super) limits: Limits,
    pub(super) allowance: Allowance,
    pub(super) session: RefCell<CompileSession>,
    /// Who is told of complete declarations.
    pub(super) listener: Option<Listener>,
    pub(super) attributes: RefCell<AttributeTable>,
    pub(super) budget: Budget,
    schemas: RefCell<BTreeMap<&'static str, Rc<Schema>>>,
    pub(super) vms: RefCell<BTreeMap<String, Rc<Vm>>>,
    /// What makes the words that a file may use.
    pub(super) words: MakeWords,
    /// How many mistakes are there whatever the facts; nothing where the facts are known.
    pub(super) sure: Cell<Option<usize>>,
}

impl Compilation {
    /// One that has not begun.
    pub(super) fn new(
        input: &Input<'_>,
        limits: Limits,
        due: Due,
        listener: Option<Listener>,
        words: MakeWords,
    ) -> Self {
        let mut layers: Vec<AttributeSource> =
            input.project.attributes().into_iter().chain(input.attributes).cloned().collect();
        layers.sort_by_key(|source| source.layer);
        Self {
            books: Books::new(input.project),
            facts: input.facts.clone(),
            layers,
            limits,
            allowance: Allowance::new(limits.memory),
            session: RefCell::default(),
            listener,
            attributes: RefCell::default(),
            budget: Budget::new(limits, due),
            schemas: RefCell::default(),
            vms: RefCell::default(),
            words,
            sure: Cell::new(None),
        }
    }

    /// The cookbook of that name; the empty one is the project.
    pub(super) fn book(&self, name: &str) -> Option<&Cookbook> {
        self.books.book(name)
    }

    /// Called by every state between instructions: stops everything once time or memory is used up, and keeps stopping it.
    pub(super) fn tick(&self, lua: &Lua) -> mlua::Result<()> {
        if self.is_over(|| place::here(lua)) { Err(recorded("stopped")) } else { Ok(()) }
    }

    /// Whether the compile has come to an early end. When a budget is first found used up, that is put on the list.
    pub(super) fn is_over(&self, place: impl FnOnce() -> Option<Location>) -> bool {
        if let Some(diagnostic) = self.budget.tick(&self.allowance)
            && let Ok(mut session) = self.session.try_borrow_mut()
        {
            session.record(match place() {
                Some(location) => diagnostic.at(location),
                None => diagnostic,
            });
        }
        self.budget.is_stopped()
    }

    /// Refuses the compile for good because memory ran out, whatever the recipe makes of it. Gives the error to go on with.
    pub(super) fn out_of_memory(&self, lua: &Lua) -> mlua::Error {
        self.budget.stop();
        self.refuse(lua, out_of_memory())
    }

    /// Properties of a type of the roster.
    pub(super) fn schema(&self, kind: &'static ResourceType) -> Rc<Schema> {
        Rc::clone(self.schemas.borrow_mut().entry(kind.name).or_insert_with(|| Rc::new((kind.schema)())))
    }

    /// Refuses what a callback was asked to do: on the list of errors for good, whatever the caller catches.
    pub(super) fn refuse(&self, lua: &Lua, diagnostic: Diagnostic) -> mlua::Error {
        let location = diagnostic.location.clone().or_else(|| place::here(lua));
        self.refuse_at(location, diagnostic)
    }

    /// The same for a place that is known, or for none.
    pub(super) fn refuse_at(&self, location: Option<Location>, mut diagnostic: Diagnostic) -> mlua::Error {
        diagnostic.location = diagnostic.location.or(location);
        let message = diagnostic.message.clone();
        self.session.borrow_mut().record(diagnostic);
        recorded(message)
    }

    /// Puts a mistake in a declaration on the list, at the line of the property where that can be found.
    pub(super) fn mistake(&self, draft: usize, property: Option<&str>, diagnostic: Diagnostic) {
        let property = property.map(str::to_owned);
        self.session.borrow_mut().mistake(draft, Mistake { property, diagnostic });
    }

    /// The text of the line that runs; empty where that can't be told.
    pub(super) fn line_that_runs(&self, lua: &Lua) -> String {
        place::here(lua).map(|here| self.session.borrow().quote(here).excerpt).unwrap_or_default()
    }

    /// Makes a table read-only, and reading what it lacks an error.
    pub(super) fn make_strict(
        lua: &Lua,
        table: &Table,
        missing: impl Fn(&Lua, &str) -> Diagnostic + 'static,
    ) -> mlua::Result<()> {
        let index =
            lua.create_function(move |lua, (_, key): (LuaValue, LuaValue)| -> mlua::Result<LuaValue> {
                let key = match &key {
                    LuaValue::Number(number) => number.to_string(),
                    LuaValue::Integer(number) => number.to_string(),
                    other => key_text(other).unwrap_or_else(|| describe(other)),
                };
                let diagnostic = missing(lua, &key);
                Err(fresh(match place::here(lua) {
                    Some(location) => diagnostic.at(location),
                    None => diagnostic,
                }))
            })?;
        let meta = lua.create_table()?;
        meta.raw_set(MetaMethod::Index.name(), index)?;
        meta.raw_set("__metatable", "locked")?;
        table.set_metatable(Some(meta))?;
        table.set_readonly(true);
        Ok(())
    }
}
