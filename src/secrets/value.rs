//! The value of a secret, from the text of a file or of a program.

use zeroize::Zeroizing;

use crate::model::error::Diagnostic;

/// A text that is overwritten in memory when it is dropped.
pub(super) type SecretText = Zeroizing<String>;

/// The value: the text, without the line break that editors and programs put after a single line. A text of several lines,
/// such as a key or a certificate, stays as it is.
///
/// # Errors
/// It is not UTF-8, or empty.
pub(super) fn value(bytes: Zeroizing<Vec<u8>>) -> Result<SecretText, Diagnostic> {
    let Ok(text) = std::str::from_utf8(&bytes) else {
        return Err(Diagnostic::error("the secret is not UTF-8 text")
            .hint("a secret is text: encode what is not, for example as Base64"));
    };
    let line = text.strip_suffix('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    let value = line.filter(|line| !line.contains('\n')).unwrap_or(text);
    if value.is_empty() {
        return Err(Diagnostic::error("the secret is empty"));
    }
    Ok(Zeroizing::new(value.to_owned()))
}
