//! Users and groups.

use camino::Utf8PathBuf;

/// A user account. Values that are not set stay as they are, or are chosen by the system.
#[derive(Debug, Clone, Default)]
pub struct PortableUser {
    pub name: String,
    pub act: AccountAct,
    pub uid: Option<u32>,
    /// The primary group, by name or number.
    pub group: Option<String>,
    /// Supplementary groups.
    pub groups: Option<Vec<String>>,
    /// Whether the account keeps its other supplementary groups.
    pub append: bool,
    pub home: Option<Utf8PathBuf>,
    pub shell: Option<Utf8PathBuf>,
    pub comment: Option<String>,
    /// The hash of the password, as in shadow(5).
    pub password: Option<String>,
    /// Whether a new account gets a number of the system.
    pub system: bool,
    /// Whether the home directory is made, moved and removed with the account.
    pub manage_home: bool,
    pub non_unique: bool,
    /// The day on which the account expires: `2030-12-31`. Empty means never.
    pub expire_date: Option<String>,
    /// Days after a password expires until the account is disabled. -1 means never.
    pub inactive: Option<i64>,
    /// Days of a password: least between two changes, until it must be changed, and of warning before that.
    pub password_days: [Option<i64>; 3],
    /// Whether an account that is in use is removed, too.
    pub force: bool,
}

/// A group. Values that are not set stay as they are.
#[derive(Debug, Clone, Default)]
pub struct PortableGroup {
    pub name: String,
    pub act: AccountAct,
    pub gid: Option<u32>,
    pub members: Option<Vec<String>>,
    /// Whether it keeps its other members.
    pub append: bool,
    /// Who must not be a member.
    pub excluded: Vec<String>,
    pub system: bool,
    pub non_unique: bool,
}

/// What is done to an account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AccountAct {
    /// Makes it if it is missing, and changes what differs.
    #[default]
    Create,
    /// Changes what differs. A missing account is an error.
    Modify,
    /// Changes what differs, if the account exists.
    Manage,
    Remove,
    /// Locks the password of a user.
    Lock,
    Unlock,
}
