//! Asks for the passphrases of private keys, before a run starts to write to the terminal.

use crate::cookbook::Project;
use crate::cookbook::secret_files::{SecretFile, SecretForm};
use crate::model::english::one_line;
use crate::model::error::Diagnostic;
use crate::model::exit::Exit;
use crate::secrets::{SecretSources, addressees};

use super::early_end::EarlyEnd;
use super::password::Hidden;

/// How often a person may try.
const TRIES: usize = 3;

/// Asks for the passphrases of the keys that are needed for some file of the project. Without a terminal, nobody is asked;
/// the files that need such a key say so when they are used.
///
/// # Errors
/// The passphrase was wrong, or the user cancelled.
pub(super) fn unlock_for_all(sources: &mut SecretSources<'_>, project: &Project) -> Result<(), EarlyEnd> {
    // Files that can't be listed or read are reported when they are needed.
    let places = project.secret_places().unwrap_or_default();
    if places.is_empty() || !sources.identities().has_locked() {
        return Ok(());
    }
    let files: Vec<SecretFile> =
        places.iter().flat_map(|place| project.secret_files(place).unwrap_or_default()).collect();
    unlock(sources, project, &files)
}

/// Asks for the passphrases of the keys that are needed for these files.
///
/// # Errors
/// As [`unlock_for_all`].
pub(super) fn unlock(
    sources: &mut SecretSources<'_>,
    project: &Project,
    files: &[SecretFile],
) -> Result<(), EarlyEnd> {
    for file in files.iter().filter(|file| file.form == SecretForm::Age) {
        if !sources.identities().has_locked() {
            return Ok(());
        }
        let Ok(found) = project.secret_bytes(&file.path).and_then(|bytes| addressees(&bytes)) else {
            continue;
        };
        let Some(origin) = sources.identities().locked_for(&found).map(|key| key.origin().to_owned()) else {
            continue;
        };
        let Ok(mut hidden) = Hidden::open() else { return Ok(()) };
        let question = format!("passphrase of {}: ", one_line(&origin));
        let mut tries = 0;
        loop {
            let Some(passphrase) = hidden.ask(&question)? else {
                let wrong = Diagnostic::error("no passphrase was given");
                return Err(EarlyEnd::Findings(Exit::Interrupted, vec![wrong]));
            };
            if sources.unlock(&origin, passphrase) {
                break;
            }
            tries += 1;
            if tries == TRIES {
                let wrong =
                    Diagnostic::error(format!("that is not the passphrase of `{}`", one_line(&origin)));
                return Err(EarlyEnd::Findings(Exit::Failed, vec![wrong]));
            }
        }
    }
    Ok(())
}
