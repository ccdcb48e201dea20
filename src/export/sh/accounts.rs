//! Users and groups as calls of functions.

use std::fmt::Write as _;

use super::script::ShellScript;
use crate::model::portable::{AccountAct, PortableGroup, PortableUser};

impl ShellScript<'_> {
    /// The call for a user.
    pub(super) fn user(&mut self, user: &PortableUser) -> String {
        let [min, max, warn] = user.password_days.map(|days| days.map(|days| days.to_string()));
        let path = |path: &Option<camino::Utf8PathBuf>| path.as_ref().map(ToString::to_string);
        let values = [
            ("uid", user.uid.map(|uid| uid.to_string())),
            ("gid", user.group.clone()),
            ("groups", user.groups.as_ref().map(|groups| groups.join(" "))),
            ("home", path(&user.home)),
            ("shell", path(&user.shell)),
            ("comment", user.comment.clone()),
            ("password", user.password.clone()),
            ("expire", user.expire_date.clone()),
            ("inactive", user.inactive.map(|days| days.to_string())),
            ("min_days", min),
            ("max_days", max),
            ("warn_days", warn),
        ];
        let flags = [
            ("append", user.append),
            ("system", user.system),
            ("manage_home", user.manage_home),
            ("non_unique", user.non_unique),
            ("force", user.force),
        ];
        let call = format!("{} {}", self.call("user"), word_of(user.act));
        self.account(call, &user.name, values, flags)
    }

    /// The call for a group.
    pub(super) fn group(&mut self, group: &PortableGroup) -> String {
        let excluded = (!group.excluded.is_empty()).then(|| group.excluded.join(" "));
        let values = [
            ("gid", group.gid.map(|gid| gid.to_string())),
            ("members", group.members.as_ref().map(|members| members.join(" "))),
            ("excluded", excluded),
        ];
        let flags = [("append", group.append), ("system", group.system), ("non_unique", group.non_unique)];
        let call = format!("{} {}", self.call("group"), word_of(group.act));
        self.account(call, &group.name, values, flags)
    }

    fn account<const V: usize, const F: usize>(
        &mut self,
        mut call: String,
        name: &str,
        values: [(&str, Option<String>); V],
        flags: [(&str, bool); F],
    ) -> String {
        call.push(' ');
        call.push_str(&self.word(name));
        for (name, value) in values {
            if let Some(value) = value {
                let _ = write!(call, " {name}={}", self.word(&value));
            }
        }
        for (name, _) in flags.iter().filter(|(_, is_set)| *is_set) {
            call.push(' ');
            call.push_str(name);
        }
        call
    }
}

fn word_of(act: AccountAct) -> &'static str {
    match act {
        AccountAct::Create => "create",
        AccountAct::Modify => "modify",
        AccountAct::Manage => "manage",
        AccountAct::Remove => "remove",
        AccountAct::Lock => "lock",
        AccountAct::Unlock => "unlock",
    }
}
