//! `user`: an account.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::change::{Change, Reach};
use crate::model::content::{AbsolutePath, Strings};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::{self, Answer, Query};
use crate::model::step::{Command, Step};
use crate::provider::accounts::{
    GROUPS, USERS, group_of_number, is_missing, user_of_group, user_of_number, with_number,
};

mod aging;
mod bring;
mod difference;
mod expiry;
mod groups;
mod home;
mod new;
mod password;
mod provider;
mod remove;

/// An account.
///
/// A property that is not given stays as it is. For a new account it gets the system's default.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UserAccount {
    /// Name of the account.
    username: String,
    /// Number of the account. Default for a new account: the next free one.
    uid: Option<u32>,
    /// Primary group, by name or number. Default for a new account: a new group with the account's name.
    gid: Option<GroupName>,
    /// Supplementary groups, by name. Default: they stay as they are.
    groups: Option<Strings>,
    /// Whether groups that are not listed stay. If not, `groups` is the whole list.
    #[serde(default)]
    append: bool,
    /// Home directory.
    home: Option<AbsolutePath>,
    /// Login shell.
    shell: Option<AbsolutePath>,
    /// Comment, usually the full name.
    comment: Option<String>,
    /// Password as a crypt(3) hash, as `openssl passwd -6` prints it. `"*"` allows no password. It is never shown, and
    /// is never an argument of a command.
    password: Option<String>,
    /// Whether a new account is a system account, with a number from the range for those.
    #[serde(default)]
    system: bool,
    /// Whether the home directory is made if it is missing, with the files of `/etc/skel`; moved when `home` changes; and
    /// removed by `remove`.
    #[serde(default)]
    manage_home: bool,
    /// Whether another account may have the same number.
    #[serde(default)]
    non_unique: bool,
    /// Day on which the account is disabled, such as `"2027-12-31"`, or `"never"`.
    expire_date: Option<String>,
    /// Days after a password expires until the account is disabled. `-1` means never.
    inactive: Option<i64>,
    /// Least days between two changes of the password. `-1` means no limit.
    password_min_days: Option<i64>,
    /// Days after which the password must be changed. `-1` means never.
    password_max_days: Option<i64>,
    /// Days before that on which the user is warned. `-1` means no warning.
    password_warn_days: Option<i64>,
    /// Whether `remove` works while the user is logged in.
    #[serde(default)]
    force: bool,
}

/// A group by name or number.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
enum GroupName {
    /// By number.
    Number(u32),
    /// By name; digits alone are a number.
    Name(String),
}

impl GroupName {
    fn number(&self) -> Option<u32> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Name(name) => name.parse().ok(),
        }
    }
}

impl std::fmt::Display for GroupName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Name(name) => f.write_str(name),
        }
    }
}

/// Fails if no group has the number.
fn require_group_of_number(number: u32, known: &Known) -> Result<(), Stop> {
    for name in with_number(GROUPS, 2, number, known)? {
        // The file shows the present state, but an earlier resource may change it.
        if known.group(&name)?.is_some_and(|group| group.gid == number) {
            return Ok(());
        }
    }
    let planned = group_of_number(number);
    if known.peek(&planned).is_some() && !is_missing(known.group(&number.to_string()))? {
        return Ok(());
    }
    Err(Failure::new(format!("no group has the number {number}"))
        .hint("declare one before this resource: group \"name\" { gid = … }")
        .into())
}

impl UserAccount {
    fn query(&self) -> Query {
        Query::User(self.username.clone())
    }

    /// Queries for the account, and for its group if that is given by name.
    fn accounts(&self, action: &str) -> Vec<Query> {
        let mut queries = vec![Query::Host, self.query()];
        if matches!(action, "create" | "modify" | "manage") {
            queries.extend(self.named_group().map(|group| Query::Group(group.to_owned())));
            let groups = self.groups.iter().flat_map(|groups| &groups.0);
            queries.extend(groups.cloned().map(Query::Group));
        }
        queries
    }

