//! Plain things as what a person does.

use super::commands::{typed, word};
use super::scripts;
use super::texts::{block, code, masked, plain};
use crate::model::content::{Content, FileMode, sha256};
use crate::model::portable::marked::LaterValue;
use crate::model::portable::{
    AccountAct, CheckoutAct, PackageAct, Portable, PortableCommand, PortableFile, PortableGroup,
    PortableKind, PortablePackages, PortableService, PortableUser, Unless,
};
use crate::model::query::Init;
use crate::model::step::{Attributes, Command};

/// What a person does, and how to see that it is done.
#[derive(Debug, Default)]
pub(super) struct Instruction {
    /// Sentences and blocks, each a paragraph.
    pub(super) parts: Vec<String>,
    /// Commands to type.
    pub(super) commands: Vec<String>,
    /// Commands that show that it is done.
    pub(super) looks: Vec<String>,
    /// How to undo it.
    pub(super) back: Option<String>,
    /// Files that it changes.
    pub(super) files: Vec<String>,
}

/// Options of install(1) for owner, group and mode.
fn install_options(attributes: &Attributes) -> String {
    let mode = attributes.mode.map(|mode| format!(" -m {}", FileMode(mode)));
    let owner = attributes.owner.as_ref().map(|owner| format!(" -o {}", word(owner)));
    let group = attributes.group.as_ref().map(|group| format!(" -g {}", word(group)));
    [mode, owner, group].into_iter().flatten().collect()
}

impl Instruction {
    /// The instruction for a plain thing.
    pub(super) fn of(what: &Portable, later: &[LaterValue]) -> Self {
        let mut it = Self::default();
        match what {
            Portable::File(file) => it.file(file, later),
            Portable::Directory(directory) => {
                let path = word(directory.path.as_str());
                let parents = if directory.recursive { ", with its parents" } else { "" };
                it.parts.push(format!("Make the directory {}{parents}.", code(directory.path.as_str())));
                it.commands.push(format!("install -d{} {path}", install_options(&directory.attributes)));
                it.looks.push(format!("stat -c '%A %U:%G' {path}"));
                it.back = Some(format!("`rmdir {path}`, if it is new and empty"));
            }
            Portable::Link(link) => {
                let (path, to) = (word(link.path.as_str()), word(&masked(&link.to, later)));
                let option = if link.hard { "" } else { " -sfn" };
                it.commands.push(format!("ln{option} -- {to} {path}"));
                it.looks.push(format!("ls -l {path}"));
                it.back = Some(format!("`rm {path}`"));
            }
            Portable::Absence(absence) => {
                let path = word(absence.path.as_str());
                it.commands.push(match (absence.kind, absence.recursive) {
                    (PortableKind::Directory, true) => format!("rm -r -- {path}"),
                    (PortableKind::Directory, false) => format!("rmdir -- {path}"),
                    _ => format!("rm -f -- {path}"),
                });
                it.looks.push(format!("ls -ld {path}    # is not there"));
                it.files.push(absence.path.to_string());
            }
            Portable::Packages(packages) => it.packages(packages),
            Portable::Service(service) => it.service(service),
            Portable::User(user) => it.user(user, later),
            Portable::Group(group) => it.group(group),
            Portable::Command(command) => it.command(command, later),
            Portable::Download(download) => {
                let path = word(download.file.path.as_str());
                for url in &download.urls {
                    it.commands.push(format!("curl -fL -o {path} -- {}", word(&masked(url, later))));
                }
                if download.urls.len() > 1 {
                    it.parts.push("One of these addresses is enough.".into());
                }
                if let Some(sha256) = &download.sha256 {
                    it.looks.push(format!("sha256sum {path}    # {sha256}"));
                }
                it.attributes(&download.file.attributes, &path);
                it.files.push(download.file.path.to_string());
            }
            Portable::Archive(archive) => {
                let (from, to) = (word(archive.archive.as_str()), word(archive.destination.as_str()));
                if let Some(sha256) = &archive.sha256 {
                    it.commands.push(format!("sha256sum {from}    # {sha256}"));
                }
                it.commands.push(format!("install -d -m {} {to}", FileMode(archive.mode)));
                it.commands
                    .push(format!("tar -xf {from} -C {to} --strip-components={}", archive.strip_components));
                for (program, name) in [("chown", &archive.owner), ("chgrp", &archive.group)] {
                    it.commands.extend(name.iter().map(|name| format!("{program} -R {} {to}", word(name))));
                }
                it.looks.push(format!("ls {to}"));
                it.back = Some(format!("`rm -r {to}`"));
            }
            Portable::Checkout(checkout) => {
                let (from, to) =
                    (word(&masked(&checkout.repository, later)), word(checkout.destination.as_str()));
                let revision = word(&checkout.revision);
                let user = checkout.command.user.as_ref().map(|user| format!("sudo -u {} ", word(user)));
                let user = user.unwrap_or_default();
                it.commands.push(format!("{user}git clone -- {from} {to}    # the first time"));
                if checkout.act == CheckoutAct::Sync {
                    it.commands.push(format!("{user}git -C {to} fetch {}", word(&checkout.remote)));
                }
                it.commands.push(format!("{user}git -C {to} checkout {revision}"));
                it.looks.push(format!("git -C {to} log -1"));
            }
            Portable::Message(text) => it.parts.push(plain(&format!("Note: {}", masked(text, later)))),
        }
        it
    }

