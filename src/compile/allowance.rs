//! The memory limit of a compile. Rows, texts and plain data outside of Lua count as well as the Lua heaps.

use std::cell::{Cell, RefCell};

use mlua::{Lua, WeakLua};

/// Memory that a declared resource takes, without its texts and properties.
pub(super) const ROW: usize = 1024;

/// Amount that can be taken before the heaps are measured again.
const GRAIN: usize = 256 * 1024;

/// The memory of a compile. Only one Lua state runs at a time, so each may use what the others leave.
pub(super) struct Allowance {
    limit: usize,
    /// Memory taken outside of Lua. It is never given back, because nearly all of it lives until the end.
    taken: Cell<usize>,
    /// The part of it that the limits of the heaps don't include yet.
    unsettled: Cell<usize>,
    states: RefCell<Vec<WeakLua>>,
    is_spent: Cell<bool>,
}

/// The error that the memory is used up.
#[derive(Debug)]
pub(super) struct Spent;

impl Allowance {
    /// Creates an allowance of this many bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            taken: Cell::new(0),
            unsettled: Cell::new(0),
            states: RefCell::default(),
            is_spent: Cell::new(false),
        }
    }

    /// Includes the heap of a Lua state.
    pub(super) fn count(&self, lua: &Lua) {
        self.states.borrow_mut().push(lua.weak());
        self.settle();
    }

    /// Takes memory outside of Lua.
    ///
    /// # Errors
    /// There is not enough left. All later calls fail too.
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

    /// Whether the limit was exceeded.
    pub(super) fn is_spent(&self) -> bool {
        self.is_spent.get()
    }

    /// Sets the limit of each heap to what is left. Returns whether the total is within the limit.
    pub(super) fn settle(&self) -> bool {
        self.unsettled.set(0);
        let states: Vec<Lua> = self.states.borrow().iter().filter_map(WeakLua::try_upgrade).collect();
        let mut left = self.left(&states);
        if left.is_none() {
            // Luau does not collect garbage when memory runs out, so collect it here.
            for lua in &states {
                // If collecting fails, the heap simply stays as full as it is.
                let _ = lua.gc_collect();
            }
            left = self.left(&states);
        }
        for lua in &states {
            // Zero would mean no limit.
            let limit = lua.used_memory().saturating_add(left.unwrap_or_default()).max(1);
            // Can't fail: the allocator of every state here supports limits.
            let _ = lua.set_memory_limit(limit);
        }
        left.is_some()
    }

    fn left(&self, states: &[Lua]) -> Option<usize> {
        let heaps: usize = states.iter().map(Lua::used_memory).sum();
        self.limit.checked_sub(heaps)?.checked_sub(self.taken.get())
    }
}
