//! The effect of an action on a service.

use crate::model::query::{Enabled, ServiceState};

/// Whether an action only creates or removes links.
pub(super) fn is_of_links(action: &str) -> bool {
    matches!(action, "enable" | "disable" | "mask" | "unmask" | "reenable" | "preset" | "revert")
}

/// The state after an action.
pub(super) fn after(action: &str, state: &ServiceState) -> ServiceState {
    let mut after = ServiceState { needs_reload: false, course: None, ..state.clone() };
    match action {
        "start" | "restart" | "reload_or_restart" => {
            after.running |= !state.once;
            after.restarting = false;
            after.failed = false;
        }
        "stop" => {
            after.running = false;
            after.restarting = false;
        }
        "enable" | "reenable" => after.enabled = Enabled::Yes,
        "disable" | "unmask" => after.enabled = Enabled::No,
        "mask" => after.enabled = Enabled::Masked,
        _ => {}
    }
    if matches!(action, "enable" | "reenable" | "disable" | "mask" | "unmask") {
        after.until_boot = false;
    }
    after
}

/// Whether the action has nothing to do in this state.
pub(super) fn holds(action: &str, state: &ServiceState) -> bool {
    match action {
        "start" => state.running && !state.restarting,
        "stop" | "reload" | "try_restart" | "try_reload_or_restart" => !state.running,
        "enable" => state.enabled == Enabled::Static || state.enabled == Enabled::Yes && !state.until_boot,
        "disable" => state.enabled != Enabled::Yes,
        "mask" => state.enabled == Enabled::Masked && !state.until_boot,
        "unmask" => state.enabled != Enabled::Masked,
        _ => false,
    }
}
