//! Users and groups, parsed from the account files. The functions of libc would load code at run time.

use std::collections::HashMap;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::time::SystemTime;

use rustc_hash::FxHashMap;

use crate::model::error::Failure;
use crate::model::query::{Group, PasswordAging, User};

/// A line of `/etc/passwd`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub name: String,
    pub uid: u32,
    /// Number of the primary group.
    pub gid: u32,
    pub comment: String,
    pub home: String,
    pub shell: String,
}

/// A line of `/etc/shadow`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shadow {
    /// Password hash, or a placeholder such as `*`.
    pub password: String,
    /// Day on which the account is disabled, in days since 1970.
    pub expires: Option<i64>,
    /// Days after a password expires until the account is disabled.
    pub inactive: Option<i64>,
    /// Days of the password.
    pub aging: PasswordAging,
}

/// Parses a passwd file. Like libc, it skips invalid lines.
#[must_use]
pub fn parse_passwd(text: &str) -> Vec<Account> {
    text.lines()
        .filter_map(|line| {
            let fields: Vec<&str> = line.split(':').collect();
            let [name, _, uid, gid, comment, home, shell] = fields.as_slice() else { return None };
            Some(Account {
                name: named(name)?,
                uid: uid.parse().ok()?,
                gid: gid.parse().ok()?,
                comment: (*comment).to_owned(),
                home: (*home).to_owned(),
                shell: (*shell).to_owned(),
            })
        })
        .collect()
}

/// Parses a group file into names and groups, in the order of the file. Members are sorted.
#[must_use]
pub fn parse_group(text: &str) -> Vec<(String, Group)> {
    text.lines()
        .filter_map(|line| {
            let fields: Vec<&str> = line.split(':').collect();
            let [name, _, gid, members] = fields.as_slice() else { return None };
            let mut members: Vec<String> =
                members.split(',').filter(|member| !member.is_empty()).map(str::to_owned).collect();
            members.sort();
            members.dedup();
            Some((named(name)?, Group { gid: gid.parse().ok()?, members }))
        })
        .collect()
}

/// Parses a shadow file.
#[must_use]
pub fn parse_shadow(text: &str) -> HashMap<String, Shadow> {
    text.lines()
        .filter_map(|line| {
            let fields: Vec<&str> = line.split(':').collect();
            let password = (*fields.get(1)?).to_owned();
            let number = |index: usize| fields.get(index).and_then(|field| field.parse().ok());
            let aging = PasswordAging { min: number(3), max: number(4), warn: number(5) };
            Some((named(fields[0])?, Shadow { password, inactive: number(6), expires: number(7), aging }))
        })
        .collect()
}

/// The name of an account. Lines of NIS, which start with `+` or `-`, have none.
fn named(name: &str) -> Option<String> {
    (!name.is_empty() && !name.starts_with(['+', '-', '#'])).then(|| name.to_owned())
}

/// All accounts of this machine. They are read again when a file has changed.
#[derive(Debug, Default)]
pub(in crate::target) struct Accounts {
    users: Vec<Account>,
    groups: Vec<(String, Group)>,
    shadow: HashMap<String, Shadow>,
    user_by_name: FxHashMap<String, usize>,
    group_by_name: FxHashMap<String, usize>,
    /// Supplementary groups of each user.
    groups_of: FxHashMap<String, Vec<usize>>,
    name_by_uid: FxHashMap<u32, usize>,
    name_by_gid: FxHashMap<u32, usize>,
    stamps: [FileStamp; 3],
}

/// Inode, size and time, which change with a file.
type FileStamp = Option<(u64, u64, SystemTime)>;

const FILES: [&str; 3] = ["/etc/passwd", "/etc/group", "/etc/shadow"];

impl Accounts {
    /// Reads the files again if they have changed.
    pub(super) fn refresh(&mut self) {
        let stamps = FILES.map(|path| std::fs::metadata(path).ok().and_then(|found| stamp(&found)));
        if stamps == self.stamps && stamps[0].is_some() {
            return;
        }
        let [passwd, group, shadow] = FILES.map(|path| {
            std::fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
        });
        *self = Self::parse(&passwd, &group, &shadow);
        self.stamps = stamps;
    }

