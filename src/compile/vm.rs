//! The Lua state of one cookbook, and what is loaded into it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use mlua::{Lua, Table, Value as LuaValue};

use super::engine::Engine;
use super::session::Place;
use super::types::CustomType;
use super::{environment, sandbox};

/// One cookbook's Lua.
pub(super) struct Vm {
    pub(super) lua: Lua,
    /// The cookbook; empty for the project.
    pub(super) book: String,
    environments: RefCell<BTreeMap<Place, Table>>,
    /// Libraries by name; nothing while one is being loaded.
    pub(super) libraries: RefCell<BTreeMap<String, Option<LuaValue>>>,
    /// Custom resources by name; nothing for one that can't be loaded.
    pub(super) types: RefCell<BTreeMap<String, Option<Rc<CustomType>>>>,
    /// Parts of `node` that were read, by their first key.
    pub(super) node: RefCell<BTreeMap<String, LuaValue>>,
}

impl Vm {
    /// A fresh, hardened state.
    pub(super) fn new(engine: &Rc<Engine>, book: &str) -> mlua::Result<Self> {
        Ok(Self {
            lua: sandbox::state(engine)?,
            book: book.to_owned(),
            environments: RefCell::default(),
            libraries: RefCell::default(),
            types: RefCell::default(),
            node: RefCell::default(),
        })
    }

    /// Globals for one file: its own writes stay its own.
    pub(super) fn file_environment(&self, engine: &Rc<Engine>, place: Place) -> mlua::Result<Table> {
        let known = self.environments.borrow().get(&place).cloned();
        let words = if let Some(table) = known {
            table
        } else {
            let table = environment::words(engine, self, place)?;
            self.environments.borrow_mut().insert(place, table.clone());
            table
        };
        let meta = self.lua.create_table()?;
        meta.raw_set("__index", words)?;
        meta.raw_set("__metatable", "locked")?;
        let table = self.lua.create_table()?;
        table.set_metatable(Some(meta))?;
        Ok(table)
    }
}
