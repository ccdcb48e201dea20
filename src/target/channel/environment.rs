//! The environment of programs that are started on this side: ours, without the secrets.

use std::process::Command;

use crate::model::variables::SECRET;

/// Keeps the secrets of our environment from a program: it has no use for them.
pub fn without_secrets(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with(SECRET.name)) {
            command.env_remove(name);
        }
    }
    command
}
