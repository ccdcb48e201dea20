//! For which keys a file is encrypted, as far as the file tells.

use std::collections::BTreeMap;
use std::fmt;

use age_core::format::{FileKey, Stanza};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use sha2::{Digest as _, Sha256};

use crate::model::english::{count, list};
use crate::model::sorted;

/// Bytes of a fingerprint that a file tells.
const TAG: usize = 4;

/// A key for which a file is encrypted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Addressee {
    /// A key of SSH, with its type and the begin of its fingerprint.
    Ssh { r#type: String, tag: [u8; TAG] },
    /// A key of age. The file does not tell which.
    X25519,
    /// A passphrase.
    Passphrase,
    /// Another kind of key, by its name in the file.
    Other(String),
}

impl Addressee {
    /// The addressee that a key of SSH is, from its line `ssh-ed25519 AAAA…`.
    pub(super) fn of_ssh(line: &str) -> Option<Self> {
        let mut words = line.split_ascii_whitespace();
        let (r#type, key) = (words.next()?.to_owned(), STANDARD.decode(words.next()?).ok()?);
        let tag = Sha256::digest(&key).first_chunk().copied()?;
        Some(Self::Ssh { r#type, tag })
    }

    fn of_stanza(stanza: &Stanza) -> Option<Self> {
        let tag = || STANDARD_NO_PAD.decode(stanza.args.first()?).ok()?.try_into().ok();
        match stanza.tag.as_str() {
            "X25519" => Some(Self::X25519),
            "scrypt" => Some(Self::Passphrase),
            "ssh-ed25519" | "ssh-rsa" => tag().map(|tag| Self::Ssh { r#type: stanza.tag.clone(), tag }),
            // Added at random, so that programs learn to ignore what they don't know.
            other if other.ends_with("-grease") => None,
            other => Some(Self::Other(other.to_owned())),
        }
    }
}

impl fmt::Display for Addressee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ssh { r#type, tag } => {
                // What remains of the fingerprint that `ssh-keygen -l` shows: the last character is not whole.
                let shown = STANDARD_NO_PAD.encode(tag);
                write!(f, "{type} SHA256:{}…", &shown[..shown.len() - 1])
            }
            Self::X25519 => f.write_str("age key"),
            Self::Passphrase => f.write_str("passphrase"),
            Self::Other(kind) => write!(f, "key of kind `{}`", kind.escape_debug()),
        }
    }
}

/// A list of them for people: `2 age keys and ssh-ed25519 SHA256:AbCdE…`.
pub(super) fn listed(addressees: &[Addressee]) -> String {
    let mut counted: BTreeMap<&Addressee, usize> = BTreeMap::new();
    for addressee in addressees {
        *counted.entry(addressee).or_default() += 1;
    }
    let words = |(addressee, number): (&Addressee, usize)| match addressee {
        Addressee::X25519 => count(number, "age key"),
        other => other.to_string(),
    };
    let words: Vec<String> = counted.into_iter().map(words).collect();
    if words.is_empty() { "nobody".to_owned() } else { list(&words, "and") }
}

/// Writes down for whom a file is, instead of opening it.
#[derive(Debug, Default)]
pub(super) struct AddresseeReader(std::cell::RefCell<Vec<Addressee>>);

impl AddresseeReader {
    pub(super) fn addressees(self) -> Vec<Addressee> {
        let mut found = self.0.into_inner();
        sorted::sort_by(&mut found, Ord::cmp);
        found
    }
}

impl age::Identity for AddresseeReader {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<Result<FileKey, age::DecryptError>> {
        self.0.borrow_mut().extend(Addressee::of_stanza(stanza));
        None
    }
}
