//! Names of secrets, where they are names of files or arguments of programs.

/// Longest name, in bytes: the name of a file has 255, with its ending.
const LONGEST: usize = 128;

/// Whether a secret with this name can be a file: letters, digits, `_`, `-` and `.`, of which the last two don't come
/// first.
#[must_use]
pub fn is_file_like(name: &str) -> bool {
    let may_be_in = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    (1..=LONGEST).contains(&name.len()) && !name.starts_with(['-', '.']) && name.bytes().all(may_be_in)
}

/// Whether it can be an argument of a program: such names, separated by `/`.
pub(super) fn is_path_like(name: &str) -> bool {
    name.len() <= LONGEST && name.split('/').all(is_file_like)
}