    fn attributes(&mut self, attributes: &Attributes, path: &str) {
        let owner = attributes.owner.as_deref().map(word);
        match (owner, attributes.group.as_deref().map(word)) {
            (Some(owner), Some(group)) => self.commands.push(format!("chown {owner}:{group} {path}")),
            (Some(owner), None) => self.commands.push(format!("chown {owner} {path}")),
            (None, Some(group)) => self.commands.push(format!("chgrp {group} {path}")),
            (None, None) => {}
        }
        if let Some(mode) = attributes.mode {
            self.commands.push(format!("chmod {} {path}", FileMode(mode)));
        }
        self.looks.push(format!("stat -c '%A %U:%G' {path}"));
    }

    fn file(&mut self, file: &PortableFile, later: &[LaterValue]) {
        let path = word(file.path.as_str());
        let shown = code(file.path.as_str());
        let missing = if file.only_if_missing { ", if it is not there" } else { "" };
        match &file.content {
            None => self.parts.push(format!("The file {shown} is there, with any content.")),
            Some(Content::Text(text)) if text.is_empty() => {
                self.parts.push(format!("Make {shown}{missing}, empty."));
            }
            Some(Content::Text(text)) => {
                if file.secret {
                    let made = format!("install -m 0600 /dev/null {path}");
                    self.parts
                        .push(format!("If {shown} is not there, make it so that nobody else reads it:"));
                    self.parts.push(block("sh", &made));
                }
                self.parts.push(format!("Write {shown}{missing}:"));
                self.parts.push(block("", &masked(text, later)));
                if !text.ends_with('\n') {
                    self.parts.push("Its last line has no end.".into());
                }
                if masked(text, later) == *text {
                    self.looks.push(format!("sha256sum {path}    # {}", sha256(text.as_bytes())));
                }
            }
            Some(Content::Blob(blob)) => {
                self.parts.push(format!("Copy {shown}{missing} ({} bytes) from the cookbook.", blob.size));
                self.looks.push(format!("sha256sum {path}    # {}", blob.sha256));
            }
            Some(Content::Unknown(_)) => {}
        }
        self.attributes(&file.attributes, &path);
        for check in &file.verify {
            let argv = check.argv.iter().map(|word| word.replace("{path}", file.path.as_str()));
            let check = Command { argv: argv.collect(), ..check.clone() };
            self.commands.push(format!("{}    # must succeed", typed(&check, later)));
        }
        self.files.push(file.path.to_string());
    }

