//! Declarations told to somebody else as soon as they are complete, while the recipes go on.

use std::cell::RefCell;
use std::hint::black_box;
use std::mem;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};

use crate::provider::Upcoming;

use super::budget::{Due, MOMENT};

/// Declarations told at once: to wake the other thread takes as long as to compile one of them.
const AT_ONCE: usize = 40;

/// How often something may be told before the compile waits for it to be heard.
const AHEAD: usize = 4;

/// Bytes of heap that are made ready for the next declarations.
const ROOM: usize = 256 * 1024;

/// Tells declarations, some at a time.
pub(super) struct Teller {
    way: RefCell<Option<SyncSender<Vec<Upcoming>>>>,
    /// What was heard comes back here, to be freed where it was made: else each thread would wait for the other's heap.
    back: Receiver<Vec<Upcoming>>,
    gathered: RefCell<Vec<Upcoming>>,
}

/// Hears what is told.
pub(super) struct Listener {
    told: Receiver<Vec<Upcoming>>,
    back: Sender<Vec<Upcoming>>,
}

impl Listener {
    /// Listens until nothing more is told.
    pub(super) fn listen(self, look: &mut dyn FnMut(&[Upcoming]), due: &Due) {
        loop {
            let mut upcoming = match self.told.recv_timeout(MOMENT) {
                Ok(upcoming) => upcoming,
                Err(RecvTimeoutError::Timeout) => {
                    due.set();
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => return,
            };
            // What has come meanwhile is looked at together: of many, several at a time.
            upcoming.extend(self.told.try_iter().flatten());
            look(&upcoming);
            // Where nobody takes it back any more, it is freed here.
            let _ = self.back.send(upcoming);
            due.set();
        }
    }
}

impl Teller {
    /// One, and who hears it.
    pub(super) fn new() -> (Self, Listener) {
        let (way, told) = sync_channel(AHEAD);
        let (back, taken) = channel();
        // A block of this size lies apart at first; once one was given back, such blocks no longer do.
        take_and_give_back(ROOM + ROOM / 8);
        (
            Self { way: RefCell::new(Some(way)), back: taken, gathered: RefCell::default() },
            Listener { told, back },
        )
    }

    /// One that nobody hears.
    pub(super) fn silent() -> Self {
        Self { way: RefCell::default(), back: channel().1, gathered: RefCell::default() }
    }

    /// Tells a complete declaration.
    pub(super) fn tell(&self, upcoming: Upcoming) {
        if self.way.borrow().is_none() {
            return;
        }
        let gathered = {
            let mut gathered = self.gathered.borrow_mut();
            gathered.push(upcoming);
            gathered.len()
        };
        if gathered >= AT_ONCE {
            self.flush();
        }
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
        self.back.try_iter().for_each(drop);
        // The C library widens this thread's heap by a page or two at a time, a thousand times in a large compile, and each
        // time the processors of the other threads are stopped for it. Here it is widened once for many.
        take_and_give_back(ROOM);
    }
}

/// Nothing of the block is touched, so that it takes no memory.
fn take_and_give_back(bytes: usize) {
    drop(black_box(Vec::<u8>::with_capacity(bytes)));
}
