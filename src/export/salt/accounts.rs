//! Users and groups for Salt.

use super::salt_file::SaltFile;
use super::salt_state::{SaltState, text};
use crate::model::portable::{AccountAct, PortableGroup, PortableUser};

impl SaltFile<'_, '_> {
    pub(super) fn user(&mut self, user: &PortableUser) -> SaltState {
        if user.act != AccountAct::Create {
            return SaltState::unsayable();
        }
        let mut declaration = SaltState::new("user.present");
        declaration.text("name", &user.name);
        declaration.is_unsayable |= user.expire_date.is_some()
            || user.inactive.is_some()
            || user.non_unique
            || user.password_days.iter().any(Option::is_some)
            || user.comment.as_ref().is_some_and(|comment| comment.contains(','));
        if let Some(uid) = user.uid {
            declaration.set("uid", uid);
        }
        match user.group.as_deref().map(str::parse::<u32>) {
            Some(Ok(gid)) => declaration.set("gid", gid),
            Some(Err(_)) => declaration.some_text("gid", user.group.as_deref()),
            None => {}
        }
        if let Some(groups) = &user.groups {
            let names: Vec<String> = groups.iter().map(|name| text(name)).collect();
            declaration.list("groups", &names);
            declaration.set("remove_groups", if user.append { "False" } else { "True" });
        }
        declaration.some_text("home", user.home.as_ref().map(|home| home.as_str()));
        declaration.some_text("shell", user.shell.as_ref().map(|shell| shell.as_str()));
        declaration.some_text("fullname", user.comment.as_deref());
        if let Some(password) = &user.password {
            declaration.secret(&self.outline.later, "password", password);
        }
        declaration.set("createhome", if user.manage_home { "True" } else { "False" });
        if user.system {
            declaration.set("system", "True");
        }
        declaration
    }

    pub(super) fn group(group: &PortableGroup) -> SaltState {
        let function = match group.act {
            AccountAct::Create => "group.present",
            AccountAct::Remove => "group.absent",
            _ => return SaltState::unsayable(),
        };
        let mut declaration = SaltState::new(function);
        declaration.text("name", &group.name);
        declaration.is_unsayable |= group.members.is_some() || !group.excluded.is_empty() || group.non_unique;
        if let Some(gid) = group.gid {
            declaration.set("gid", gid);
        }
        if group.system {
            declaration.set("system", "True");
        }
        declaration
    }
}
