//! Names of users and groups, and the numbers of accounts that are only planned.

use camino::Utf8Path;

use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::{FileText, Query};

/// Number of a planned account without a declared number: the system chooses one when the account is made. No real
/// account has this number (chown(2) uses it for "do not change"), so it never equals a declared one.
pub const UNASSIGNED: u32 = u32::MAX;

/// The file with all accounts.
pub const USERS: &str = "/etc/passwd";
/// The file with all groups.
pub const GROUPS: &str = "/etc/group";

/// Longest name that useradd and groupadd accept.
const LONGEST: usize = 32;

/// Fails for a word that can't be an account name, or that a command would take for an option.
///
/// # Errors
/// The rule that the name breaks.
pub fn check_name(noun: &str, name: &str) -> Result<(), Failure> {
    let stem = name.strip_suffix('$').unwrap_or(name);
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let begin = stem.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if begin && stem.chars().all(word) && name.len() <= LONGEST {
        return Ok(());
    }
    Err(Failure::new(format!("`{name}` can't be the name of a {noun}")).hint(format!(
        "a name begins with a letter or `_`, goes on with letters, digits, `_`, `-`, and `.`, and has at most {LONGEST} \
         characters"
    )))
}

/// Whether an account does not exist. An account that a pending change may create counts as existing.
///
/// # Errors
/// The query was not asked yet, or failed.
pub fn is_missing<T>(account: Result<Option<T>, Stop>) -> Result<bool, Stop> {
    match account {
        Ok(account) => Ok(account.is_none()),
        Err(Stop::Unknown(_)) => Ok(false),
        Err(stop) => Err(stop),
    }
}

/// Query for the user with a number. Targets answer "none", since no name is a number. A plan predicts an answer if an
/// earlier resource creates that user.
#[must_use]
pub fn user_of_number(uid: u32) -> Query {
    Query::User(uid.to_string())
}

/// Like [`user_of_number`], for a group.
#[must_use]
pub fn group_of_number(gid: u32) -> Query {
    Query::Group(gid.to_string())
}

/// Query for a user whose primary group this is, by name or number. Targets answer "none", since no name has a colon. A
/// plan predicts an answer if an earlier resource gives a user that group.
#[must_use]
pub fn user_of_group(group: &str) -> Query {
    Query::User(format!(":{group}"))
}

/// Names of the accounts or groups in `list` that have `number` in a field, counted from 0.
///
/// # Errors
/// The list was not asked for, is not known yet, or can't be read.
pub fn with_number(list: &str, field: usize, number: u32, known: &Known) -> Result<Vec<String>, Stop> {
    let Some(FileText::Text(text)) = known.read(Utf8Path::new(list))? else { return Ok(Vec::new()) };
    let has = |line: &&str| line.split(':').nth(field).and_then(|found| found.parse().ok()) == Some(number);
    Ok(text.lines().filter(has).filter_map(|line| line.split(':').next()).map(str::to_owned).collect())
}
