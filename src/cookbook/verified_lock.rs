//! `chefrs verify`: files and signatures of the cookbooks in `chefrs.lock`.

use super::cache::CacheDirectory;
use super::lock_file::{FILE, LockedCookbook, LockedVersion};
use super::locked_content::content;
use super::sharing::SharedCookbooks;
use super::signature::{signer, statement};
use super::signed_lock::of;
use crate::model::error::{Diagnostic, Diagnostics};

/// What `verify` found of a cookbook.
#[derive(Debug)]
pub struct VerifiedCookbook {
    pub name: String,
    pub version: String,
    /// The fingerprint of the key that signed it.
    pub signer: Option<String>,
    /// Why it is not as it should be.
    pub wrong: Option<Diagnostic>,
}

impl SharedCookbooks {
    /// Verifies files and signatures of the locked cookbooks, without a network.
    ///
    /// # Errors
    /// There is no lock, or the cache can't be used.
    pub fn verify(&self) -> Result<Vec<VerifiedCookbook>, Diagnostics> {
        let Some(lock) = &self.lock else {
            let wrong = Diagnostic::error(format!("there is no {FILE}, so there is nothing to verify"));
            return Err(wrong.hint("`chefrs fetch` makes it").into());
        };
        let cache = CacheDirectory::of_user()?;
        let verified = |(entry, locked): (&LockedCookbook, &LockedVersion)| VerifiedCookbook {
            name: entry.name.clone(),
            version: locked.version.clone(),
            signer: locked.signer.clone(),
            wrong: self.unverified(&cache, &entry.name, locked),
        };
        Ok(lock.versions().map(verified).collect())
    }

    fn unverified(&self, cache: &CacheDirectory, name: &str, locked: &LockedVersion) -> Option<Diagnostic> {
        match content(&self.root, name, locked, true) {
            Ok(Some(_)) => {}
            Ok(None) => {
                let wrong = Diagnostic::error(format!("`{name}` {} was not fetched yet", locked.version));
                return Some(wrong.hint("`chefrs fetch` does it"));
            }
            Err(wrong) => return Some(wrong),
        }
        if let Some(said) = &locked.signer {
            let stated = statement(name, &locked.version, &locked.sum);
            let Some(signature) = cache.signature(&stated) else {
                let wrong = Diagnostic::error(format!(
                    "the signature of `{name}` {} is not kept here",
                    locked.version
                ));
                return Some(
                    wrong.hint(format!(
                        "`chefrs update {name} --precise {}` fetches it again",
                        locked.version
                    )),
                );
            };
            match signer(&stated, &signature) {
                Ok(found) if found == *said => {}
                Ok(found) => {
                    return Some(Diagnostic::error(format!(
                        "`{name}` {} is signed with {found}, and {FILE} says {said}",
                        locked.version
                    )));
                }
                Err(wrong) => return Some(of(name, locked, wrong)),
            }
        }
        self.settings.trust.misfit(name, locked)
    }
}
