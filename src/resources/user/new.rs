//! A new account.

use camino::Utf8PathBuf;

use super::{GroupName, UserAccount, expiry, password};
use crate::model::change::{Change, Reach};
use crate::model::content::AbsolutePath;
use crate::model::english::{count, list};
use crate::model::known::{Known, Stop};
use crate::model::query::{self, Answer, FileKind, PasswordAging, Query, Stat};
use crate::model::step::{Command, Step};
use crate::provider::accounts::{UNASSIGNED, group_of_number};

/// The password field that useradd gives to a new account.
const NO_PASSWORD: &str = "!";

impl UserAccount {
    /// The changes that make the account.
    pub(super) fn create(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        self.require_group(known)?;
        self.require_free_number(known)?;
        let group = self.new_group(known)?;
        let mut command = Command::new(["useradd"]);
        command.argv.extend(self.new_arguments(&group));
        let (groups, arguments) = self.new_groups(known)?;
        command.argv.extend(arguments);
        command.argv.extend(["--".into(), self.username.clone()]);
        let mut user = self.predicted(&group, known)?;
        let mut change = Change::new(self.announce(&group), Step::Run(command)).reaching(Reach::Told);
        user.groups.clone_from(&groups);
        change.steps.extend(self.new_limits());
        if let Some(hash) = &self.password {
            change.steps.push(password::set(&self.username, hash));
            user.password = Some(hash.clone());
        }
        if let NewGroup::Own = group {
            let own = query::Group { gid: UNASSIGNED, members: Vec::new() };
            // The group gets the same number if it is free.
            if let Some(uid) = self.uid {
                let may_be_its = Answer::Unknown(format!("user[{}]", self.username));
                change = change.then(group_of_number(uid), may_be_its);
            }
            change = change.then(Query::Group(self.username.clone()), Answer::Group(Some(own)));
        }
        change = self.numbered(change, None, Some(&user));
        change = Self::grouped(change, None, Some(&user));
        change = self.membership(change, &[], &groups, known)?;
        change = self.with_home(change, &user, known)?;
        Ok(vec![change.then(self.query(), Answer::User(Some(Box::new(user))))])
    }

    fn new_group(&self, known: &Known) -> Result<NewGroup, Stop> {
        Ok(match &self.gid {
            Some(said) => NewGroup::There(said.clone()),
            // useradd would refuse to make a second group with this name, so the existing one is meant.
            None => match known.group(&self.username) {
                Ok(Some(_)) => NewGroup::There(GroupName::Name(self.username.clone())),
                Ok(None) | Err(Stop::Unknown(_)) => NewGroup::Own,
                Err(stop) => return Err(stop),
            },
        })
    }

