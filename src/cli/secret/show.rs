//! `chefrs secret show`.

use std::io::{self, IsTerminal as _};
use std::slice::from_ref;

use clap::Args;

use crate::model::english::printable;
use crate::model::error::Diagnostics;
use crate::model::exit::Exit;

use super::super::early_end::EarlyEnd;
use super::super::passphrase::unlock;
use super::super::terminal::print_data;
use super::named::{NamedSecret, sources};

/// Prints a secret to standard output.
#[derive(Debug, Args)]
pub(super) struct ShowSecretArguments {
    #[command(flatten)]
    secret: NamedSecret,
}

pub(super) fn show(arguments: &ShowSecretArguments) -> Result<Exit, EarlyEnd> {
    let project = arguments.secret.project.open()?;
    let file = arguments.secret.existing(&project)?;
    let mut sources = sources(&project)?;
    unlock(&mut sources, &project, from_ref(&file))?;
    let text = sources.opened(&file.path).map_err(Diagnostics::from)?;
    let end = if text.ends_with('\n') { "" } else { "\n" };
    // What a terminal shows must not control it.
    let shown = if io::stdout().is_terminal() { printable(&text) } else { text.to_string() };
    print_data(&format!("{shown}{end}"))?;
    Ok(Exit::Success)
}
