//! Users and groups that people made.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;
use serde_json::Value;

use super::declaration::CapturedResource;
use crate::model::sorted;

/// The files with accounts, and what says which numbers people have.
pub(super) const FILES: [&str; 3] = ["/etc/passwd", "/etc/group", "/etc/login.defs"];

/// Numbers that systems give to nobody.
const NOBODY: u32 = 65_534;
/// Numbers below it have the same meaning on all systems of a kind.
const FIXED: u32 = 100;

/// A line of `/etc/passwd`.
#[derive(Debug, Clone)]
pub(super) struct AccountLine {
    pub(super) name: String,
    pub(super) uid: u32,
    gid: u32,
    comment: String,
    pub(super) home: String,
    shell: String,
}

/// A line of `/etc/group`.
#[derive(Debug, Clone)]
struct AccountGroup {
    name: String,
    gid: u32,
    members: Vec<String>,
}

/// All accounts of a machine.
#[derive(Debug, Clone, Default)]
pub(super) struct MachineAccounts {
    pub(super) users: Vec<AccountLine>,
    groups: Vec<AccountGroup>,
    /// The first number of people.
    first: u32,
}

impl MachineAccounts {
    pub(super) fn read(passwd: &str, group: &str, login_defs: &str) -> Self {
        let users = passwd.lines().filter_map(|line| {
            let fields: Vec<&str> = line.split(':').collect();
            let [name, _, uid, gid, comment, home, shell] = fields[..] else { return None };
            Some(AccountLine {
                name: name.to_owned(),
                uid: uid.parse().ok()?,
                gid: gid.parse().ok()?,
                comment: comment.trim_end_matches(',').to_owned(),
                home: home.to_owned(),
                shell: shell.to_owned(),
            })
        });
        let groups = group.lines().filter_map(|line| {
            let fields: Vec<&str> = line.split(':').collect();
            let [name, _, gid, members] = fields[..] else { return None };
            let members = members.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
            Some(AccountGroup { name: name.to_owned(), gid: gid.parse().ok()?, members })
        });
        let first = login_defs.lines().find_map(|line| line.strip_prefix("UID_MIN")?.trim().parse().ok());
        Self { users: users.collect(), groups: groups.collect(), first: first.unwrap_or(1000) }
    }

    /// Whether an account belongs to a person, or to a service that a person set up: it is of the system, owns something
    /// that is captured, and no package makes it.
    fn is_made_by_people(
        &self,
        account: &AccountLine,
        owners: &BTreeSet<&str>,
        by_packages: &BTreeSet<String>,
    ) -> bool {
        if account.uid >= self.first && account.uid < NOBODY {
            return true;
        }
        account.uid >= FIXED
            && account.uid != NOBODY
            && owners.contains(account.name.as_str())
            && !by_packages.contains(&account.name)
    }

    /// The users that people made. `owners` own something that is captured.
    pub(super) fn made_by_people(
        &self,
        owners: &BTreeSet<&str>,
        by_packages: &BTreeSet<String>,
    ) -> Vec<&AccountLine> {
        self.users.iter().filter(|account| self.is_made_by_people(account, owners, by_packages)).collect()
    }

    /// Groups that people made and that are not just the group of one user.
    pub(super) fn groups(
        &self,
        users: &[&AccountLine],
        owners: &BTreeSet<&str>,
        by_packages: &BTreeSet<String>,
    ) -> Vec<CapturedResource> {
        let is_of_user = |group: &&AccountGroup| {
            self.users.iter().any(|user| user.gid == group.gid && user.name == group.name)
        };
        let has_person = |group: &AccountGroup| {
            let is_captured = |name: &String| users.iter().any(|user| user.name == *name);
            group.members.iter().any(is_captured) || users.iter().any(|user| user.gid == group.gid)
        };
        let made = self.groups.iter().filter(|group| !is_of_user(group)).filter(|group| {
            let by_people = group.gid >= self.first && group.gid < NOBODY;
            let for_service = group.gid >= FIXED
                && !by_packages.contains(&group.name)
                && (owners.contains(group.name.as_str()) || has_person(group));
            by_people || for_service
        });
        made.map(|group| {
            let declaration = CapturedResource::new("group", &group.name);
            if group.gid < self.first { declaration.with("system", true) } else { declaration }
        })
        .collect()
    }

    /// Whether a group comes with a package that is not on every system.
    fn is_of_package(&self, group: &AccountGroup, by_packages: &BTreeSet<String>) -> bool {
        (FIXED..self.first).contains(&group.gid) && by_packages.contains(&group.name)
    }