    fn new_arguments(&self, group: &NewGroup) -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        if self.system {
            words.push("--system".into());
        }
        words.extend(self.number());
        match group {
            NewGroup::There(group) => words.extend(["--gid".into(), group.to_string()]),
            NewGroup::Own => words.push("--user-group".into()),
        }
        if let Some(home) = &self.home {
            words.extend(["--home-dir".into(), home.to_string()]);
        }
        if let Some(shell) = &self.shell {
            words.extend(["--shell".into(), shell.to_string()]);
        }
        if let Some(comment) = &self.comment {
            words.extend(["--comment".into(), comment.clone()]);
        }
        words.extend(self.aging());
        words.push(if self.manage_home { "--create-home" } else { "--no-create-home" }.into());
        words
    }

    /// Arguments for the number, the same for useradd and usermod.
    pub(super) fn number(&self) -> Vec<String> {
        let Some(uid) = self.uid else { return Vec::new() };
        let mut words = vec!["--uid".to_owned(), uid.to_string()];
        if self.non_unique {
            words.push("--non-unique".into());
        }
        words
    }

    fn aging(&self) -> Vec<String> {
        let mut words = Vec::new();
        if let Some(date) = &self.expire_date {
            words.extend(["--expiredate".to_owned(), expiry::argument(date)]);
        }
        if let Some(days) = self.inactive {
            words.extend(["--inactive".to_owned(), days.to_string()]);
        }
        words
    }

    /// The summary: everything that is declared. Of the password, only that there is one.
    fn announce(&self, group: &NewGroup) -> String {
        let said = |word: &str, value: Option<String>| value.map(|value| format!("{word} {value}"));
        let path = |path: &Option<AbsolutePath>| path.as_ref().map(|path| path.to_string());
        let group = match group {
            NewGroup::There(group) => format!("group {group}"),
            NewGroup::Own => "with a group of its own".to_owned(),
        };
        let groups = self.groups.as_ref().filter(|groups| !groups.0.is_empty());
        let expiry = self.expire_date.as_deref().map(|date| match date {
            "never" => "never expires".to_owned(),
            date => format!("expires on {date}"),
        });
        let inactive = self.inactive.map(|days| match usize::try_from(days) {
            Ok(days) => format!("disabled {} after its password ends", count(days, "day")),
            Err(_) => "never disabled for an old password".to_owned(),
        });
        let parts = [
            self.system.then(|| "system".to_owned()),
            said("uid", self.uid.map(|uid| uid.to_string())),
            self.non_unique.then(|| "which another may have".to_owned()),
            Some(group),
            groups.map(|groups| format!("also in {}", list(&groups.0, "and"))),
            said("home", path(&self.home)),
            said("shell", path(&self.shell)),
            self.comment.as_ref().map(|comment| format!("comment \"{comment}\"")),
            self.password.as_ref().map(|_| "with a password".to_owned()),
            expiry,
            inactive,
            self.limits_in_words(),
            self.manage_home.then(|| "with its home directory".to_owned()),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        format!("create user, {}", parts.join(", "))
    }

    /// The predicted account: what is declared, and Debian's defaults.
    fn predicted(&self, group: &NewGroup, known: &Known) -> Result<query::User, Stop> {
        let (name, gid) = match group {
            NewGroup::Own => (self.username.clone(), UNASSIGNED),
            NewGroup::There(group) => {
                let name = group.to_string();
                let gid = match group.number() {
                    Some(number) => number,
                    None => number_of(known.group(&name))?,
                };
                (name, gid)
            }
        };
        let path = |path: &Option<AbsolutePath>, default: &str| {
            path.as_ref().map_or_else(|| default.to_owned(), |path| path.to_string())
        };
        Ok(query::User {
            uid: self.uid.unwrap_or(UNASSIGNED),
            gid,
            group: name,
            comment: self.comment.clone().unwrap_or_default(),
            home: path(&self.home, &format!("/home/{}", self.username)),
            shell: path(&self.shell, "/bin/sh"),
            password: Some(NO_PASSWORD.into()),
            expires: match &self.expire_date {
                Some(date) => expiry::parse(date)?,
                None => None,
            },
            inactive: self.inactive.filter(|days| *days >= 0),
            groups: Vec::new(),
            aging: self.aged(PasswordAging::default()),
        })
    }

    /// Predicts the home directory.
    fn with_home(&self, change: Change, user: &query::User, known: &Known) -> Result<Change, Stop> {
        let home = Utf8PathBuf::from(&user.home);
        if !self.manage_home {
            return Ok(change);
        }
        match known.stat(&home) {
            Ok(None) => {}
            Ok(Some(_)) | Err(Stop::Unknown(_)) => return Ok(change),
            Err(stop) => return Err(stop),
        }
        let stat = Stat {
            kind: FileKind::Directory,
            mode: 0o755,
            owner: self.username.clone(),
            group: user.group.clone(),
            uid: user.uid,
            gid: user.gid,
            size: 0,
            modified: 0,
            inode: (0, 0),
            target: None,
            access: None,
        };
        Ok(change
            .then(Query::Stat(home.clone()), Answer::Stat(Some(stat.clone())))
            .then(Query::Resolve(home), Answer::Stat(Some(stat))))
    }
}

/// The number of a group, if it has one yet.
pub(super) fn number_of(group: Result<Option<&query::Group>, Stop>) -> Result<u32, Stop> {
    match group {
        Ok(group) => Ok(group.map_or(UNASSIGNED, |group| group.gid)),
        Err(Stop::Unknown(_)) => Ok(UNASSIGNED),
        Err(stop) => Err(stop),
    }
}

enum NewGroup {
    /// An existing group.
    There(GroupName),
    /// A group of its own, made with the account.
    Own,
}
