//! The public keys for which files are encrypted: `recipients.txt`, in the form of `age --recipients-file`.

use std::fmt;

use super::addressee::{Addressee, listed};
use crate::cookbook::Project;
use crate::cookbook::secret_files::SecretPlace;
use crate::model::english::one_line;
use crate::model::error::{Diagnostic, Diagnostics, Location};
use crate::model::sorted;

/// Characters of a key that are shown.
const SHOWN: usize = 16;

/// A public key.
struct PublicKey {
    key: Box<dyn age::Recipient + Send + Sync>,
    /// The key as text, without a comment.
    text: String,
    /// What the line says of whose key it is. May be empty.
    comment: String,
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let short = match Addressee::of_ssh(&self.text) {
            Some(ssh) => ssh.to_string(),
            None => format!("{}…", self.text.chars().take(SHOWN).collect::<String>()),
        };
        match self.comment.as_str() {
            "" => f.write_str(&short),
            comment => write!(f, "{} ({short})", one_line(comment)),
        }
    }
}

/// The public keys of a place.
pub struct RecipientList {
    keys: Vec<PublicKey>,
    /// The file that lists them.
    path: String,
}

impl fmt::Debug for RecipientList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys.iter().map(ToString::to_string)).finish()
    }
}

/// Why a file is not for the present keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaleFile(String);

impl fmt::Display for StaleFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl RecipientList {
    /// Reads the list for a place: its own, or that of all nodes.
    ///
    /// # Errors
    /// There is none, or all its wrong lines.
    pub fn of(project: &Project, place: &SecretPlace) -> Result<Self, Diagnostics> {
        let Some((path, text)) = project.recipients_text(place)? else {
            let path = SecretPlace::All.recipients();
            let wrong = Diagnostic::error(format!("there is no `{path}`, so nobody could read the secret"));
            return Err(wrong
                .hint(format!(
                    "write the public keys of all who may read it, one a line: `mkdir -p secrets; cat ~/.ssh/id_ed25519.pub \
                     >>{path}`"
                ))
                .hint("`chefrs secret keygen` makes a key of its own for this")
                .into());
        };
        let mut list = Self { keys: Vec::new(), path };
        let mut wrong = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match public_key(line) {
                Ok(key) if list.keys.iter().any(|known| known.text == key.text) => {}
                Ok(key) => list.keys.push(key),
                Err(mistake) => {
                    let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
                    wrong.push(mistake.at(Location::new(list.path.clone(), number)));
                }
            }
        }
        if wrong.is_empty() && list.keys.is_empty() {
            wrong.push(list.wrong("there is no key in the list, so nobody could read a secret"));
        }
        if wrong.is_empty() { Ok(list) } else { Err(Diagnostics(wrong)) }
    }

    /// The file that lists them.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Their owners, or the begins of the keys, for people.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.keys.iter().map(ToString::to_string)
    }

    /// Whether one of these keys is in the list: lines such as `age1…` or `ssh-ed25519 AAAA…`.
    #[must_use]
    pub fn has_any(&self, keys: &[String]) -> bool {
        self.keys.iter().any(|key| keys.contains(&key.text))
    }

    /// Whether a file is for other keys than these, as far as it tells. A key of age that was replaced by another one is
    /// not noticed.
    #[must_use]
    pub fn stale(&self, file: &[Addressee]) -> Option<StaleFile> {
        let of = |key: &PublicKey| Addressee::of_ssh(&key.text).unwrap_or(Addressee::X25519);
        let mut wanted: Vec<Addressee> = self.keys.iter().map(of).collect();
        sorted::sort_by(&mut wanted, Ord::cmp);
        (wanted != file).then(|| {
            StaleFile(format!("it is for {}, and {} has {}", listed(file), self.path, listed(&wanted)))
        })
    }

    /// An error about the list.
    pub(super) fn wrong(&self, message: &str) -> Diagnostic {
        Diagnostic::error(message).at(Location::new(self.path.clone(), 0))
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &dyn age::Recipient> {
        self.keys.iter().map(|key| &*key.key as &dyn age::Recipient)
    }
}

/// Parses a line.
fn public_key(line: &str) -> Result<PublicKey, Diagnostic> {
    let takes = "a line is a public key: `age1…`, `ssh-ed25519 AAAA…` or `ssh-rsa AAAA…`";
    if line.starts_with("AGE-SECRET-KEY-") || line.starts_with("-----BEGIN") {
        return Err(Diagnostic::error("this is a private key, and the list is for public ones")
            .hint(
                "remove it from the project, and from its history: whoever has read it can open the secrets",
            )
            .hint(takes));
    }
    if line.starts_with("age1") {
        let (text, comment) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let key: age::x25519::Recipient = text.parse().map_err(|_| {
            Diagnostic::error("this is not a public key of age, or it is not whole").hint(takes)
        })?;
        let comment = comment.trim().trim_start_matches('#').trim().to_owned();
        return Ok(PublicKey { key: Box::new(key), text: text.to_owned(), comment });
    }
    let mut words = line.splitn(3, char::is_whitespace);
    let text = [words.next().unwrap_or_default(), words.next().unwrap_or_default()].join(" ");
    let comment = words.next().unwrap_or_default().trim().to_owned();
    match text.parse::<age::ssh::Recipient>() {
        Ok(key) => Ok(PublicKey { key: Box::new(key), text, comment }),
        Err(age::ssh::ParseRecipientKeyError::RsaModulusTooSmall) => {
            Err(Diagnostic::error("this key of RSA has fewer than 2048 bits, which is too few")
                .hint("make a better one: `ssh-keygen -t ed25519`"))
        }
        Err(age::ssh::ParseRecipientKeyError::RsaModulusTooLarge) => {
            Err(Diagnostic::error("this key of RSA has more than 4096 bits, which is too many")
                .hint("make another one: `ssh-keygen -t ed25519`"))
        }
        Err(age::ssh::ParseRecipientKeyError::Unsupported(kind)) => Err(Diagnostic::error(format!(
            "files can't be encrypted for a key of type `{}`",
            one_line(&kind)
        ))
        .hint("only `ssh-ed25519` and `ssh-rsa` can be used; `chefrs secret keygen` makes a key of age")),
        Err(_) => Err(Diagnostic::error("this is not a public key").hint(takes)),
    }
}
