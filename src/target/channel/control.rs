//! Shared state of a session: the request to end it, and facts about its connection.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::process::{Pid, Signal};
use tokio::sync::Notify;

/// Ends a session from another thread.
#[derive(Debug, Default)]
pub(super) struct Control {
    state: Mutex<ControlState>,
    /// Notified once, when the session is to end.
    bell: Notify,
}

#[derive(Debug, Default)]
struct ControlState {
    is_cut: bool,
    /// The process group that makes the connection.
    group: Option<Pid>,
    /// Why the connection is not shared.
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

    /// Whether the session is to end.
    pub(super) fn is_cut(&self) -> bool {
        self.state().is_cut
    }

    /// Completes when the session is to end.
    pub(super) async fn until_cut(&self) {
        self.bell.notified().await;
    }

    /// Sets the process group that works for the session, or `None` when it has ended.
    pub(super) fn works(&self, group: Option<Pid>) {
        let mut state = self.state();
        state.group = group;
        if state.is_cut {
            end(group);
        }
    }

    /// Records why the connection is not shared.
    pub(super) fn is_unshared(&self, why: String) {
        self.state().unshared = Some(why);
    }

    pub(super) fn unshared(&self) -> Option<String> {
        self.state().unshared.clone()
    }
}

/// Sends SIGTERM to a process group. Even if the process has ended, its children may keep our streams open.
pub(super) fn end(group: Option<Pid>) {
    if let Some(group) = group {
        let _ = rustix::process::kill_process_group(group, Signal::TERM);
    }
}
