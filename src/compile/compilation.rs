//! The state of one compile, shared by all callbacks from Lua.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use mlua::{Lua, MetaMethod, Table, Value as LuaValue};
use serde_json::{Map, Value};

use crate::cookbook::Cookbook;
use crate::cookbook::inventory::NodeFinder;
use crate::model::error::{Diagnostic, Location};
use crate::model::node::{AttributeSource, IDENTITY};
use crate::model::probe;
use crate::model::schema::Schema;
use crate::model::sorted;
use crate::provider::ResourceType;

use super::allowance::Allowance;
use super::attributes::AttributeTable;
use super::books::Books;
use super::budget::{Budget, Due};
use super::convert::{describe, key_text};
use super::fault::{fresh, out_of_memory, recorded};
use super::input::Listener;
use super::input::{Input, Limits};
use super::place;
use super::session::{CompileSession, Mistake, ScriptKind};
use super::vm::Vm;

/// Creates the globals for files of one kind.
pub(super) type MakeGlobals = fn(&Rc<Compilation>, &Vm, ScriptKind) -> mlua::Result<Table>;

/// The state of one compile.
pub(super) struct Compilation {
    pub(super) books: Books,
    pub(super) facts: Map<String, Value>,
    /// Answers to probes, by cookbook and name. Null for a cookbook whose probes were not asked.
    pub(super) answers: Map<String, Value>,
    pub(super) nodes: NodeFinder,
    /// Attribute layers above the defaults of the cookbooks, lowest first.
    pub(super) layers: Vec<AttributeSource>,
    pub(super) limits: Limits,
    pub(super) allowance: Rc<Allowance>,
    pub(super) session: RefCell<CompileSession>,
    /// Receives complete declarations.
    pub(super) listener: Option<Listener>,
    pub(super) attributes: RefCell<AttributeTable>,
    pub(super) budget: Budget,
    schemas: RefCell<BTreeMap<&'static str, Rc<Schema>>>,
    pub(super) vms: RefCell<BTreeMap<String, Rc<Vm>>>,
    /// Creates the globals of a file.
    pub(super) words: MakeGlobals,
    /// Whether it is that of a test, which declares resources of its own.
    pub(super) is_test: bool,
    /// If facts are not known: the number of errors that don't depend on facts.
    pub(super) sure: Cell<Option<usize>>,
}

impl Compilation {
    /// Creates the state of a compile that was not started yet.
    pub(super) fn new(
        input: &Input<'_>,
        limits: Limits,
        due: Due,
        listener: Option<Listener>,
        words: MakeGlobals,
    ) -> Self {
        let mut layers: Vec<AttributeSource> =
            input.project.attributes().into_iter().chain(input.attributes).cloned().collect();
        sorted::sort_by_key(&mut layers, |source| source.layer);
        let mut facts = input.facts.clone();
        let answers = facts.remove(probe::ANSWERS).and_then(|answers| answers.as_object().cloned());
        if !layers.iter().any(|layer| IDENTITY.iter().any(|key| layer.values.contains_key(*key))) {
            // A machine that is not in the inventory.
            let name = facts.get("hostname").cloned().unwrap_or_default();
            facts.extend(IDENTITY.map(str::to_owned).into_iter().zip([name, Value::Array(Vec::new())]));
        }
        Self {
            books: Books::new(input.project),
            nodes: input.project.node_finder(),
            facts,
            answers: answers.unwrap_or_default(),
            layers,
            limits,
            allowance: Rc::new(Allowance::new(limits.memory)),
            session: RefCell::default(),
            listener,
            attributes: RefCell::default(),
            budget: Budget::new(limits, due),
            schemas: RefCell::default(),
            vms: RefCell::default(),
            words,
            is_test: false,
            sure: Cell::new(None),
        }
    }

    /// Finds a cookbook by name. The empty name is the project.
    pub(super) fn book(&self, name: &str) -> Option<&Cookbook> {
        self.books.book(name)
    }

    /// Called by every Lua state between instructions. Fails once a limit is exceeded, and from then on always.
    pub(super) fn tick(&self, lua: &Lua) -> mlua::Result<()> {
        if self.is_over(|| place::here(lua)) { Err(recorded("stopped")) } else { Ok(()) }
    }

    /// Whether the compile was stopped. The first time that a limit is exceeded, the error is recorded.
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

    /// Records that memory ran out, so that the compile fails even if the recipe catches the error. Returns the error
    /// to raise.
    pub(super) fn out_of_memory(&self, lua: &Lua) -> mlua::Error {
        self.budget.stop();
        self.refuse(lua, out_of_memory())
    }

    /// The schema of a built-in type.
    pub(super) fn schema(&self, kind: &'static ResourceType) -> Rc<Schema> {
        Rc::clone(self.schemas.borrow_mut().entry(kind.name).or_insert_with(|| Rc::new((kind.schema)())))
    }

    /// Records an error, so that the compile fails even if the recipe catches it. Returns the error to raise.
    pub(super) fn refuse(&self, lua: &Lua, diagnostic: Diagnostic) -> mlua::Error {
        let location = diagnostic.location.clone().or_else(|| place::here(lua));
        self.refuse_at(location, diagnostic)
    }

    /// Like [`Self::refuse`], with a given location or none.
    pub(super) fn refuse_at(&self, location: Option<Location>, mut diagnostic: Diagnostic) -> mlua::Error {
        diagnostic.location = diagnostic.location.or(location);
        let message = diagnostic.message.clone();
        self.session.borrow_mut().record(diagnostic);
        recorded(message)
    }

    /// Records a mistake in a declaration, at the line of the property if it can be found.
    pub(super) fn mistake(&self, draft: usize, property: Option<&str>, diagnostic: Diagnostic) {
        let property = property.map(str::to_owned);
        self.session.borrow_mut().mistake(draft, Mistake { property, diagnostic });
    }

    /// The text of the line that is running. Empty if it can't be found.
    pub(super) fn line_that_runs(&self, lua: &Lua) -> String {
        place::here(lua).map(|here| self.session.borrow().quote(here).excerpt).unwrap_or_default()
    }

    /// Makes a table read-only, and reading a missing key an error.
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
