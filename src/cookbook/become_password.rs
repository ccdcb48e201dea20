//! The password for sudo on targets, from a program named in `chefrs.toml`: `become_password = ["pass", "show",
//! "deploy"]`.

use std::time::Duration;

use super::Project;
use super::program::ProgramCall;
use crate::model::error::Diagnostic;

/// Timeout of the program. It may wait for a person and a hardware key.
pub const PATIENCE: Duration = Duration::from_secs(120);

impl Project {
    /// Whether the project names a program.
    #[must_use]
    pub fn names_password(&self) -> bool {
        self.become_password.is_some()
    }

    /// Runs the program on this machine, in the project's directory, and returns the first line of its output. None if
    /// the project names no program. The default of `patience`, its timeout, is [`PATIENCE`].
    ///
    /// # Errors
    /// The program can't be run, fails, takes too long, or prints no line.
    pub fn become_password(&self, patience: Duration) -> Result<Option<String>, Diagnostic> {
        let Some(program) = &self.become_password else { return Ok(None) };
        let call = ProgramCall { root: &self.root, owners: &self.owners, patience, input: None };
        let printed = program.output(call, "does it wait for input?")?;
        match printed.lines().next() {
            Some(line) if !line.is_empty() => Ok(Some(line.to_owned())),
            _ => {
                let name = &program.argv[0];
                let wrong = program.wrong(format!("the first line that `{name}` prints is empty"));
                Err(wrong.hint("it must print the password for sudo, and nothing else"))
            }
        }
    }
}
