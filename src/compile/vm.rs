//! The Lua state of one cookbook, with a cache of what was loaded.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use mlua::{Lua, Table, Value as LuaValue};

use super::session::ScriptKind;
use super::types::CustomType;

/// The Lua state of one cookbook.
pub(super) struct Vm {
    pub(super) lua: Lua,
    /// The cookbook. Empty for the project.
    pub(super) book: String,
    /// The globals of each kind of file.
    pub(super) environments: RefCell<BTreeMap<ScriptKind, Table>>,
    /// Libraries by name. None while a library is being loaded.
    pub(super) libraries: RefCell<BTreeMap<String, Option<LuaValue>>>,
    /// Custom resources by name. None if it can't be loaded.
    pub(super) types: RefCell<BTreeMap<String, Option<Rc<CustomType>>>>,
    /// Parts of `node` that were read, by their first key.
    pub(super) node: RefCell<BTreeMap<String, LuaValue>>,
}

impl Vm {
    /// Creates an entry without anything loaded.
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
