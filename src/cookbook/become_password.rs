//! The password for sudo on targets, from a program that `chefrs.toml` names: `become_password = ["pass", "show", "deploy"]`.

use std::time::Duration;

use super::Project;
use crate::model::error::Diagnostic;

/// How long the program may take; it may have to wait for a person and a key.
pub const PATIENCE: Duration = Duration::from_secs(120);

impl Project {
    /// Whether a program is named.
    #[must_use]
    pub fn names_password(&self) -> bool {
        self.become_password.is_some()
    }

    /// Runs the program on this machine, in the project's directory, and gives the first line that it prints; nothing
    /// where none is named. `patience` is how long that may take, usually [`PATIENCE`].
    ///
    /// # Errors
    /// The program can't be run, fails, takes too long, or prints no line.
    pub fn become_password(&self, patience: Duration) -> Result<Option<String>, Diagnostic> {
        let Some(program) = &self.become_password else { return Ok(None) };
        let printed =
            program.output(&self.root, &self.owners, patience, "does it wait for something to be typed?")?;
        match printed.lines().next() {
            Some(line) if !line.is_empty() => Ok(Some(line.to_owned())),
            _ => {
                let name = &program.argv[0];
                let wrong = program.wrong(format!("the first line that `{name}` prints is empty"));
                Err(wrong.hint("it is to be the password for sudo, and nothing else"))
            }
        }
    }
}
