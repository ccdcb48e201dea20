//! Fingerprints of keys in known_hosts, as printed by `ssh-keygen -l`.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use sha2::{Digest as _, Sha256};

/// The fingerprint of the key in a message of ssh: `Offending ED25519 key in /home/a/.ssh/known_hosts:3`.
pub(super) fn offending(complaint: &str) -> Option<String> {
    let (_, place) = complaint.split_once("Offending ")?.1.split_once(" key in ")?;
    let (file, line) = place.trim().rsplit_once(':')?;
    let line: usize = line.parse().ok()?;
    let text = std::fs::read_to_string(file).ok()?;
    fingerprint(text.lines().nth(line.checked_sub(1)?)?)
}

/// Parses `[@marker] hosts type key [comment]`.
fn fingerprint(line: &str) -> Option<String> {
    let mut words = line.split_whitespace().skip_while(|word| word.starts_with('@'));
    let key = STANDARD.decode(words.nth(2)?).ok()?;
    Some(format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::digest(key))))
}
