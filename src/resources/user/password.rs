//! Password hashes: what may be one, what a lock makes of it, and how it is set unseen.

use crate::model::error::Failure;
use crate::model::known::Stop;
use crate::model::query::User;
use crate::model::step::{Command, Step};

/// Fails for text that is no hash. A password in clear text would be stored as it is, and nobody could log in.
///
/// # Errors
/// A sentence that does not repeat the text.
pub(super) fn check(password: &str) -> Result<(), Failure> {
    let hash = password.trim_start_matches('!');
    let clean = !password.contains(|c: char| c == ':' || c.is_control() || c.is_whitespace());
    let crypt = hash.starts_with('$') && hash.matches('$').count() >= 3 && hash.len() >= 13;
    if clean && (crypt || matches!(hash, "" | "*") && !password.is_empty()) {
        return Ok(());
    }
    Err(Failure::new("`password` takes a crypt(3) hash, and this is none")
        .hint("openssl passwd -6 (or mkpasswd) makes one that begins with `$6$`")
        .hint("\"*\" stands for a password that never fits"))
}

/// The hash that the account has; empty where it has none at all.
///
/// # Errors
/// It may not be read.
pub(super) fn current(user: &User) -> Result<&str, Stop> {
    user.password.as_deref().ok_or_else(|| unreadable().into())
}

/// Why nothing can be said of a field in the shadow file.
pub(super) fn unreadable() -> Failure {
    Failure::new("what is in /etc/shadow may not be read, so it is not known whether it is right")
        .hint("run it as root")
}

/// Whether there is a password, behind a lock.
pub(super) fn is_locked(hash: &str) -> bool {
    hash.strip_prefix('!').is_some_and(|bare| !bare.is_empty() && !bare.starts_with('!'))
}

/// The declared hash as it shall stand there: behind the lock, where there is one.
pub(super) fn wanted(declared: &str, current: &str) -> String {
    if is_locked(current) && !declared.starts_with('!') {
        format!("!{declared}")
    } else {
        declared.to_owned()
    }
}

/// Sets a hash. It goes through standard input, where no list of processes shows it.
pub(super) fn set(username: &str, hash: &str) -> Step {
    let input = Some(format!("{username}:{hash}\n"));
    Step::Run(Command { input, ..Command::new(["chpasswd", "--encrypted"]) })
}
