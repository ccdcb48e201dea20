//! `chefrs secret keygen`.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};

use camino::Utf8PathBuf;
use clap::Args;

use crate::cookbook::secret_files::SecretPlace;
use crate::model::error::Diagnostic;
use crate::model::exit::Exit;
use crate::secrets::{Identities, generate};

use super::super::early_end::EarlyEnd;
use super::super::terminal::Terminal;
use super::named::SecretProject;

/// Makes a private key that opens encrypted files, and prints its public key.
///
/// Keep the file to yourself: it is not part of the project. `chefrs secret keygen >>secrets/recipients.txt` lists the
/// public key among those that can open secrets.
#[derive(Debug, Args)]
pub(super) struct KeygenArguments {
    /// The file to write. Default: the first of the `identities` of chefrs.toml, or ~/.config/chefrs/identity.txt.
    #[arg(value_name = "FILE")]
    file: Option<Utf8PathBuf>,
    #[command(flatten)]
    project: SecretProject,
}

pub(super) fn keygen(arguments: &KeygenArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let place = match &arguments.file {
        Some(file) => file.clone(),
        None => Identities::first_place(&arguments.project.open()?).ok_or_else(|| {
            let wrong = Diagnostic::error(
                "there is no place for the key: chefrs.toml names no identity, or HOME is not set",
            );
            EarlyEnd::usage(wrong.hint("name a file: `chefrs secret keygen FILE`"))
        })?,
    };
    let (text, public) = generate();
    let write = || {
        if let Some(folder) = place.parent().filter(|folder| !folder.as_str().is_empty()) {
            DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        }
        // Nothing that is there is replaced, be it a link.
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&place)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    write().map_err(|error: io::Error| {
        let wrong = |why: &str| Diagnostic::error(format!("the key can't be written to `{place}`: {why}"));
        EarlyEnd::Findings(
            Exit::Failed,
            vec![match error.kind() {
                io::ErrorKind::AlreadyExists => wrong("there is a file")
                    .hint("it may be the only key that opens secrets; move it away if it is not"),
                _ => wrong(error.to_string().split(" (os error").next().unwrap_or_default()),
            }],
        )
    })?;
    let list = SecretPlace::All.recipients();
    // Standard output has the key alone, to be appended to the list.
    terminal.print(&format!("{public}\n"))?;
    terminal.note(&format!("wrote {place}; its public key belongs in {list}"))?;
    Ok(Exit::Success)
}
