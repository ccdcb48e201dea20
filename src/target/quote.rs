//! Quoting for a POSIX shell.

/// Puts a word in single quotes.
#[must_use]
pub fn quote(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}
