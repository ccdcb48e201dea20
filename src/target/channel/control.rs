//! What a session on its thread shares with whoever wanted it: the wish that it ends, and what is known of its connection.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::process::{Pid, Signal};
use tokio::sync::Notify;

/// Ends a session from another thread, and tells of it.
#[derive(Debug, Default)]
pub(super) struct Control {
    state: Mutex<ControlState>,
    /// Rung once, when the session is to end.
    bell: Notify,
}

#[derive(Debug, Default)]
struct ControlState {
    is_cut: bool,
    /// The process group that makes the connection.
    group: Option<Pid>,
    /// Why the connection is shared with nobody.
    unshared: Option<String>,
}

impl Control {
    fn state(&self) -> MutexGuard<'_, ControlState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the session.
    pub(super) fn cut(&self) {
        let mut state = self.state();
        state.is_cut = true;
        end(state.group);
        drop(state);
        self.bell.notify_one();
    }

    /// Whether the session was to end.
    pub(super) fn is_cut(&self) -> bool {
        self.state().is_cut
    }

    /// Comes back once the session is to end.
    pub(super) async fn until_cut(&self) {
        self.bell.notified().await;
    }

    /// A process group works for the session from now on, or none does any more.
    pub(super) fn works(&self, group: Option<Pid>) {
        let mut state = self.state();
        state.group = group;
        if state.is_cut {
            end(group);
        }
    }

    /// The connection is this session's alone: why.
    pub(super) fn is_unshared(&self, why: String) {
        self.state().unshared = Some(why);
    }

    /// Why the connection is this session's alone.
    pub(super) fn unshared(&self) -> Option<String> {
        self.state().unshared.clone()
    }
}

/// Asks a process group to end. One that has ended by itself needs no signal; what it has started may hold our streams
/// open.
pub(super) fn end(group: Option<Pid>) {
    if let Some(group) = group {
        let _ = rustix::process::kill_process_group(group, Signal::TERM);
    }
}
