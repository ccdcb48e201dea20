//! Names of cookbooks: `nginx`, and with the scope of whoever publishes it `acme/nginx`.

/// How names look.
pub const NAMES: &str = "a name has lowercase letters, digits and `_`, and begins with a letter";
/// How names with a scope look.
pub(super) const SCOPED: &str = "a name with a scope is `scope/name`: lowercase letters, digits and `-`, at most 39 of them on each side, and the \
     name begins with a letter";
/// Most characters of a scope, and of the name after it.
const LONGEST: usize = 39;

/// Whether a text can name a cookbook in a project: in recipes, in types, as a directory.
#[must_use]
pub fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Whether a text can be a scope.
pub(super) fn is_scope(text: &str) -> bool {
    let is_fit = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.len() <= LONGEST
        && text.bytes().next().is_some_and(is_fit)
        && text.bytes().all(|byte| is_fit(byte) || byte == b'-')
}

/// Whether a text is a scope and a name.
pub(super) fn is_scoped(text: &str) -> bool {
    text.split_once('/').is_some_and(|(scope, name)| {
        is_scope(scope) && is_scope(name) && name.starts_with(|first: char| first.is_ascii_lowercase())
    })
}

/// Whether a text is the name of a cookbook, with or without a scope.
#[must_use]
pub fn is_full_name(text: &str) -> bool {
    if text.contains('/') { is_scoped(text) } else { is_name(text) }
}

/// What is wrong with a name that is neither.
#[must_use]
pub fn forms(text: &str) -> &'static str {
    if text.contains('/') { SCOPED } else { NAMES }
}

/// The name in a project: what comes after the scope, with `_` for `-`, as names in Lua have.
#[must_use]
pub fn short(name: &str) -> String {
    match name.split_once('/') {
        Some((_, name)) => name.replace('-', "_"),
        None => name.to_owned(),
    }
}

/// The scope, if there is one.
pub(super) fn scope(name: &str) -> Option<&str> {
    name.split_once('/').map(|(scope, _)| scope)
}

/// Whether a cookbook has the name that is asked for. One without a scope is asked for in a project, where it is enough.
pub(super) fn answers_to(full: &str, asked: &str) -> bool {
    full == asked || (scope(asked).is_none() && short(full) == asked)
}
