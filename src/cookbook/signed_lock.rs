//! Signatures of the cookbooks in `chefrs.lock`: looked at when a version is new there.

use super::cache::CacheDirectory;
use super::fetcher::Fetcher;
use super::lock_file::{LockFile, LockedCookbook, LockedSource, LockedVersion};
use super::shared_origin::FetchedOrigin;
use super::signature::{signer, statement};
use super::trust::{SignatureVerdict, SignedVersion, TrustSettings, scope};
use crate::model::english::list_some;
use crate::model::error::{Diagnostic, Diagnostics};

/// Most names in a warning.
const NAMED: usize = 5;

impl LockFile {
    pub(super) fn versions(&self) -> impl Iterator<Item = (&LockedCookbook, &LockedVersion)> {
        self.entries.values().filter_map(|entry| match &entry.source {
            LockedSource::Fetched(locked) => Some((entry, locked)),
            LockedSource::Path(_) => None,
        })
    }

    /// The signer of the cookbooks of a scope.
    fn signer_of(&self, scoped: &str) -> Option<&str> {
        let mut signers = self.versions().filter(|(entry, _)| scope(&entry.name) == scoped);
        signers.find_map(|(_, locked)| locked.signer.as_deref())
    }
}

/// Writes the signers of all versions to a new lock. Returns what people should know, and warnings.
pub(super) fn judge(
    trust: &TrustSettings,
    fetcher: &mut Fetcher<'_>,
    old: &LockFile,
    lock: &mut LockFile,
) -> Result<(Vec<String>, Vec<Diagnostic>), Diagnostics> {
    let (mut notes, mut warnings) = (Vec::new(), Vec::new());
    let (mut wrong, mut unsigned) = (Vec::new(), Vec::new());
    if !trust.looks() {
        return Ok((notes, warnings));
    }
    let cache = CacheDirectory::of_user()?;
    for entry in lock.entries.values_mut() {
        let LockedSource::Fetched(locked) = &mut entry.source else { continue };
        let name = entry.name.as_str();
        let known = old.versions().find(|(known, before)| {
            known.name == *name && before.version == locked.version && before.sum == locked.sum
        });
        if let Some((_, before)) = known {
            locked.signer.clone_from(&before.signer);
            wrong.extend(trust.misfit(name, locked));
            continue;
        }
        match signer_at(&cache, fetcher, name, locked) {
            Ok(found) => locked.signer = found,
            Err(mistake) => {
                wrong.push(mistake);
                continue;
            }
        }
        let is_listed = matches!(locked.origin, FetchedOrigin::Registry(_) | FetchedOrigin::Oci(_));
        let signed = signed(name, locked, old.signer_of(scope(name)));
        match trust.verdict(&signed) {
            SignatureVerdict::Accepted => {}
            SignatureVerdict::Noted(text) => notes.push(text),
            SignatureVerdict::Unsigned if is_listed => unsigned.push(format!("`{name}` {}", locked.version)),
            SignatureVerdict::Unsigned => {}
            SignatureVerdict::Refused(why, hint) => wrong.push(Diagnostic::error(why).hint(hint)),
        }
    }
    if !unsigned.is_empty() {
        let verb = if unsigned.len() == 1 { "is" } else { "are" };
        warnings.push(Diagnostic::warning(format!("{} {verb} not signed", list_some(&unsigned, NAMED))));
    }
    if wrong.is_empty() { Ok((notes, warnings)) } else { Err(Diagnostics(wrong)) }
}

impl TrustSettings {
    /// Why a version that was accepted before must not be used any more.
    pub(super) fn misfit(&self, name: &str, locked: &LockedVersion) -> Option<Diagnostic> {
        match self.verdict(&signed(name, locked, None)) {
            SignatureVerdict::Refused(why, hint) => Some(Diagnostic::error(why).hint(hint)),
            _ => None,
        }
    }

    /// What of a lock must not be used in a run: the signers must be those that are listed.
    pub(super) fn misfits(&self, lock: &LockFile) -> Vec<Diagnostic> {
        lock.versions().filter_map(|(entry, locked)| self.misfit(&entry.name, locked)).collect()
    }
}

fn signed<'a>(name: &'a str, locked: &'a LockedVersion, before: Option<&'a str>) -> SignedVersion<'a> {
    SignedVersion { name, version: &locked.version, signer: locked.signer.as_deref(), before }
}

/// The signer of a version, whose signature is fetched and verified.
fn signer_at(
    cache: &CacheDirectory,
    fetcher: &mut Fetcher<'_>,
    name: &str,
    locked: &LockedVersion,
) -> Result<Option<String>, Diagnostic> {
    let Some(signature) = fetcher.signature(name, locked)? else { return Ok(None) };
    let stated = statement(name, &locked.version, &locked.sum);
    let found = signer(&stated, &signature).map_err(|wrong| of(name, locked, wrong))?;
    cache.keep_signature(&stated, &signature)?;
    Ok(Some(found))
}

/// An error of a signature, with the version that it is about.
pub(super) fn of(name: &str, locked: &LockedVersion, mut wrong: Diagnostic) -> Diagnostic {
    wrong.message = format!("`{name}` {}: {}", locked.version, wrong.message);
    wrong.note(format!("it comes from {}", locked.origin.shown()))
}
