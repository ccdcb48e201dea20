//! Names of users and groups, and the number of one that is only planned.

use camino::Utf8Path;

use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::{FileText, Query};

/// Number of a planned account for which none was declared: the system chooses it when the account is made. No real
/// account has it (for chown(2) it means "leave as it is"), so it never equals a declared number; names tell planned
/// accounts apart.
pub const UNASSIGNED: u32 = u32::MAX;

/// Where the accounts are listed.
pub const USERS: &str = "/etc/passwd";
/// Where the groups are listed.
pub const GROUPS: &str = "/etc/group";

/// Longest name that useradd and groupadd take.
const LONGEST: usize = 32;

/// Fails for a word that can't be the name of an account, or that a command would read as something else.
///
/// # Errors
/// A sentence that says so, with the rule.
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

/// Whether an account is not there. One that a pending change may bring is counted on.
///
/// # Errors
/// It was not asked yet, or could not be found out.
pub fn is_missing<T>(account: Result<Option<T>, Stop>) -> Result<bool, Stop> {
    match account {
        Ok(account) => Ok(account.is_none()),
        Err(Stop::Unknown(_)) => Ok(false),
        Err(stop) => Err(stop),
    }
}

/// The question for the user who has a number. No name is a number, so a machine knows nobody by it: only a plan does, of
/// those that earlier resources make.
#[must_use]
pub fn user_of_number(uid: u32) -> Query {
    Query::User(uid.to_string())
}

/// The same for a group.
#[must_use]
pub fn group_of_number(gid: u32) -> Query {
    Query::Group(gid.to_string())
}

/// The question for a user whose primary group this is, by its name or its number. Nobody has a name with a colon, so a
/// machine knows nobody by it either: a plan does, of those whom earlier resources give the group.
#[must_use]
pub fn user_of_group(group: &str) -> Query {
    Query::User(format!(":{group}"))
}

/// The names of those in a list of accounts or groups that have a number in a field, counted from 0.
///
/// # Errors
/// The list was not asked for yet, can't be known yet, or could not be found out.
pub fn with_number(list: &str, field: usize, number: u32, known: &Known) -> Result<Vec<String>, Stop> {
    let Some(FileText::Text(text)) = known.read(Utf8Path::new(list))? else { return Ok(Vec::new()) };
    let has = |line: &&str| line.split(':').nth(field).and_then(|found| found.parse().ok()) == Some(number);
    Ok(text.lines().filter(has).filter_map(|line| line.split(':').next()).map(str::to_owned).collect())
}
