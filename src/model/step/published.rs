//! Checksums that a project publishes beside its files: `SHA256SUMS`.

use serde::{Deserialize, Serialize};

use crate::model::english::shorten;
use crate::model::error::Failure;

/// Size limit for a list of checksums in bytes: 1 MiB.
pub const LIST_LIMIT: u64 = 1 << 20;

/// A published list of checksums, and the name of a file in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedChecksum {
    /// Address of the list.
    pub url: String,
    /// Name of the file in the list.
    pub name: String,
}

impl PublishedChecksum {
    /// The SHA-256 of the file, from the text of the list. A list may have the form of `sha256sum` (`digest  name`), the
    /// BSD form (`SHA256 (name) = digest`), or consist of one digest alone.
    ///
    /// # Errors
    /// The list does not name the file, or gives it several digests.
    pub fn find_in(&self, text: &str) -> Result<String, Failure> {
        let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        if let [only] = lines.as_slice()
            && is_digest(only)
        {
            return Ok(only.to_ascii_lowercase());
        }
        let mut found: Vec<String> = lines
            .iter()
            .filter_map(|line| entry(line))
            .filter(|(_, name)| self.names(name))
            .map(|(digest, _)| digest.to_ascii_lowercase())
            .collect();
        found.sort();
        found.dedup();
        let Self { name, .. } = self;
        match found.as_slice() {
            [one] => Ok(one.clone()),
            [] => {
                let failure = Failure::new(format!("the list of checksums does not name `{name}`"));
                let named: Vec<String> = lines
                    .iter()
                    .filter_map(|line| entry(line))
                    .take(3)
                    .map(|(_, name)| format!("`{}`", shorten(name, 60)))
                    .collect();
                let hint = if named.is_empty() {
                    "it has no line such as `SHA-256  name` or `SHA256 (name) = SHA-256`".to_owned()
                } else {
                    format!(
                        "say the name that it has there as `checksum_name`; the list begins with {}",
                        named.join(", ")
                    )
                };
                Err(failure.hint(hint))
            }
            _ => Err(Failure::new(format!("the list has different checksums for `{name}`"))
                .hint("say the whole name that it has there as `checksum_name`")),
        }
    }

    /// Whether this is the file: its name, or a path that ends with it.
    fn names(&self, name: &str) -> bool {
        name.strip_suffix(self.name.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
    }
}

/// The digest and the name in a line of a list.
fn entry(line: &str) -> Option<(&str, &str)> {
    if let Some(rest) = line.strip_prefix("SHA256 (").or_else(|| line.strip_prefix("SHA256(")) {
        let (name, digest) = rest.rsplit_once(')')?;
        let digest = digest.trim_start().strip_prefix('=')?.trim();
        return is_digest(digest).then_some((digest, name));
    }
    let (digest, name) = line.split_once([' ', '\t'])?;
    let name = name.trim_start();
    // A star marks a file that was read as binary.
    let name = name.strip_prefix('*').unwrap_or(name);
    is_digest(digest).then_some((digest, name))
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
