//! Users and groups for Ansible.

use super::ansible_call::AnsibleCall;
use super::play::Play;
use crate::model::portable::{AccountAct, PortableGroup, PortableUser};

impl Play<'_, '_> {
    pub(super) fn user(&mut self, user: &PortableUser) -> AnsibleCall {
        let later = self.later();
        let mut entry = AnsibleCall::new("ansible.builtin.user");
        entry.text(later, "name", &user.name);
        let [least, most, warning] = user.password_days;
        match user.act {
            AccountAct::Create => {}
            AccountAct::Remove => {
                entry.set("state", "absent");
                entry.set("remove", user.manage_home);
                entry.set("force", user.force);
                return entry;
            }
            AccountAct::Lock | AccountAct::Unlock => {
                entry.set("password_lock", user.act == AccountAct::Lock);
                return entry;
            }
            AccountAct::Modify | AccountAct::Manage => return AnsibleCall::unsayable(),
        }
        if user.expire_date.is_some() || user.inactive.is_some() || warning.is_some() {
            return AnsibleCall::unsayable();
        }
        if let Some(uid) = user.uid {
            entry.set("uid", uid);
        }
        entry.some_text(later, "group", user.group.as_deref());
        if let Some(groups) = &user.groups {
            entry.texts(later, "groups", groups);
            entry.set("append", user.append);
        }
        if let Some(home) = &user.home {
            entry.path(later, "home", home.as_str());
        }
        entry.some_text(later, "shell", user.shell.as_ref().map(|shell| shell.as_str()));
        entry.some_text(later, "comment", user.comment.as_deref());
        if let Some(password) = &user.password {
            entry.text(later, "password", password);
            entry.is_secret = true;
        }
        if user.system {
            entry.set("system", "true");
        }
        entry.set("create_home", user.manage_home);
        if user.manage_home && user.home.is_some() {
            entry.set("move_home", "true");
        }
        if user.non_unique {
            entry.set("non_unique", "true");
        }
        for (name, days) in [("password_expire_min", least), ("password_expire_max", most)] {
            if let Some(days) = days {
                entry.set(name, days);
            }
        }
        entry
    }

    pub(super) fn group(&mut self, group: &PortableGroup) -> AnsibleCall {
        if group.members.is_some()
            || !group.excluded.is_empty()
            || !matches!(group.act, AccountAct::Create | AccountAct::Remove)
        {
            return AnsibleCall::unsayable();
        }
        let mut entry = AnsibleCall::new("ansible.builtin.group");
        entry.text(self.later(), "name", &group.name);
        if group.act == AccountAct::Remove {
            entry.set("state", "absent");
            return entry;
        }
        if let Some(gid) = group.gid {
            entry.set("gid", gid);
        }
        for (is_set, name) in [(group.system, "system"), (group.non_unique, "non_unique")] {
            if is_set {
                entry.set(name, "true");
            }
        }
        entry
    }
}
