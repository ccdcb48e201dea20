//! One word for a POSIX shell.

/// The word in single quotes, whatever is in it.
#[must_use]
pub(super) fn quote(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}