    /// Parses the three files.
    pub(in crate::target) fn parse(passwd: &str, group: &str, shadow: &str) -> Self {
        let users = parse_passwd(passwd);
        let groups = parse_group(group);
        let mut accounts = Self { shadow: parse_shadow(shadow), ..Self::default() };
        // If a name or number is repeated, the first line counts, as in libc.
        for (index, user) in users.iter().enumerate() {
            accounts.user_by_name.entry(user.name.clone()).or_insert(index);
            accounts.name_by_uid.entry(user.uid).or_insert(index);
        }
        for (index, (name, group)) in groups.iter().enumerate() {
            accounts.group_by_name.entry(name.clone()).or_insert(index);
            accounts.name_by_gid.entry(group.gid).or_insert(index);
            for member in &group.members {
                accounts.groups_of.entry(member.clone()).or_default().push(index);
            }
        }
        Self { users, groups, ..accounts }
    }

    /// The answer to `Query::User`.
    pub(in crate::target) fn user(&self, name: &str) -> Option<User> {
        let account = self.account(name)?;
        let shadow = self.shadow.get(name);
        Some(User {
            uid: account.uid,
            gid: account.gid,
            group: self.group_name(account.gid),
            comment: account.comment.clone(),
            home: account.home.clone(),
            shell: account.shell.clone(),
            groups: self.listed_groups(name),
            password: shadow.map(|shadow| shadow.password.clone()),
            expires: shadow.and_then(|shadow| shadow.expires),
            inactive: shadow.and_then(|shadow| shadow.inactive),
            aging: shadow.map(|shadow| shadow.aging).unwrap_or_default(),
        })
    }

    /// Names of the groups that list a user, sorted.
    fn listed_groups(&self, name: &str) -> Vec<String> {
        let indexes = self.groups_of.get(name).map(Vec::as_slice).unwrap_or_default();
        let mut names: Vec<String> = indexes.iter().map(|index| self.groups[*index].0.clone()).collect();
        names.sort();
        names.dedup();
        names
    }

    /// The answer to `Query::Group`.
    pub(in crate::target) fn group(&self, name: &str) -> Option<Group> {
        self.group_by_name.get(name).map(|index| self.groups[*index].1.clone())
    }

    /// Finds an account by name.
    pub(in crate::target) fn account(&self, name: &str) -> Option<&Account> {
        self.user_by_name.get(name).map(|index| &self.users[*index])
    }

    /// Finds an account by number.
    pub(in crate::target) fn account_of(&self, uid: u32) -> Option<&Account> {
        self.name_by_uid.get(&uid).map(|index| &self.users[*index])
    }

    /// Name of a user, or the number if there is no such account.
    pub(in crate::target) fn user_name(&self, uid: u32) -> String {
        self.account_of(uid).map_or_else(|| uid.to_string(), |account| account.name.clone())
    }

    /// Name of a group, or the number if there is no such group.
    pub(in crate::target) fn group_name(&self, gid: u32) -> String {
        self.name_by_gid.get(&gid).map_or_else(|| gid.to_string(), |index| self.groups[*index].0.clone())
    }

    /// Number of a user that is given by name or number.
    ///
    /// # Errors
    /// There is no such account.
    pub(in crate::target) fn uid(&self, owner: &str) -> Result<u32, Failure> {
        if let Some(account) = self.account(owner) {
            return Ok(account.uid);
        }
        owner.parse().ok().filter(|number| *number != u32::MAX).ok_or_else(|| {
            Failure::new(format!("there is no user `{owner}`"))
                .hint(format!("declare it first: user \"{owner}\""))
        })
    }

    /// Number of a group that is given by name or number.
    ///
    /// # Errors
    /// There is no such group.
    pub(in crate::target) fn gid(&self, group: &str) -> Result<u32, Failure> {
        if let Some(index) = self.group_by_name.get(group) {
            return Ok(self.groups[*index].1.gid);
        }
        group.parse().ok().filter(|number| *number != u32::MAX).ok_or_else(|| {
            Failure::new(format!("there is no group `{group}`"))
                .hint(format!("declare it first: group \"{group}\""))
        })
    }

    /// Numbers of all groups of a user, starting with `primary`.
    pub(super) fn groups_of(&self, user: &str, primary: u32) -> Vec<u32> {
        let member = |group: &&(String, Group)| group.1.members.iter().any(|member| member == user);
        let mut gids = vec![primary];
        gids.extend(
            self.groups.iter().filter(member).map(|(_, group)| group.gid).filter(|gid| *gid != primary),
        );
        gids.dedup();
        gids
    }
}

fn stamp(found: &Metadata) -> FileStamp {
    Some((found.ino(), found.size(), found.modified().ok()?))
}
