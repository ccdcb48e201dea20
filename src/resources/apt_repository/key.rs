//! The key of the source: where it comes from, and whether it is the declared one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::AptRepository;
use crate::model::content::Content;
use crate::model::english::list;
use crate::model::error::{Failure, FailureKind};
use crate::model::known::{Known, Stop};
use crate::model::query::FileText;
use crate::provider::openpgp::{PublicKeys, plain_fingerprint};

/// The start of an OpenPGP key as text.
const ARMOUR: &str = "-----BEGIN PGP";

impl AptRepository {
    /// The address of the key, if it is declared by one.
    pub(super) fn key_address(&self) -> Option<&str> {
        self.key.as_deref().filter(|key| !key.trim_start().starts_with(ARMOUR))
    }

    /// The key that is declared as text.
    ///
    /// # Errors
    /// It is none, or has another fingerprint.
    pub(super) fn key_text(&self) -> Result<Option<PublicKeys>, Failure> {
        if self.key_address().is_some() {
            return Ok(None);
        }
        let (property, text) =
            match (&self.key, self.key_file.as_ref().map(|file| (&file.name, &file.content))) {
                (Some(key), _) => ("key", key.as_str()),
                (None, Some((_, Content::Text(text)))) => ("key_file", text.as_str()),
                (None, Some((name, _))) => {
                    return Err(Failure::new(format!("`{name}` is not a key as text"))
                        .hint(format!("this makes one: gpg --enarmor < {name} > key.asc")));
                }
                (None, None) => return Ok(None),
            };
        let keys = PublicKeys::read(text.as_bytes())
            .map_err(|wrong| Failure::new(format!("the key in `{property}` {wrong}")))?;
        self.require_declared(&keys, property)?;
        Ok(Some(keys))
    }

    /// The declared fingerprints, without blanks.
    pub(super) fn fingerprints(&self) -> Result<Vec<String>, Failure> {
        let declared = self.fingerprint.iter().flat_map(|list| &list.0);
        declared
            .map(|text| {
                plain_fingerprint(text).ok_or_else(|| {
                    Failure::new(format!("`{}` is not the fingerprint of a key", text.escape_debug())).hint(
                        "it has 40 hexadecimal digits, or 64: gpg --show-keys FILE; a short id is not enough",
                    )
                })
            })
            .collect()
    }

    /// Fails if a key is not among the declared ones.
    fn require_declared(&self, keys: &PublicKeys, place: &str) -> Result<(), Failure> {
        let declared = self.fingerprints()?;
        if declared.is_empty() {
            return Ok(());
        }
        let others: Vec<&String> =
            keys.fingerprints.iter().filter(|found| !declared.contains(found)).collect();
        if others.is_empty() {
            return Ok(());
        }
        let (fingerprint, has) =
            if others.len() == 1 { ("fingerprint", "is") } else { ("fingerprints", "are") };
        Err(Failure::impossible(format!(
            "the key from `{place}` is not the declared one: its {fingerprint} {has} {}",
            list(&others, "and")
        ))
        .hint(format!("declared: {}", list(&declared, "or")))
        .hint("ask the owner of the repository whether the key has changed"))
    }

    /// The keys, and the text of the keyring.
    ///
    /// # Errors
    /// The key is none, can't be downloaded, or has another fingerprint; an answer is missing.
    pub(super) fn wanted_key(&self, known: &Known) -> Result<Option<(PublicKeys, String)>, Stop> {
        if let Some(until) = self.key_file.as_ref().and_then(|file| match &file.content {
            Content::Unknown(until) => Some(until.clone()),
            _ => None,
        }) {
            return Err(Stop::Unknown(until));
        }
        let Some(address) = self.key_address() else {
            return Ok(self.key_text()?.map(with_text));
        };
        if let Some(FileText::Text(text)) = known.read(&self.keyring_path())?
            && let Ok(keys) = PublicKeys::read(text.as_bytes())
            && self.require_declared(&keys, address).is_ok()
        {
            return Ok(Some((keys, text.clone())));
        }
        let bytes = known.download(address)?.as_ref().map_err(|why| {
            Failure::new(format!("the key can't be downloaded from `{address}`: {why}"))
                .hint("or give the key itself: key_file = \"vendor.asc\"")
        })?;
        let bytes = STANDARD.decode(bytes).map_err(|error| Failure::new(error.to_string()))?;
        let keys = PublicKeys::read(&bytes)
            .map_err(|wrong| Failure::new(format!("the key at `{address}` {wrong}")))?;
        // What is downloaded is first seen at the turn, when others have made changes.
        self.require_declared(&keys, address).map_err(|failure| failure.of_kind(FailureKind::Failed))?;
        Ok(Some(with_text(keys)))
    }
}

fn with_text(keys: PublicKeys) -> (PublicKeys, String) {
    let text = keys.armoured();
    (keys, text)
}
