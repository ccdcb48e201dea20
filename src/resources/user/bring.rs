//! The changes that bring an existing account to its declaration.

use super::difference::{Difference, readable, trimmed};
use super::home::HomeMove;
use super::new::number_of;
use super::{UserAccount, password};
use crate::model::change::{Change, Reach};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::{self, Answer};
use crate::model::step::{Command, Step};
use crate::provider::accounts::UNASSIGNED;

impl UserAccount {
    /// The changes that bring an existing account to its declaration.
    pub(super) fn bring(&self, user: &query::User, known: &Known) -> Result<Vec<Change>, Stop> {
        self.require_group(known)?;
        let mut found = Difference { words: Vec::new(), arguments: Vec::new(), after: user.clone() };
        self.numbers(&mut found, user, known)?;
        self.groups_differ(&mut found, user, known)?;
        let home = self.home_move(user, known)?;
        self.fields(&mut found, user, &home);
        let limits = self.aging_differs(&mut found, user, known)?;
        let Difference { words, arguments, mut after } = found;
        let mut changes = Vec::new();
        if !words.is_empty() {
            let command = (!arguments.is_empty()).then(|| {
                let named = ["--".into(), self.username.clone()];
                Command::new(["usermod".into()].into_iter().chain(arguments).chain(named))
            });
            let steps = command.map(Step::Run).into_iter().chain(limits).collect();
            let summary = format!("change {}", words.join(", "));
            let mut change = Change { summary, steps, ..Change::default() }.reaching(Reach::Told);
            match home {
                HomeMove::Moved => change = self.moved_home(change, user, known)?,
                HomeMove::Stays(why) => change.warning = Some(why),
                HomeMove::Nothing => {}
            }
            if after.uid != user.uid {
                change = self.numbered(change, Some(user.uid), Some(&after));
            }
            change = self.membership(change, &user.groups, &after.groups, known)?;
            let change = Self::grouped(change, Some(&user.group), Some(&after));
            changes.push(change.then(self.query(), Answer::User(Some(Box::new(after.clone())))));
        }
        let moves = changes
            .iter()
            .any(|change: &Change| change.obscures.iter().any(|path| path == trimmed(&after.home)));
        if !moves {
            changes.extend(self.make_home(&after, known)?);
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

    fn fields(&self, found: &mut Difference, user: &query::User, moves: &HomeMove) {
        if let Some(home) = self.home.as_ref().filter(|home| home.as_str() != trimmed(&user.home)) {
            found.add(format!("home {} to {}", user.home, **home), ["--home".into(), home.to_string()]);
            if let HomeMove::Moved = moves {
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

    /// The hash to set, if the account has another one.
    fn password_differs(&self, user: &query::User, known: &Known) -> Result<Option<String>, Failure> {
        let Some(declared) = &self.password else { return Ok(None) };
        readable(user, known)?;
        // To root, no answer means that the account has no line in the shadow file.
        let current = user.password.as_deref().unwrap_or_default();
        let wanted = password::wanted(declared, current);
        Ok((wanted != current).then_some(wanted))
    }
}
