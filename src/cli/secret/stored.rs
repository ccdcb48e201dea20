//! Stores a value: encrypts it for the present keys, and replaces the file.

use zeroize::Zeroizing;

use crate::cookbook::Project;
use crate::cookbook::secret_files::SecretFile;
use crate::model::english::{count, list_some};
use crate::model::error::{Diagnostic, Diagnostics};
use crate::secrets::{Identities, RecipientList, encrypt};
use crate::target::local::document::DocumentDirectory;

use super::super::early_end::EarlyEnd;

/// Most bytes of a secret. Encrypted and written as text, it still fits into a file that is read.
pub(super) const LIMIT: usize = 512 * 1024;
/// Most keys that are named.
const NAMED: usize = 6;

/// Encrypts a value, writes it, and returns a sentence that says for whom.
///
/// # Errors
/// It is empty or too large, the list of keys is wrong, or the file can't be written.
pub(super) fn store(project: &Project, file: &SecretFile, value: &[u8]) -> Result<String, EarlyEnd> {
    let wrong = |message: String| Err(EarlyEnd::usage(Diagnostic::error(message)));
    if value.is_empty() || value == b"\n" {
        return wrong(format!("the secret `{}` would be empty", file.name));
    }
    if value.len() > LIMIT {
        return wrong(format!("the secret `{}` is larger than {} KiB", file.name, LIMIT / 1024));
    }
    if std::str::from_utf8(value).is_err() {
        let wrong = Diagnostic::error("the secret is not UTF-8 text");
        return Err(EarlyEnd::usage(
            wrong.hint("a secret is text: encode what is not, for example as Base64"),
        ));
    }
    let recipients = RecipientList::of(project, &file.place)?;
    write(project, file, &encrypt(value, &recipients).map_err(Diagnostics::from)?)?;
    let names: Vec<String> = recipients.names().collect();
    let mut said =
        format!("stored {} for {}: {}\n", file.path, count(names.len(), "key"), list_some(&names, NAMED));
    if !recipients.has_any(&Identities::of(project).public_keys()) {
        said.push_str("note: none of your own keys is among them, so you can't read it\n");
    }
    Ok(said)
}

/// Writes an encrypted file: whole, or nothing of it.
///
/// # Errors
/// The folder or the file belongs to another user, or the disk is full.
pub(super) fn write(project: &Project, file: &SecretFile, encrypted: &[u8]) -> Result<(), EarlyEnd> {
    let path = project.root().join(&file.path);
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return Ok(()) };
    let written = DocumentDirectory::open_or_make(folder).and_then(|folder| folder.write(name, encrypted));
    written.map_err(|failure| {
        EarlyEnd::unwritten("the secret", folder, failure, "the folder and its files must be your own")
    })
}

/// The bytes of a secret, overwritten in memory when they are dropped, with room for the largest one.
pub(super) fn room() -> Zeroizing<Vec<u8>> {
    Zeroizing::new(Vec::with_capacity(LIMIT + 1))
}
