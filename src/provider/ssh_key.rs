//! Public keys of SSH, as authorized_keys and known_hosts have them: the type, the key in base64, a comment.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::model::error::Failure;

/// The shortest key has more bytes.
const LEAST: usize = 32;

/// A public key in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SshKey<'a> {
    /// `ssh-ed25519`.
    pub kind: &'a str,
    /// The key itself, in base64. Two keys are the same if this is.
    pub base64: &'a str,
    /// What follows it.
    pub comment: &'a str,
}

impl<'a> SshKey<'a> {
    /// Reads a key that a text starts with.
    #[must_use]
    pub fn at_start(text: &'a str) -> Option<Self> {
        let (kind, rest) = text.trim_start().split_once([' ', '\t'])?;
        let rest = rest.trim_start();
        let (base64, comment) = rest.split_once([' ', '\t']).unwrap_or((rest, ""));
        (kind_of(base64)? == kind).then(|| Self { kind, base64, comment: comment.trim() })
    }
}

/// The type that a key in base64 says of itself: RFC 4253, section 6.6.
#[must_use]
pub fn kind_of(base64: &str) -> Option<String> {
    let bytes = STANDARD.decode(base64).ok().filter(|bytes| bytes.len() >= LEAST)?;
    let (length, rest) = bytes.split_at_checked(4)?;
    let length = usize::try_from(u32::from_be_bytes(length.try_into().ok()?)).ok()?;
    let kind = std::str::from_utf8(rest.get(..length)?).ok()?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-.@".contains(c);
    (!kind.is_empty() && kind.chars().all(is_plain)).then(|| kind.to_owned())
}

/// The failure for a text that is no public key.
#[must_use]
pub fn no_key(property: &str, text: &str) -> Failure {
    if text.contains("PRIVATE KEY") {
        return Failure::new(format!("`{property}` is a private key"))
            .hint("give the public key, which is in the file that ends with `.pub`");
    }
    let shown: String = text.chars().take(40).collect();
    let dots = if shown.len() < text.len() { "…" } else { "" };
    Failure::new(format!("`{property}` is not a public key: \"{}{dots}\"", shown.escape_debug()))
        .hint("a key looks like this: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5… comment; the whole of it is needed")
}
