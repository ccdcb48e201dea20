//! Declarations told to somebody else as soon as they are complete, while the recipes go on.

use std::cell::RefCell;
use std::mem;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use crate::provider::{Planner, Upcoming};

use super::engine::Engine;

/// Declarations told at once: to wake the other thread takes as long as to compile one of them.
const AT_ONCE: usize = 24;

/// How often something may be told before the compile waits for it to be heard.
const AHEAD: usize = 16;

/// Tells declarations, some at a time.
pub(super) struct Teller {
    way: RefCell<Option<SyncSender<Vec<Upcoming>>>>,
    gathered: RefCell<Vec<Upcoming>>,
}

impl Teller {
    /// One, and who hears it.
    pub(super) fn new() -> (Self, Receiver<Vec<Upcoming>>) {
        let (way, told) = sync_channel(AHEAD);
        (Self { way: RefCell::new(Some(way)), gathered: RefCell::default() }, told)
    }

    /// One that nobody hears.
    pub(super) fn silent() -> Self {
        Self { way: RefCell::default(), gathered: RefCell::default() }
    }

    /// Tells the last ones. Whoever hears waits no longer.
    pub(super) fn end(&self) {
        self.flush();
        self.way.take();
    }

    fn flush(&self) {
        let gathered = mem::take(&mut *self.gathered.borrow_mut());
        if let Some(way) = &*self.way.borrow()
            && !gathered.is_empty()
        {
            // Who does not hear any more has come to a sudden end, which is told by that.
            let _ = way.send(gathered);
        }
    }
}

impl Engine {
    /// Tells a complete declaration.
    pub(super) fn tell(&self, declaration: usize, planner: Box<dyn Planner>) {
        let teller = &self.teller;
        if teller.way.borrow().is_none() {
            return;
        }
        let first = self.session.borrow().drafts[declaration].row.actions.first().cloned();
        let Some(action) = first.filter(|action| action != "nothing") else { return };
        let gathered = {
            let mut gathered = teller.gathered.borrow_mut();
            gathered.push(Upcoming { declaration, action, planner });
            gathered.len()
        };
        if gathered >= AT_ONCE {
            teller.flush();
        }
    }
}
