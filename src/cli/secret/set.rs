//! `chefrs secret set`.

use std::io::{self, IsTerminal as _, Read as _};

use clap::Args;
use zeroize::Zeroizing;

use crate::cookbook::secret_files::SecretFile;
use crate::model::error::Diagnostic;
use crate::model::exit::Exit;
use crate::secrets::RecipientList;

use super::super::early_end::EarlyEnd;
use super::super::password::Hidden;
use super::super::terminal::Terminal;
use super::named::NamedSecret;
use super::stored::{LIMIT, room, store};

/// Stores a secret: asks for it, or reads it from standard input.
///
/// The line break after a single line is not part of it: `pwgen 32 1 | chefrs secret set db_password`.
#[derive(Debug, Args)]
pub(super) struct SetSecretArguments {
    #[command(flatten)]
    secret: NamedSecret,
}

pub(super) fn set(arguments: &SetSecretArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let project = arguments.secret.project.open()?;
    let file = arguments.secret.file(&project)?;
    // What is wrong with the keys is said before a person types.
    RecipientList::of(&project, &file.place)?;
    let value = if io::stdin().is_terminal() { typed(&file)? } else { piped()? };
    terminal.print(&store(&project, &file, &value)?)?;
    Ok(Exit::Success)
}

/// Asks twice, because nobody sees what is typed.
fn typed(file: &SecretFile) -> Result<Zeroizing<Vec<u8>>, EarlyEnd> {
    let mut hidden = Hidden::open()?;
    let cancelled = || EarlyEnd::Findings(Exit::Interrupted, vec![Diagnostic::error("no secret was given")]);
    let mut ask = |question: String| {
        Ok::<_, EarlyEnd>(Zeroizing::new(hidden.ask(&question)?.ok_or_else(cancelled)?.into_bytes()))
    };
    let first = ask(format!("secret {} for {}: ", file.name, file.place))?;
    if first != ask("the same again: ".to_owned())? {
        return Err(EarlyEnd::usage(Diagnostic::error("the two are not the same, so nothing was stored")));
    }
    Ok(first)
}

fn piped() -> Result<Zeroizing<Vec<u8>>, EarlyEnd> {
    let mut value = room();
    io::stdin().lock().take(LIMIT as u64 + 1).read_to_end(&mut value)?;
    Ok(value)
}
