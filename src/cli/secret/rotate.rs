//! `chefrs secret rotate`.

use clap::Args;
use zeroize::Zeroizing;

use crate::cookbook::secret_files::{SecretFile, SecretForm};
use crate::model::english::count;
use crate::model::error::Diagnostic;
use crate::model::exit::Exit;
use crate::secrets::{RecipientList, encrypt};

use super::super::early_end::EarlyEnd;
use super::super::passphrase::unlock_for_all;
use super::super::terminal::Terminal;
use super::named::{SecretProject, sources};
use super::stored::write;

/// Encrypts all files again, for the keys that are in recipients.txt now.
///
/// If one of them can't be opened, none is changed. Whoever could read a secret before may still have it: after you remove
/// a key, change the secrets themselves, too.
#[derive(Debug, Args)]
pub(super) struct RotateSecretsArguments {
    #[command(flatten)]
    project: SecretProject,
}

pub(super) fn rotate(arguments: &RotateSecretsArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let project = arguments.project.open()?;
    let mut sources = sources(&project)?;
    unlock_for_all(&mut sources, &project)?;
    let mut wrong: Vec<Diagnostic> = Vec::new();
    let mut opened: Vec<(SecretFile, RecipientList, Zeroizing<Vec<u8>>)> = Vec::new();
    for place in project.secret_places()? {
        let files: Vec<SecretFile> = project.secret_files(&place)?;
        for file in files.into_iter().filter(|file| file.form == SecretForm::Age) {
            match (sources.raw(&file), RecipientList::of(&project, &place)) {
                (Ok(value), Ok(recipients)) => opened.push((file, recipients, value)),
                (value, recipients) => {
                    wrong.extend(value.err());
                    for mistake in recipients.err().into_iter().flat_map(|findings| findings.0) {
                        if !wrong.contains(&mistake) {
                            wrong.push(mistake);
                        }
                    }
                }
            }
        }
    }
    let mut encrypted = Vec::new();
    for (file, recipients, value) in &opened {
        match encrypt(value, recipients) {
            Ok(text) => encrypted.push((file, text)),
            Err(mistake) => wrong.push(mistake),
        }
    }
    if !wrong.is_empty() {
        if let Some(last) = wrong.last_mut() {
            last.notes.push("no file was changed".to_owned());
        }
        return Err(EarlyEnd::Findings(Exit::Failed, wrong));
    }
    for (file, text) in &encrypted {
        write(&project, file, text)?;
    }
    terminal.print(&format!("encrypted {} again\n", count(encrypted.len(), "file")))?;
    Ok(Exit::Success)
}
