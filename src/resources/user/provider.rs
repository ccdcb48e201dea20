//! The actions of `user`, and how they are planned.

use super::{GroupName, UserAccount, expiry, password};
use crate::model::capability::NeededRights;
use crate::model::change::Change;
use crate::model::content::AbsolutePath;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{AccountAct, Declined, Portable, PortableUser, Portables};
use crate::model::query::Query;
use crate::provider::accounts::{UNASSIGNED, check_name, group_of_number, user_of_number};
use crate::provider::{Action, Provider, action};

impl Provider for UserAccount {
    const NAME: &'static str = "user";
    const ACTIONS: &'static [Action] = &[
        action("create", "Makes the account if it is missing, and sets what is declared."),
        action("modify", "Changes an existing account. Fails if there is none."),
        action("manage", "Changes the account if it exists."),
        action("remove", "Removes the account. The home directory stays, unless `manage_home` is set."),
        action("lock", "Locks the password. Logins by key still work."),
        action("unlock", "Unlocks the password."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("username");
    const NEEDS_ROOT: bool = true;
    const PLAN: &'static str = "Complete. The number of a new account is unknown unless `uid` is set.";
    const PLATFORMS: &'static str = "Any Linux with useradd, usermod and userdel.";
    const EXAMPLE: &'static str = r#"
user "deploy" {
  system = true,
  home = "/srv/deploy",
  shell = "/bin/bash",
  comment = "Deployment",
}

group "docker"
user "ada" {
  manage_home = true,
  groups = { "docker" },
  append = true,
  password_max_days = 90,
}
"#;

    fn check(&self, _action: &str) -> Result<(), Failure> {
        check_name("user", &self.username)?;
        if let Some(group) = self.named_group() {
            check_name("group", group)?;
        }
        if self.uid == Some(UNASSIGNED) || self.gid.as_ref().and_then(GroupName::number) == Some(UNASSIGNED) {
            return Err(Failure::new(format!("`uid` and `gid` can't be {UNASSIGNED}")));
        }
        if self.non_unique && self.uid.is_none() {
            return Err(Failure::new("`non_unique` goes with `uid`"));
        }
        let path = |path: &Option<AbsolutePath>| path.as_ref().map(|path| path.to_string());
        let fields =
            [("home", path(&self.home)), ("shell", path(&self.shell)), ("comment", self.comment.clone())];
        for (property, value) in fields {
            if value.is_some_and(|value| value.contains(|c: char| c == ':' || c.is_control())) {
                return Err(Failure::new(format!("`{property}` contains a colon or a control character"))
                    .hint("/etc/passwd keeps one account in a line, with fields between colons"));
            }
        }
        self.check_groups()?;
        self.check_aging()?;
        self.password.as_deref().map_or(Ok(()), password::check)
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        needs.user(&self.username);
        self.groups.iter().flat_map(|groups| &groups.0).for_each(|group| needs.user(group));
        match &self.gid {
            Some(GroupName::Name(name)) => needs.user(name),
            Some(GroupName::Number(0)) => needs.user("root"),
            _ => {}
        }
        if self.uid == Some(0) {
            needs.user("root");
        }
        if self.manage_home {
            self.home.iter().for_each(|home| needs.tree(&**home));
        }
        needs.elsewhere();
    }

    fn observe(&self, action: &str) -> Vec<Query> {
        let group = self.gid.as_ref().and_then(GroupName::number).map(group_of_number);
        // Mostly there is nothing more to ask.
        let home = (self.manage_home && action != "remove").then(|| match &self.home {
            Some(home) => Query::Stat(home.to_path_buf()),
            None => Query::Stat(format!("/home/{}", self.username).into()),
        });
        let numbers = self.uid.map(user_of_number).into_iter().chain(group);
        self.accounts(action).into_iter().chain(numbers).chain(home).collect()
    }

    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        let act = match action {
            "modify" => AccountAct::Modify,
            "manage" => AccountAct::Manage,
            "remove" => AccountAct::Remove,
            "lock" => AccountAct::Lock,
            "unlock" => AccountAct::Unlock,
            _ => AccountAct::Create,
        };
        into.add(Portable::User(PortableUser {
            name: self.username.clone(),
            act,
            uid: self.uid,
            group: self.gid.as_ref().map(ToString::to_string),
            groups: self.groups.as_ref().map(|groups| groups.0.clone()),
            append: self.append,
            home: self.home.as_ref().map(|home| home.to_path_buf()),
            shell: self.shell.as_ref().map(|shell| shell.to_path_buf()),
            comment: self.comment.clone(),
            password: self.password.clone(),
            system: self.system,
            manage_home: self.manage_home,
            non_unique: self.non_unique,
            expire_date: self.expire_date.as_deref().map(expiry::argument),
            inactive: self.inactive,
            password_days: [self.password_min_days, self.password_max_days, self.password_warn_days],
            force: self.force,
        }));
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        known.want(self.accounts(action))?;
        let user = match known.user(&self.username) {
            // The account will be there, whatever creates it.
            Err(Stop::Unknown(_)) if action == "create" => None,
            other => other?,
        };
        match (action, user) {
            ("remove" | "manage", None) => Ok(Vec::new()),
            ("create", None) => self.create(known),
            ("lock" | "unlock", None) => Err(self.missing().into()),
            (_, None) => {
                Err(self.missing().hint("the action `create` makes it, `manage` leaves it out").into())
            }
            ("remove", Some(user)) => Ok(vec![self.remove(user, known)?]),
            ("lock", Some(user)) => self.lock(user),
            ("unlock", Some(user)) => self.unlock(user),
            (_, Some(user)) => self.bring(user, known),
        }
    }
}
