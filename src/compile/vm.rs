//! The Lua state of one cookbook, and what is loaded into it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use mlua::{Lua, Table, Value as LuaValue};

use super::session::Place;
use super::types::CustomType;

/// One cookbook's Lua.
pub(super) struct Vm {
    pub(super) lua: Lua,
    /// The cookbook; empty for the project.
    pub(super) book: String,
    /// The words of each kind of file.
    pub(super) environments: RefCell<BTreeMap<Place, Table>>,
    /// Libraries by name; nothing while one is being loaded.
    pub(super) libraries: RefCell<BTreeMap<String, Option<LuaValue>>>,
    /// Custom resources by name; nothing for one that can't be loaded.
    pub(super) types: RefCell<BTreeMap<String, Option<Rc<CustomType>>>>,
    /// Parts of `node` that were read, by their first key.
    pub(super) node: RefCell<BTreeMap<String, LuaValue>>,
}

impl Vm {
    /// One into which nothing is loaded.
    pub(super) fn new(lua: Lua, book: &str) -> Self {
        Self {
            lua,
            book: book.to_owned(),
            environments: RefCell::default(),
            libraries: RefCell::default(),
            types: RefCell::default(),
            node: RefCell::default(),
        }
    }
}