    fn packages(&mut self, packages: &PortablePackages) {
        let first = packages.names.first().map_or("", String::as_str);
        let names = match (&packages.version, &packages.file) {
            (_, Some(file)) => word(file),
            (Some(version), None) if packages.leaves_other_versions() => {
                format!("{}    # only if it has the version {version}", word(first))
            }
            (Some(version), None) => word(&(packages.manager.versions.pin)(first, version)),
            (None, None) => packages.names.iter().map(|name| word(name)).collect::<Vec<_>>().join(" "),
        };
        let program = packages.command.argv.first().map_or("", String::as_str);
        let words = packages.command.argv.iter().skip(1);
        let verb: Vec<&str> = words
            .skip_while(|word| !word.starts_with(|c: char| c.is_ascii_alphabetic()) || word.contains("::"))
            .map(String::as_str)
            .collect();
        let verb = if verb.is_empty() { packages.command.argv[1..].join(" ") } else { verb.join(" ") };
        self.commands.push(format!("{program} {verb} {names}"));
        let look = match program {
            "apt-get" => Some("dpkg -l"),
            "dnf" | "yum" | "zypper" => Some("rpm -q"),
            "apk" => Some("apk info -e"),
            "pacman" => Some("pacman -Q"),
            _ => None,
        };
        if matches!(packages.act, PackageAct::Install | PackageAct::Upgrade) {
            let names = packages.names.join(" ");
            self.looks.extend(look.map(|look| format!("{look} {names}")));
            let remove = packages.manager.commands.remove;
            let (program, verb) =
                (remove.first().copied().unwrap_or_default(), remove.last().copied().unwrap_or_default());
            self.back = Some(format!("`{program} {verb} {}`", packages.names.join(" ")));
        }
    }

    fn service(&mut self, service: &PortableService) {
        let (name, act) = (word(&service.name), service.act.word());
        match (service.init, &service.user) {
            (_, Some(user)) => {
                self.commands.push(format!("systemctl --user --machine={}@.host {act} {name}", word(user)));
            }
            (Init::Openrc, None) => match act {
                "enable" => {
                    let level = service.run_levels.first().map_or("default", String::as_str);
                    self.commands.push(format!("rc-update add {name} {level}"));
                }
                "disable" => self.commands.push(format!("rc-update --all del {name}")),
                act => self.commands.push(format!("rc-service {name} {act}")),
            },
            (Init::Sysv, None) => self.commands.push(match act {
                "enable" | "disable" => format!("update-rc.d {name} {act}"),
                act => format!("/etc/init.d/{name} {act}"),
            }),
            _ => self.commands.push(format!("systemctl {act} {name}")),
        }
        if service.init == Init::Systemd && service.user.is_none() {
            match act {
                "enable" => {
                    self.looks.push(format!("systemctl is-enabled {name}"));
                    self.back = Some(format!("`systemctl disable {name}`"));
                }
                "start" | "restart" | "reload" => {
                    self.looks.push(format!("systemctl status {name}"));
                    self.back = (act == "start").then(|| format!("`systemctl stop {name}`"));
                }
                _ => {}
            }
        }
    }

    fn user(&mut self, user: &PortableUser, later: &[LaterValue]) {
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
            let line = word(&masked(&format!("{}:{password}", user.name), later));
            self.commands.push(format!("echo {line} | chpasswd -e"));
        }
        for (option, days) in ["-m", "-M", "-W"].iter().zip(user.password_days) {
            self.commands.extend(days.map(|days| format!("chage {option} {days} {name}")));
        }
        self.looks.push(format!("id {name}"));
    }

    fn group(&mut self, group: &PortableGroup) {
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

    fn command(&mut self, command: &PortableCommand, later: &[LaterValue]) {
        if let Unless::Succeeds(look) = &command.unless
            && let Some(why) = scripts::complaint(&command.act)
        {
            match scripts::told(look, later) {
                Some(words) => self.parts.push(words),
                None => {
                    self.commands.push(typed(look, later));
                    self.parts.push(format!("Go on when this succeeds. If it does not: {why}."));
                }
            }
            if let [_, _, _, _, _, diagnose @ ..] = command.act.argv.as_slice()
                && !diagnose.is_empty()
            {
                let diagnose = Command { argv: diagnose.to_vec(), ..command.act.clone() };
                self.parts.push("If it does not come to that, this may tell why:".into());
                self.parts.push(block("sh", &typed(&diagnose, later)));
            }
            return;
        }
        match &command.unless {
            Unless::Exists(path) => {
                self.parts.push(format!("Not needed if {} is there.", code(path.as_str())));
            }
            Unless::Missing(path) => {
                self.parts.push(format!("Not needed if {} is not there.", code(path.as_str())));
            }
            Unless::Succeeds(_) | Unless::Never => {}
        }
        match scripts::told(&command.act, later) {
            Some(words) => self.parts.push(words),
            None => self.commands.push(typed(&command.act, later)),
        }
    }
}
