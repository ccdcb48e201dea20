//! The removal of an account.

use super::UserAccount;
use crate::model::change::{Change, Reach};
use crate::model::content::AbsolutePath;
use crate::model::known::{Known, Stop};
use crate::model::query::{self, Answer, Query};
use crate::model::step::{Command, Step};

impl UserAccount {
    /// The change that removes the account.
    ///
    /// # Errors
    /// An answer is missing.
    pub(super) fn remove(&self, user: &query::User, known: &Known) -> Result<Change, Stop> {
        let mut command = Command::new(["userdel"]);
        if self.force {
            command.argv.push("--force".into());
        }
        if self.manage_home {
            command.argv.push("--remove".into());
        }
        command.argv.extend(["--".into(), self.username.clone()]);
        let words = if self.manage_home { "remove user and home directory" } else { "remove user" };
        let change = Change::new(words, Step::Run(command)).reaching(Reach::Told);
        let change = self.numbered(change, Some(user.uid), None);
        let mut change =
            Self::grouped(change, Some(&user.group), None).then(self.query(), Answer::User(None));
        // userdel removes the user's own group too, if nobody else is in it.
        let own = Query::Group(self.username.clone());
        if user.group == self.username
            && let Some(group) = known.group(&self.username)?
            && group.members.iter().all(|member| *member == self.username)
        {
            change = change.then(own, Answer::Group(None));
        }
        let others: Vec<String> =
            user.groups.iter().filter(|group| **group != self.username).cloned().collect();
        change = self.membership(change, &others, &[], known)?;
        if self.manage_home && AbsolutePath::parse(&user.home).is_ok() {
            let home = || user.home.trim_end_matches('/').into();
            change = change
                .then(Query::Stat(home()), Answer::Stat(None))
                .then(Query::Resolve(home()), Answer::Stat(None));
        }
        Ok(change)
    }
}
