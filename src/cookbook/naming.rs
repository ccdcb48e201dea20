//! How cookbooks, recipes and custom resources may be called.

/// The rule in words.
pub const NAMES: &str = "a name has lowercase letters, digits and `_`, and begins with a letter";
/// Longest scope.
const SCOPE: usize = 39;

/// Whether a text can name a recipe, a custom resource, or a cookbook within a project.
#[must_use]
pub fn is_plain_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Whether a text can name a cookbook, with or without the scope that published ones have: `nginx`, `acme/nginx`.
#[must_use]
pub fn is_cookbook_name(text: &str) -> bool {
    match text.split_once('/') {
        None => is_plain_name(text),
        Some((scope, name)) => {
            let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            (1..=SCOPE).contains(&scope.len())
                && !scope.starts_with('-')
                && scope.bytes().all(fits)
                && is_plain_name(name)
        }
    }
}
