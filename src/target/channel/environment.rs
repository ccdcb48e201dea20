//! The environment of local programs: ours, without the secrets.

use std::process::Command;

use crate::model::variables::SECRET;

/// Removes the secrets from the environment of a program.
pub fn without_secrets(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with(SECRET.name)) {
            command.env_remove(name);
        }
    }
    command
}
