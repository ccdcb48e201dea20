//! Users and groups as what a person does.

use super::commands::{value, word};
use super::texts::masked;
use super::things::Instruction;
use crate::model::portable::marked::LaterValue;
use crate::model::portable::{AccountAct, PortableGroup, PortableUser};

impl Instruction {
    pub(super) fn user(&mut self, user: &PortableUser, later: &[LaterValue]) {
        let name = word(&user.name);
        let mut options = Vec::new();
        let mut option = |option: &str, value: Option<String>| {
            options.extend(value.map(|value| format!(" --{option} {}", word(&masked(&value, later)))));
        };
        option("uid", user.uid.map(|uid| uid.to_string()));
        option("gid", user.group.clone());
        option("groups", user.groups.as_ref().map(|groups| groups.join(",")));
        option("shell", user.shell.as_ref().map(ToString::to_string));
        option("comment", user.comment.clone());
        option("expiredate", user.expire_date.clone());
        option("inactive", user.inactive.map(|days| days.to_string()));
        let options: String = options.concat();
        let home = user.home.as_ref().map(|home| word(home.as_str()));
        let new_home = home.as_ref().map(|home| format!(" --home-dir {home}")).unwrap_or_default();
        let system = if user.system { " --system" } else { "" };
        let made = if user.manage_home { " --create-home" } else { " --no-create-home" };
        let append = if user.append { " --append" } else { "" };
        let changed_home = home.as_ref().map(|home| format!(" --home {home}")).unwrap_or_default();
        match user.act {
            AccountAct::Create => {
                self.commands
                    .push(format!("useradd{system}{made}{new_home}{options} {name}    # if it is missing"));
                if !(options.is_empty() && changed_home.is_empty()) {
                    self.commands
                        .push(format!("usermod{append}{changed_home}{options} {name}    # if it is there"));
                }
                self.back = Some(format!("`userdel {name}`, if the account is new"));
            }
            AccountAct::Modify | AccountAct::Manage => {
                self.commands.push(format!("usermod{append}{changed_home}{options} {name}"));
            }
            AccountAct::Remove => {
                let home = if user.manage_home { " --remove" } else { "" };
                self.commands.push(format!("userdel{home} {name}"));
            }
            AccountAct::Lock => self.commands.push(format!("usermod --lock {name}")),
            AccountAct::Unlock => self.commands.push(format!("usermod --unlock {name}")),
        }
        if let Some(password) = &user.password {
            let line = value(&format!("{}:{password}", user.name), later);
            self.commands.push(format!("printf '%s\\n' {line} | chpasswd -e"));
        }
        for (option, days) in ["-m", "-M", "-W"].iter().zip(user.password_days) {
            self.commands.extend(days.map(|days| format!("chage {option} {days} {name}")));
        }
        self.looks.push(format!("id {name}"));
    }

    pub(super) fn group(&mut self, group: &PortableGroup) {
        let name = word(&group.name);
        let gid = group.gid.map(|gid| format!(" --gid {gid}")).unwrap_or_default();
        let system = if group.system { " --system" } else { "" };
        match group.act {
            AccountAct::Remove => self.commands.push(format!("groupdel {name}")),
            AccountAct::Create => {
                self.commands.push(format!("groupadd{system}{gid} {name}    # if it is missing"));
                self.back = Some(format!("`groupdel {name}`, if the group is new"));
            }
            _ if !gid.is_empty() => self.commands.push(format!("groupmod{gid} {name}")),
            _ => {}
        }
        match &group.members {
            Some(members) if group.append => {
                self.commands
                    .extend(members.iter().map(|member| format!("gpasswd -a {} {name}", word(member))));
            }
            Some(members) => self.commands.push(format!("gpasswd -M {} {name}", word(&members.join(",")))),
            None => {}
        }
        self.commands
            .extend(group.excluded.iter().map(|member| format!("gpasswd -d {} {name}", word(member))));
        self.looks.push(format!("getent group {name}"));
    }
}
