//! Names of users and groups, and the number of one that is only planned.

use crate::model::error::Failure;
use crate::model::known::Stop;

/// Number of a planned account for which none was declared: the system chooses it when the account is made. No real
/// account has it (for chown(2) it means "leave as it is"), so it never equals a declared number; names tell planned
/// accounts apart.
pub const UNASSIGNED: u32 = u32::MAX;

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