    /// What makes `users` members of the groups of packages, and other accounts members of the groups of people.
    pub(super) fn memberships(
        &self,
        users: &[&AccountLine],
        by_packages: &BTreeSet<String>,
    ) -> Vec<CapturedResource> {
        let is_user = |name: &str| users.iter().any(|user| user.name == name);
        let declared = self.groups.iter().filter_map(|group| {
            let of_package = self.is_of_package(group, by_packages);
            let of_people = group.gid >= self.first && group.gid < NOBODY || is_user(&group.name);
            let counts =
                |name: &&String| if of_package { is_user(name) } else { of_people && !is_user(name) };
            let mut members: Vec<String> = group.members.iter().filter(counts).cloned().collect();
            sorted::sort_by(&mut members, Ord::cmp);
            let member = CapturedResource::new("group", &group.name);
            (!members.is_empty()).then(|| member.with("members", members).with("append", true))
        });
        // Groups stand in the file in the order in which they were made.
        let mut declared: Vec<CapturedResource> = declared.collect();
        sorted::sort_by(&mut declared, |one, other| one.names.cmp(&other.names));
        declared
    }

    /// The resource of a user. Groups of packages that are not there yet have their members elsewhere.
    pub(super) fn declaration(
        &self,
        account: &AccountLine,
        by_packages: &BTreeSet<String>,
    ) -> CapturedResource {
        let mut user = CapturedResource::new("user", &account.name);
        let is_system = account.uid < self.first;
        if is_system {
            user = user.with("system", true);
        }
        let group = self.groups.iter().find(|group| group.gid == account.gid);
        if let Some(group) = group.filter(|group| group.name != account.name) {
            user = user.with("gid", group.name.as_str());
        }
        let of_account = self.groups.iter().filter(|group| group.members.contains(&account.name));
        let (later, now): (Vec<&AccountGroup>, Vec<&AccountGroup>) =
            of_account.partition(|group| self.is_of_package(group, by_packages));
        if !now.is_empty() {
            let names: Vec<&str> = now.iter().map(|group| group.name.as_str()).collect();
            user = user.with("groups", Value::from(names));
            if !later.is_empty() {
                user = user.with("append", true);
            }
        }
        if account.home != format!("/home/{}", account.name) || is_system {
            user = user.with("home", account.home.as_str());
        }
        if !account.shell.is_empty() {
            user = user.with("shell", account.shell.as_str());
        }
        if !account.comment.is_empty() {
            user = user.with("comment", account.comment.as_str());
        }
        if !is_system && account.home.starts_with("/home/") {
            user = user.with("manage_home", true);
        }
        user
    }

    /// Whether there is a group of that name.
    pub(super) fn has_group(&self, name: &str) -> bool {
        self.groups.iter().any(|group| group.name == name)
    }

    /// All groups, with their members.
    pub(super) fn whole_groups(&self) -> Vec<CapturedResource> {
        let group = |group: &AccountGroup| {
            let declaration = CapturedResource::new("group", &group.name).with("gid", group.gid);
            if group.members.is_empty() {
                declaration
            } else {
                declaration.with("members", group.members.clone())
            }
        };
        self.groups.iter().map(group).collect()
    }

    /// A user with all that the files say of it.
    pub(super) fn whole_declaration(&self, account: &AccountLine) -> CapturedResource {
        let of = |property: &str| self.declaration(account, &BTreeSet::new()).property(property).cloned();
        let group = self.groups.iter().find(|group| group.gid == account.gid);
        let mut user = CapturedResource::new("user", &account.name).with("uid", account.uid).with(
            "gid",
            group.map_or_else(|| Value::from(account.gid), |group| Value::from(group.name.as_str())),
        );
        for (property, value) in [("groups", of("groups")), ("comment", of("comment"))] {
            if let Some(value) = value {
                user = user.with(property, value);
            }
        }
        user.with("home", account.home.as_str()).with("shell", account.shell.as_str())
    }

    /// The homes of people, by name.
    pub(super) fn homes(&self) -> BTreeMap<&str, &Utf8Path> {
        let of_people =
            self.users.iter().filter(|user| user.uid == 0 || (user.uid >= self.first && user.uid < NOBODY));
        sorted::collected(of_people.map(|user| (user.name.as_str(), Utf8Path::new(user.home.as_str()))))
    }
}
