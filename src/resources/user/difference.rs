//! Differences between an account and its declaration, collected for one command.

use super::password;
use crate::model::error::Failure;
use crate::model::known::Known;
use crate::model::query;

/// Differences, collected for one command.
pub(super) struct Difference {
    pub(super) words: Vec<String>,
    pub(super) arguments: Vec<String>,
    /// The account as it will be.
    pub(super) after: query::User,
}

impl Difference {
    pub(super) fn add(&mut self, words: String, arguments: impl IntoIterator<Item = String>) {
        self.words.push(words);
        self.arguments.extend(arguments);
    }
}

/// Fails if a missing answer does not mean a missing value.
pub(super) fn readable(user: &query::User, known: &Known) -> Result<(), Failure> {
    let root = known.host().is_ok_and(|host| host.root);
    if root || user.password.is_some() { Ok(()) } else { Err(password::unreadable()) }
}

/// A home directory without a slash at the end.
pub(super) fn trimmed(home: &str) -> &str {
    match home.trim_end_matches('/') {
        "" => home,
        trimmed => trimmed,
    }
}
