//! The memory that a compile may take, in Lua and outside of it: rows, texts and plain data count as the heaps of the cookbooks do.

use std::cell::{Cell, RefCell};

use mlua::{Lua, WeakLua};

/// What one value takes outside of Lua beside its text: its own room, and its place in the list or map around it.
pub(super) const VALUE: usize = 64;
/// What a declared resource takes beside its texts and properties.
pub(super) const ROW: usize = 1024;

/// So much is taken before the heaps are looked at again.
const GRAIN: usize = 256 * 1024;

/// All the memory of a compile. Only one Lua state runs at a time, so each may use what the others leave.
pub(super) struct Allowance {
    limit: usize,
    /// Taken outside of Lua. Never given back: what is made there nearly always stays until the end.
    taken: Cell<usize>,
    /// The part of it that the heaps' own limits do not know of yet.
    unsettled: Cell<usize>,
    states: RefCell<Vec<WeakLua>>,
    is_spent: Cell<bool>,
}

/// There is no more.
#[derive(Debug)]
pub(super) struct Spent;

impl Allowance {
    /// So many bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            taken: Cell::new(0),
            unsettled: Cell::new(0),
            states: RefCell::default(),
            is_spent: Cell::new(false),
        }
    }

    /// Counts the heap of a Lua state from now on.
    pub(super) fn count(&self, lua: &Lua) {
        self.states.borrow_mut().push(lua.weak());
        self.settle();
    }

    /// Takes memory outside of Lua.
    ///
    /// # Errors
    /// So much is not left, and from now on nothing is.
    pub(super) fn take(&self, bytes: usize) -> Result<(), Spent> {
        if self.is_spent.get() {
            return Err(Spent);
        }
        self.taken.set(self.taken.get().saturating_add(bytes));
        self.unsettled.set(self.unsettled.get().saturating_add(bytes));
        if self.unsettled.get() >= GRAIN && !self.settle() {
            self.is_spent.set(true);
            return Err(Spent);
        }
        Ok(())
    }

    /// Whether more was wanted than there is.
    pub(super) fn is_spent(&self) -> bool {
        self.is_spent.get()
    }

    /// Lets each heap grow by what is left; whether that is not less than nothing.
    pub(super) fn settle(&self) -> bool {
        self.unsettled.set(0);
        let states: Vec<Lua> = self.states.borrow().iter().filter_map(WeakLua::try_upgrade).collect();
        let mut left = self.left(&states);
        if left.is_none() {
            // Luau does not collect for want of memory, so what nobody uses any more counts until it is asked to.
            for lua in &states {
                // A heap that can't be collected is as full as before.
                let _ = lua.gc_collect();
            }
            left = self.left(&states);
        }
        for lua in &states {
            // Zero would mean no limit at all.
            let limit = lua.used_memory().saturating_add(left.unwrap_or_default()).max(1);
            // Every state here has an allocator that knows limits.
            let _ = lua.set_memory_limit(limit);
        }
        left.is_some()
    }

    fn left(&self, states: &[Lua]) -> Option<usize> {
        let heaps: usize = states.iter().map(Lua::used_memory).sum();
        self.limit.checked_sub(heaps)?.checked_sub(self.taken.get())
    }
}
