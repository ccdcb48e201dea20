//! Password hashes: which are valid, how a lock changes them, and how they are set in secret.

use crate::model::error::Failure;
use crate::model::known::Stop;
use crate::model::portable::marked::is_marked;
use crate::model::query::User;
use crate::model::step::{Command, Step};

/// Fails for text that is no hash. A password in clear text would be stored as it is, and would never match.
///
/// # Errors
/// A sentence that does not repeat the text.
pub(super) fn check(password: &str) -> Result<(), Failure> {
    let hash = password.trim_start_matches('!');
    let clean = !password.contains(|c: char| c == ':' || c.is_control() || c.is_whitespace());
    let crypt = hash.starts_with('$') && hash.matches('$').count() >= 3 && hash.len() >= 13;
    // An export has the value later.
    if clean && (crypt || is_marked(hash) || matches!(hash, "" | "*") && !password.is_empty()) {
        return Ok(());
    }
    Err(Failure::new("`password` must be a crypt(3) hash, and this is not one")
        .hint("openssl passwd -6 (or mkpasswd) makes one that begins with `$6$`")
        .hint("\"*\" stands for a password that never matches"))
}

/// The hash of the account; empty if it has none.
///
/// # Errors
/// It can't be read.
pub(super) fn current(user: &User) -> Result<&str, Stop> {
    user.password.as_deref().ok_or_else(|| unreadable().into())
}

/// The failure if the shadow file can't be read.
pub(super) fn unreadable() -> Failure {
    Failure::new("/etc/shadow can't be read, so it is not known whether it is right").hint("run it as root")
}

/// Whether a password exists and is locked.
pub(super) fn is_locked(hash: &str) -> bool {
    hash.strip_prefix('!').is_some_and(|bare| !bare.is_empty() && !bare.starts_with('!'))
}

/// The declared hash, locked if the current one is locked.
pub(super) fn wanted(declared: &str, current: &str) -> String {
    if is_locked(current) && !declared.starts_with('!') {
        format!("!{declared}")
    } else {
        declared.to_owned()
    }
}

/// Sets a hash. It is passed through standard input, because every user can read arguments.
pub(super) fn set(username: &str, hash: &str) -> Step {
    let input = Some(format!("{username}:{hash}\n"));
    Step::Run(Command { input, ..Command::new(["chpasswd", "--encrypted"]) })
}
