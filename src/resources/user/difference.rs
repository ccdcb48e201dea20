//! The differences between an account and its declaration.

use camino::Utf8Path;

use super::new::number_of;
use super::{UserAccount, expiry, password};
use crate::model::change::{Change, Reach};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::{self, Answer, Query};
use crate::model::step::{Command, Step};
use crate::provider::accounts::UNASSIGNED;

/// Differences, collected for one command.
struct Difference {
    words: Vec<String>,
    arguments: Vec<String>,
    after: query::User,
}

impl Difference {
    fn add(&mut self, words: String, arguments: impl IntoIterator<Item = String>) {
        self.words.push(words);
        self.arguments.extend(arguments);
    }
}

impl UserAccount {
    /// The changes that bring an existing account to its declaration.
    pub(super) fn bring(&self, user: &query::User, known: &Known) -> Result<Vec<Change>, Stop> {
        self.require_group(known)?;
        let mut found = Difference { words: Vec::new(), arguments: Vec::new(), after: user.clone() };
        self.numbers(&mut found, user, known)?;
        self.fields(&mut found, user);
        self.aging_differs(&mut found, user, known)?;
        let moved = self.home_moves(user);
        let Difference { words, arguments, mut after } = found;
        let mut changes = Vec::new();
        if !words.is_empty() {
            let mut command = Command::new(["usermod"]);
            command.argv.extend(arguments);
            command.argv.extend(["--".into(), self.username.clone()]);
            let summary = format!("change {}", words.join(", "));
            let mut change = Change::new(summary, Step::Run(command)).reaching(Reach::Told);
            if moved {
                change = self.moved_home(change, user, known)?;
            }
            if after.uid != user.uid {
                change = self.numbered(change, Some(user.uid), Some(&after));
            }
            let change = Self::grouped(change, Some(&user.group), Some(&after));
            changes.push(change.then(self.query(), Answer::User(Some(Box::new(after.clone())))));
        }
        if let Some(hash) = self.password_differs(user, known)? {
            let step = password::set(&self.username, &hash);
            after.password = Some(hash);
            let change = Change::new("set password", step).reaching(Reach::Told);
            changes.push(change.then(self.query(), Answer::User(Some(Box::new(after)))));
        }
        Ok(changes)
    }

    fn numbers(&self, found: &mut Difference, user: &query::User, known: &Known) -> Result<(), Stop> {
        if let Some(uid) = self.uid.filter(|uid| *uid != user.uid) {
            self.require_free_number(known)?;
            let from = if user.uid == UNASSIGNED { String::new() } else { format!(" {}", user.uid) };
            found.add(format!("uid{from} to {uid}"), self.number());
            found.after.uid = uid;
        }
        let Some(group) = &self.gid else { return Ok(()) };
        let name = group.to_string();
        let number = match group.number() {
            Some(number) => number,
            None => number_of(known.group(&name))?,
        };
        // A planned group has no number yet, so compare the name.
        if user.group == name || (number == user.gid && number != UNASSIGNED) {
            return Ok(());
        }
        found.add(format!("group {} to {name}", user.group), ["--gid".into(), name.clone()]);
        found.after.gid = number;
        found.after.group = name;
        Ok(())
    }

    fn fields(&self, found: &mut Difference, user: &query::User) {
        if let Some(home) = self.home.as_ref().filter(|home| home.as_str() != trimmed(&user.home)) {
            found.add(format!("home {} to {}", user.home, **home), ["--home".into(), home.to_string()]);
            if self.manage_home {
                found.arguments.push("--move-home".into());
            }
            found.after.home = home.to_string();
        }
        if let Some(shell) = self.shell.as_ref().filter(|shell| shell.as_str() != user.shell) {
            found.add(format!("shell {} to {}", user.shell, **shell), ["--shell".into(), shell.to_string()]);
            found.after.shell = shell.to_string();
        }
        if let Some(comment) = self.comment.as_ref().filter(|comment| **comment != user.comment) {
            found.add(
                format!("comment \"{}\" to \"{comment}\"", user.comment),
                ["--comment".into(), comment.clone()],
            );
            found.after.comment.clone_from(comment);
        }
    }

    fn aging_differs(&self, found: &mut Difference, user: &query::User, known: &Known) -> Result<(), Stop> {
        if self.expire_date.is_some() || self.inactive.is_some() {
            readable(user, known)?;
        }
        if let Some(date) = &self.expire_date {
            let day = expiry::parse(date)?;
            if day != user.expires {
                found
                    .add(format!("day of expiry to {date}"), ["--expiredate".into(), expiry::argument(date)]);
                found.after.expires = day;
            }
        }
        if let Some(days) = self.inactive {
            let wanted = (days >= 0).then_some(days);
            // -1 and an empty field both mean never.
            if wanted != user.inactive.filter(|days| *days >= 0) {
                found.add(format!("inactive days to {days}"), ["--inactive".into(), days.to_string()]);
                found.after.inactive = wanted;
            }
        }
        Ok(())
    }

    /// The hash to set, if the account has another one.
    fn password_differs(&self, user: &query::User, known: &Known) -> Result<Option<String>, Failure> {
        let Some(declared) = &self.password else { return Ok(None) };
        readable(user, known)?;
        // To root, no answer means that the account has no line in the shadow file.
        let current = user.password.as_deref().unwrap_or_default();
        let wanted = password::wanted(declared, current);
        Ok((wanted != current).then_some(wanted))
    }

    fn home_moves(&self, user: &query::User) -> bool {
        self.manage_home && self.home.as_ref().is_some_and(|home| home.as_str() != trimmed(&user.home))
    }

    /// Predicts the move of the home directory.
    fn moved_home(&self, change: Change, user: &query::User, known: &Known) -> Result<Change, Stop> {
        let Some(new) = self.home.as_ref().map(|home| home.to_path_buf()) else { return Ok(change) };
        let old = Utf8Path::new(trimmed(&user.home));
        known.want([Query::Stat(old.to_owned()), Query::Stat(new.clone())])?;
        let (Some(stat), None) = (known.stat(old)?, known.stat(&new)?) else { return Ok(change) };
        Ok(change
            .then(Query::Stat(new.clone()), Answer::Stat(Some(stat.clone())))
            .then(Query::Resolve(new.clone()), Answer::Stat(Some(stat.clone())))
            .then(Query::Stat(old.to_owned()), Answer::Stat(None))
            .then(Query::Resolve(old.to_owned()), Answer::Stat(None))
            .obscures(new)
            .obscures(old))
    }
}

/// Fails if a missing answer does not mean a missing value.
fn readable(user: &query::User, known: &Known) -> Result<(), Failure> {
    let root = known.host().is_ok_and(|host| host.root);
    if root || user.password.is_some() { Ok(()) } else { Err(password::unreadable()) }
}

/// A home directory without a slash at the end.
fn trimmed(home: &str) -> &str {
    match home.trim_end_matches('/') {
        "" => home,
        trimmed => trimmed,
    }
}
