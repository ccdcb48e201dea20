//! The programs that print secrets: the one that the project names, and `sops`.

use std::time::Duration;

use super::Project;
use super::path::whole;
use super::program::{Program, ProgramCall};
use super::secret_name::is_path_like;
use super::secret_settings::{NAME, SecretSettings};
use crate::model::english::{list, one_line};
use crate::model::error::Diagnostic;

/// Timeout of a program that prints secrets. It may wait for a person and a hardware key.
const PATIENCE: Duration = Duration::from_secs(120);
/// What such a program may be waiting for.
const HASTE: &str = "does it wait for input?";
/// The program that opens files in the format of SOPS.
const SOPS: &str = "sops";

impl Project {
    /// `[secrets]` of `chefrs.toml`.
    #[must_use]
    pub fn secret_settings(&self) -> &SecretSettings {
        &self.secrets
    }

    /// The command that prints a secret, for messages. None if the project names no program.
    #[must_use]
    pub fn secret_command(&self, name: &str) -> Option<String> {
        let words: Vec<String> = self.secret_program(name)?.argv.iter().map(|word| one_line(word)).collect();
        Some(words.join(" "))
    }

    fn secret_program(&self, name: &str) -> Option<Program> {
        let Program { argv, location } = self.secrets.program.as_ref()?;
        let argv = argv.iter().enumerate();
        let argv = argv.map(|(index, word)| if index == 0 { word.clone() } else { word.replace(NAME, name) });
        Some(Program { argv: argv.collect(), location: location.clone() })
    }

    /// Runs the project's program for a secret on this machine, and returns what it prints. None if the project names no
    /// program.
    ///
    /// # Errors
    /// The name can't be an argument, or the program can't be run, fails, takes too long, or prints something else than
    /// text.
    pub fn printed_secret(&self, name: &str) -> Result<Option<String>, Diagnostic> {
        let Some(program) = self.secret_program(name) else { return Ok(None) };
        // The name comes from a recipe, maybe from that of a stranger.
        if !is_path_like(name) {
            let wrong = program.wrong(format!(
                "the secret `{}` can't be asked for: its name is no argument",
                one_line(name)
            ));
            return Err(
                wrong.hint("the program is given letters, digits, `_`, `-`, `.` and `/`, and no `..`")
            );
        }
        program.output(self.secret_call(), HASTE).map(Some)
    }

    /// Opens a file in the format of SOPS with the program `sops`, and returns its content as JSON. `path` is relative to
    /// the project.
    ///
    /// # Errors
    /// `sops` is not installed, or fails.
    pub fn opened_by_sops(&self, path: &str) -> Result<String, Diagnostic> {
        let argv = [SOPS, "--decrypt", "--output-type", "json", path].map(str::to_owned).to_vec();
        let program = Program { argv, location: whole(path) };
        if !program.is_installed() {
            let wrong = program.wrong(format!("`{SOPS}` is not installed here, and the file needs it"));
            let install =
                ["https://github.com/getsops/sops".to_owned(), "a package of your system".to_owned()];
            return Err(wrong
                .hint(format!("install it: {}", list(&install, "or")))
                .hint("or store the secrets with `chefrs secret set NAME`, which needs no other program"));
        }
        program.output(self.secret_call(), HASTE)
    }

    fn secret_call(&self) -> ProgramCall<'_> {
        ProgramCall { root: &self.root, owners: &self.owners, patience: PATIENCE, input: None }
    }
}
