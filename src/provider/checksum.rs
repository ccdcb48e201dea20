//! SHA-256 digests in recipes: complete, or only the first digits.

use crate::model::error::Failure;

/// Fails unless `wanted` is a SHA-256 or a long enough prefix of one.
///
/// # Errors
/// What is expected.
pub fn check(wanted: &str) -> Result<(), Failure> {
    if (8..=64).contains(&wanted.len()) && wanted.chars().all(|c| c.is_ascii_hexdigit()) {
        return Ok(());
    }
    let failure = Failure::new(format!("`{}` is not a SHA-256", wanted.escape_debug()));
    Err(failure.hint("64 hexadecimal digits, or the first eight or more of them: sha256sum FILE"))
}

/// Whether a digest starts with the wanted one.
#[must_use]
pub fn matches(wanted: &str, digest: &str) -> bool {
    digest.get(..wanted.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(wanted))
}
