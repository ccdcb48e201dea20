//! States in other tools, with the actions that bring them about.

/// Values of `state` in Ansible and `ensure` in Puppet, with the equivalent actions. The first action that the type has
/// is used. An empty list means the first action of the type.
const STATES: &[(&[&str], &[&str])] = &[
    (&["present", "installed", "created", "file", "directory", "link", "exists"], &[]),
    (&["absent", "removed", "uninstalled"], &["delete", "remove"]),
    (&["latest"], &["upgrade", "sync"]),
    (&["purged"], &["purge"]),
    (&["held"], &["lock"]),
    (&["started", "running"], &["start"]),
    (&["stopped", "dead"], &["stop"]),
    (&["restarted"], &["restart"]),
    (&["reloaded"], &["reload"]),
    (&["masked"], &["mask"]),
    (&["touch"], &["touch"]),
];

/// The action that is equivalent to a state of another tool.
#[must_use]
pub fn action_for<'a>(state: &str, actions: &[&'a str]) -> Option<&'a str> {
    let (_, wanted) = STATES.iter().find(|(states, _)| states.contains(&state))?;
    if wanted.is_empty() {
        return actions.first().copied();
    }
    actions.iter().copied().find(|action| wanted.contains(action))
}
