//! SHA-256 digests as a cook writes them: whole, or their first digits.

use crate::model::error::Failure;

/// Fails for what is no SHA-256, nor a beginning of one that is long enough to mean anything.
///
/// # Errors
/// A sentence that says what is wanted.
pub fn check(wanted: &str) -> Result<(), Failure> {
    if (8..=64).contains(&wanted.len()) && wanted.chars().all(|c| c.is_ascii_hexdigit()) {
        return Ok(());
    }
    let failure = Failure::new(format!("`{}` is not a SHA-256", wanted.escape_debug()));
    Err(failure.hint("64 hexadecimal digits, or the first eight or more of them: sha256sum FILE"))
}

/// Whether a digest is the wanted one, or begins like it.
#[must_use]
pub fn matches(wanted: &str, digest: &str) -> bool {
    digest.get(..wanted.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(wanted))
}
