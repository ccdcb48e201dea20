//! Users and groups for Puppet.

use super::manifest::Manifest;
use super::puppet_resource::PuppetResource;
use super::words::{quoted, sensitive};
use crate::model::portable::{AccountAct, PortableGroup, PortableUser};

impl Manifest<'_, '_> {
    pub(super) fn user(&mut self, user: &PortableUser) -> PuppetResource {
        let mut declaration = PuppetResource::new("user", &user.name);
        match user.act {
            AccountAct::Create => declaration.set("ensure", "present"),
            AccountAct::Remove if !user.force => {
                declaration.set("ensure", "absent");
                declaration.set("managehome", user.manage_home);
                return declaration;
            }
            _ => return PuppetResource::unsayable(),
        }
        declaration.is_unsayable |= user.inactive.is_some();
        if let Some(uid) = user.uid {
            declaration.set("uid", uid);
        }
        declaration.some_text("gid", user.group.as_deref());
        if let Some(groups) = &user.groups {
            let names: Vec<String> = groups.iter().map(|name| quoted(name)).collect();
            declaration.set("groups", format!("[{}]", names.join(", ")));
            declaration.set("membership", if user.append { "minimum" } else { "inclusive" });
        }
        declaration.some_text("home", user.home.as_ref().map(|home| home.as_str()));
        declaration.some_text("shell", user.shell.as_ref().map(|shell| shell.as_str()));
        declaration.some_text("comment", user.comment.as_deref());
        if let Some(password) = &user.password {
            match sensitive(&self.outline.later, password) {
                Some(hash) if hash.starts_with("Sensitive") => declaration.set("password", hash),
                Some(hash) => declaration.set("password", format!("Sensitive({hash})")),
                None => declaration.is_unsayable = true,
            }
        }
        match user.expire_date.as_deref() {
            Some("") => declaration.set("expiry", "absent"),
            Some(date) => declaration.text("expiry", date),
            None => {}
        }
        let [least, most, warning] = user.password_days;
        for (name, days) in
            [("password_min_age", least), ("password_max_age", most), ("password_warn_days", warning)]
        {
            if let Some(days) = days {
                declaration.set(name, days);
            }
        }
        for (is_set, name) in
            [(user.system, "system"), (user.manage_home, "managehome"), (user.non_unique, "allowdupe")]
        {
            if is_set {
                declaration.set(name, "true");
            }
        }
        declaration
    }

    pub(super) fn group(group: &PortableGroup) -> PuppetResource {
        let mut declaration = PuppetResource::new("group", &group.name);
        match group.act {
            AccountAct::Create => declaration.set("ensure", "present"),
            AccountAct::Remove => declaration.set("ensure", "absent"),
            _ => declaration.is_unsayable = true,
        }
        declaration.is_unsayable |= group.members.is_some() || !group.excluded.is_empty();
        if let Some(gid) = group.gid {
            declaration.set("gid", gid);
        }
        for (is_set, name) in [(group.system, "system"), (group.non_unique, "allowdupe")] {
            if is_set {
                declaration.set(name, "true");
            }
        }
        declaration
    }
}
