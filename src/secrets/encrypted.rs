//! Encrypts and opens files in the format of age.

use std::io::{self, BufReader, Read as _, Write as _};
use std::iter::once;

use age::armor::{ArmoredReader, ArmoredWriter, Format};
use age::{DecryptError, Decryptor, Encryptor};
use zeroize::Zeroizing;

use super::addressee::{Addressee, AddresseeReader, listed};
use super::identity::Identities;
use super::recipient::RecipientList;
use crate::model::english::count;
use crate::model::error::Diagnostic;

/// Begin of a file as bytes, and as text.
const MAGIC: [&[u8]; 2] = [b"age-encryption.org/", b"-----BEGIN AGE ENCRYPTED FILE-----"];

/// Encrypts a value as text, for all keys of a list.
///
/// # Errors
/// The list is empty.
pub fn encrypt(value: &[u8], recipients: &RecipientList) -> Result<Vec<u8>, Diagnostic> {
    let failed = |_| Diagnostic::error("the secret can't be encrypted");
    let encryptor = Encryptor::with_recipients(recipients.keys())
        .map_err(|_| recipients.wrong("there is no key for which to encrypt the secret"))?;
    let mut text = Vec::new();
    let armor = ArmoredWriter::wrap_output(&mut text, Format::AsciiArmor).map_err(failed)?;
    let mut writer = encryptor.wrap_output(armor).map_err(failed)?;
    writer.write_all(value).map_err(failed)?;
    writer.finish().and_then(ArmoredWriter::finish).map_err(failed)?;
    Ok(text)
}

/// For which keys a file is encrypted, sorted.
///
/// # Errors
/// It is no such file, or damaged.
pub fn addressees(bytes: &[u8]) -> Result<Vec<Addressee>, Diagnostic> {
    let reader = AddresseeReader::default();
    let decryptor = decryptor(bytes)?;
    if decryptor.is_scrypt() {
        return Ok(vec![Addressee::Passphrase]);
    }
    // It opens nothing.
    drop(decryptor.decrypt(once(&reader as &dyn age::Identity)));
    Ok(reader.addressees())
}

/// Opens a file.
///
/// # Errors
/// It is no such file, damaged, or for other keys.
pub(super) fn open(bytes: &[u8], identities: &Identities) -> Result<Zeroizing<Vec<u8>>, Diagnostic> {
    let found = addressees(bytes)?;
    let mut reader = match decryptor(bytes)?.decrypt(identities.keys()) {
        Ok(reader) => reader,
        Err(DecryptError::NoMatchingKeys) => return Err(for_others(&found, identities)),
        Err(_) => return Err(damaged()),
    };
    // Sized for all of it, because a vector that grows leaves copies behind.
    let mut value = Zeroizing::new(Vec::with_capacity(bytes.len()));
    match reader.read_to_end(&mut value) {
        Ok(_) => Ok(value),
        Err(_) => Err(damaged()),
    }
}

fn decryptor(bytes: &[u8]) -> Result<Decryptor<impl io::BufRead>, Diagnostic> {
    if !MAGIC.iter().any(|begin| bytes.starts_with(begin)) {
        return Err(Diagnostic::error("the file is not encrypted in the format of age")
            .hint("`chefrs secret set NAME` and `age --encrypt` make such files"));
    }
    match Decryptor::new_buffered(BufReader::new(ArmoredReader::new(bytes))) {
        Ok(decryptor) => Ok(decryptor),
        Err(DecryptError::UnknownFormat) => {
            Err(Diagnostic::error("the file is in a newer version of the format of age than chefrs knows"))
        }
        Err(_) => Err(damaged()),
    }
}

fn damaged() -> Diagnostic {
    Diagnostic::error("the encrypted file is damaged, or not whole")
        .hint("restore it from git, or store the secret again: `chefrs secret set NAME`")
}

/// The error for a file that none of the keys opens.
fn for_others(addressees: &[Addressee], identities: &Identities) -> Diagnostic {
    let them = listed(addressees);
    if addressees == [Addressee::Passphrase] {
        return Diagnostic::error("the file is encrypted with a passphrase, not for a key")
            .hint("store the secret again: `chefrs secret set NAME`");
    }
    if let Some(locked) = identities.locked_for(addressees) {
        return Diagnostic::error(format!("the key `{}` opens it, and has a passphrase", locked.origin()))
            .note(format!("it is for {them}"))
            .hint("start chefrs on a terminal, where it can ask for the passphrase")
            .hint("or make a key without one for this: `chefrs secret keygen`");
    }
    let number = identities.number();
    let message = match number {
        0 => "there is no key to open it with".to_owned(),
        1 => "your only key does not open it".to_owned(),
        _ => format!("none of your {} opens it", count(number, "key")),
    };
    let mut wrong = Diagnostic::error(message).note(format!("it is for {them}"));
    wrong.notes.extend(identities.notes());
    let hint = match identities.public_keys().first() {
        Some(own) => format!(
            "whoever can open it adds a line to recipients.txt, and calls `chefrs secret rotate`: {own}"
        ),
        None => "make a key with `chefrs secret keygen`, or name yours in chefrs.toml: `[secrets]`, `identities = […]`"
            .to_owned(),
    };
    wrong.hint(hint)
}
