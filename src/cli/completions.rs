//! `chefrs completions`.

use clap::Args;
use clap_complete::Shell;
use clap_complete::env::Shells;

use crate::model::exit::Exit;
use crate::model::variables::COMPLETE;

use super::early_end::EarlyEnd;
use super::terminal::Terminal;

/// Prints the completion script of a shell.
///
/// The script asks chefrs itself, so recipes, nodes, groups, runs, resource types and attributes of the project at hand
/// are completed too. For bash: `chefrs completions bash > /etc/bash_completion.d/chefrs`.
#[derive(Debug, Args)]
pub(super) struct CompletionsArguments {
    /// The shell.
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

pub(super) fn completions(arguments: &CompletionsArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let mut script = Vec::new();
    if let Some(shell) = Shells::builtins().completer(&arguments.shell.to_string()) {
        shell.write_registration(COMPLETE.name, "chefrs", "chefrs", "chefrs", &mut script)?;
    }
    terminal.print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Success)
}
