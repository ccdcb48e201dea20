//! `[trust]` of `chefrs.toml`: whose signatures count for cookbooks from elsewhere.

use std::collections::BTreeMap;

use serde_json::Value;

use super::document::{Document, dotted};
use super::keys;
use super::signature::{fingerprint, is_fingerprint};
use crate::model::english::list;
use crate::model::error::Diagnostic;

/// Name of the table.
pub(super) const TRUST: &str = "trust";

/// What is wanted of signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum TrustPolicy {
    /// They are not looked at.
    Off,
    /// The first signer of a scope is kept, and another one is refused. What is not signed draws a warning.
    #[default]
    Warn,
    /// The signer must be listed.
    Require,
}

/// The settings.
#[derive(Debug, Clone, Default)]
pub(super) struct TrustSettings {
    policy: TrustPolicy,
    /// Fingerprints by scope.
    scopes: BTreeMap<String, Vec<String>>,
}

/// What the signature of a version means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum SignatureVerdict {
    /// It is as it was, or does not matter.
    Accepted,
    /// It is the first one of its scope, and people should know this.
    Noted(String),
    /// There is none, and none is wanted.
    Unsigned,
    /// It is refused: why, and what to do about it.
    Refused(String, String),
}

/// A version of a cookbook, and who signed it.
#[derive(Debug)]
pub(super) struct SignedVersion<'a> {
    pub(super) name: &'a str,
    pub(super) version: &'a str,
    /// The fingerprint of the key. The signature was verified.
    pub(super) signer: Option<&'a str>,
    /// The signer of the cookbooks of this scope in the lock.
    pub(super) before: Option<&'a str>,
}

impl TrustSettings {
    /// Parses the table.
    pub(super) fn read(document: &Document, wrong: &mut Vec<Diagnostic>) -> Self {
        let mut settings = Self::default();
        let Some(table) = document.values.get(TRUST) else { return settings };
        if !table.is_object() {
            wrong.push(document.wrong(TRUST, "`trust` must be a table").hint("write `[trust]`"));
            return settings;
        }
        wrong.extend(document.unknown_keys(TRUST, keys::TRUST));
        settings.policy = match document.string("trust.policy", wrong).as_deref() {
            None | Some("warn") => TrustPolicy::Warn,
            Some("off") => TrustPolicy::Off,
            Some("require") => TrustPolicy::Require,
            Some(_) => {
                let mistake = document.wrong("trust.policy", "`trust.policy` must be one of three words");
                wrong.push(mistake.hint("write `off`, `warn` or `require`"));
                TrustPolicy::Require
            }
        };
        match table.get("scopes") {
            None => {}
            Some(Value::Object(scopes)) => {
                for (scope, keys) in scopes {
                    let found = keys_of(document, scope, keys, wrong);
                    settings.scopes.insert(scope.clone(), found);
                }
            }
            Some(_) => {
                let mistake = document.wrong("trust.scopes", "`trust.scopes` must be a table");
                wrong.push(
                    mistake.hint("write `[trust.scopes]`, and below it `acme = [\"ssh-ed25519 AAAA…\"]`"),
                );
            }
        }
        settings
    }

    /// Whether signatures matter.
    pub(super) fn looks(&self) -> bool {
        self.policy != TrustPolicy::Off
    }

    /// What a signature means.
    pub(super) fn verdict(&self, looked_at: &SignedVersion<'_>) -> SignatureVerdict {
        let SignedVersion { name, version, signer, before } = *looked_at;
        let scope = scope(name);
        if !self.looks() {
            return SignatureVerdict::Accepted;
        }
        let refused = |why: String, hint: String| SignatureVerdict::Refused(why, hint);
        match (self.scopes.get(scope), signer, before) {
            (Some(listed), Some(signer), _) if listed.iter().any(|known| known == signer) => {
                SignatureVerdict::Accepted
            }
            (Some(_), Some(signer), _) => refused(
                format!(
                    "`{name}` {version} is signed with {signer}, which `[trust.scopes]` does not list for `{scope}`"
                ),
                format!("ask whose key that is; `{scope} = [\"ssh-ed25519 …\"]` lists it"),
            ),
            (Some(_), None, _) => refused(
                format!("`{name}` {version} is not signed, and `[trust.scopes]` lists the keys of `{scope}`"),
                "ask its authors to sign it: `chefrs publish --key KEY`".to_owned(),
            ),
            (None, _, _) if self.policy == TrustPolicy::Require => refused(
                match signer {
                    Some(signer) => format!(
                        "`{name}` {version} is signed with {signer}, and `[trust.scopes]` lists no key for `{scope}`"
                    ),
                    None => format!("`{name}` {version} is not signed, and `trust.policy` is `require`"),
                },
                format!(
                    "write the keys that you trust below `[trust.scopes]`: `{scope} = [\"ssh-ed25519 …\"]`"
                ),
            ),
            (None, Some(signer), Some(before)) if signer == before => SignatureVerdict::Accepted,
            (None, Some(signer), Some(before)) => refused(
                format!(
                    "`{name}` {version} is signed with {signer}, and `{scope}` was signed with {before} before"
                ),
                format!(
                    "ask its authors whether they have a new key; `{scope} = [\"ssh-ed25519 …\"]` below `[trust.scopes]` lists both"
                ),
            ),
            (None, None, Some(before)) => refused(
                format!("`{name}` {version} is not signed, and `{scope}` was signed with {before} before"),
                "ask its authors why: somebody else may have published it".to_owned(),
            ),
            (None, Some(signer), None) => SignatureVerdict::Noted(format!(
                "`{name}` {version} is signed with {signer}; from now on `{scope}` must be signed with it"
            )),
            (None, None, None) => SignatureVerdict::Unsigned,
        }
    }
}

/// The part of a name that signatures are about: its scope, or all of it.
pub(super) fn scope(name: &str) -> &str {
    name.split_once('/').map_or(name, |(scope, _)| scope)
}

fn keys_of(document: &Document, scope: &str, keys: &Value, wrong: &mut Vec<Diagnostic>) -> Vec<String> {
    let path = dotted("trust.scopes", scope);
    let texts: Option<Vec<&str>> = keys.as_array().and_then(|keys| keys.iter().map(Value::as_str).collect());
    let Some(texts) = texts.filter(|texts| !texts.is_empty()) else {
        let mistake = document.wrong(&path, format!("`{path}` must be a list of public keys"));
        wrong.push(mistake.hint(format!("write `{scope} = [\"ssh-ed25519 AAAA… release@{scope}\"]`")));
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut odd = Vec::new();
    for text in texts {
        match fingerprint(text).or_else(|| is_fingerprint(text).then(|| text.to_owned())) {
            Some(key) => found.push(key),
            None => odd.push(format!("`{}`", text.escape_debug())),
        }
    }
    if !odd.is_empty() {
        let mistake = document.wrong(&path, format!("{} can't be read as a public key", list(&odd, "and")));
        wrong.push(mistake.hint("write the line of the `.pub` file, or the fingerprint: `SHA256:…`"));
    }
    found
}