    /// The primary group's name, if it is given by name.
    fn named_group(&self) -> Option<&str> {
        match &self.gid {
            Some(GroupName::Name(name)) if name.parse::<u32>().is_err() => Some(name),
            _ => None,
        }
    }

    /// Fails if the primary group does not exist.
    fn require_group(&self, known: &Known) -> Result<(), Stop> {
        if let Some(number) = self.gid.as_ref().and_then(GroupName::number) {
            return require_group_of_number(number, known);
        }
        let Some(group) = self.named_group() else { return Ok(()) };
        if !is_missing(known.group(group))? {
            return Ok(());
        }
        Err(Failure::new(format!("there is no group `{group}`"))
            .hint(format!("declare it before this resource: group \"{group}\""))
            .into())
    }

    /// Fails if another account has the number.
    fn require_free_number(&self, known: &Known) -> Result<(), Stop> {
        let Some(uid) = self.uid.filter(|_| !self.non_unique) else { return Ok(()) };
        for name in with_number(USERS, 2, uid, known)? {
            // The file shows the present state, but an earlier resource may change it.
            if name != self.username && known.user(&name)?.is_some_and(|user| user.uid == uid) {
                return Err(Failure::impossible(format!("the number {uid} belongs to the user `{name}`"))
                    .hint("choose another `uid`, or say `non_unique = true`")
                    .into());
            }
        }
        let planned = user_of_number(uid);
        if known.peek(&planned).is_some() && known.user(&uid.to_string())?.is_some() {
            return Err(Failure::impossible(format!(
                "the number {uid} will belong to another user, which an earlier resource declares"
            ))
            .hint("choose another `uid`, or say `non_unique = true`")
            .into());
        }
        Ok(())
    }

    /// Predicts which account has the number, and that the old number is free.
    fn numbered(&self, change: Change, before: Option<u32>, after: Option<&query::User>) -> Change {
        let change = match before.filter(|uid| after.is_none_or(|user| user.uid != *uid)) {
            Some(uid) => change.then(user_of_number(uid), Answer::User(None)),
            None => change,
        };
        match (self.uid, after) {
            (Some(uid), Some(user)) => {
                change.then(user_of_number(uid), Answer::User(Some(Box::new(user.clone()))))
            }
            _ => change,
        }
    }

    /// Predicts which account has the primary group, and that it left the old one.
    fn grouped(change: Change, before: Option<&str>, after: Option<&query::User>) -> Change {
        let change = match before.filter(|group| after.is_none_or(|user| user.group != *group)) {
            Some(group) => change.then(user_of_group(group), Answer::User(None)),
            None => change,
        };
        match after.filter(|user| before != Some(user.group.as_str())) {
            Some(user) => change.then(user_of_group(&user.group), Answer::User(Some(Box::new(user.clone())))),
            None => change,
        }
    }

    fn missing(&self) -> Failure {
        Failure::new(format!("there is no user `{}`", self.username))
    }

    fn lock(&self, user: &query::User) -> Result<Vec<Change>, Stop> {
        let hash = password::current(user)?;
        if password::is_locked(hash) || hash == "!" {
            return Ok(Vec::new());
        }
        Ok(vec![self.password_state("lock", format!("!{hash}"), user)])
    }

    fn unlock(&self, user: &query::User) -> Result<Vec<Change>, Stop> {
        let hash = password::current(user)?;
        match hash.strip_prefix('!') {
            None => Ok(Vec::new()),
            Some("" | "!") => Err(Failure::new(format!(
                "the user `{}` has no password that could be unlocked",
                self.username
            ))
            .hint("declare a `password`; an account for keys alone needs no unlocking")
            .into()),
            Some(bare) => Ok(vec![self.password_state("unlock", bare.to_owned(), user)]),
        }
    }

    fn password_state(&self, verb: &str, password: String, user: &query::User) -> Change {
        let command = Command::new(["usermod", &format!("--{verb}"), "--", &self.username]);
        let after = query::User { password: Some(password), ..user.clone() };
        Change::new(format!("{verb} the password"), Step::Run(command))
            .reaching(Reach::Told)
            .then(self.query(), Answer::User(Some(Box::new(after))))
    }
}
