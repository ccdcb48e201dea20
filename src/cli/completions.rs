//! `chefrs completions`.

use clap::{Args, Command};
use clap_complete::{Shell, generate};

use crate::model::exit::Exit;

use super::stop::EarlyEnd;
use super::terminal::Terminal;

/// Prints the completion script of a shell.
///
/// For bash: `chefrs completions bash > /etc/bash_completion.d/chefrs`.
#[derive(Debug, Args)]
pub(super) struct CompletionsArguments {
    /// The shell.
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

pub(super) fn completions(
    arguments: &CompletionsArguments,
    mut chefrs: Command,
    terminal: &Terminal,
) -> Result<Exit, EarlyEnd> {
    let mut script = Vec::new();
    generate(arguments.shell, &mut chefrs, "chefrs", &mut script);
    terminal.print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Success)
}
