//! Plain things as what a person does.

use super::commands::{typed, word};
use super::scripts;
use super::texts::{block, code, masked, plain};
use crate::model::content::{Content, FileMode, sha256};
use crate::model::english::printable;
use crate::model::portable::marked::LaterValue;
use crate::model::portable::{
    PackageAct, Portable, PortableCommand, PortableFile, PortableKind, PortablePackages, PortableService,
    Unless,
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
    /// Whether it is a command that may change anything.
    pub(super) is_command: bool,
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
                it.look_at(&directory.attributes, &path);
                it.back = Some(format!("`rmdir {path}`, if it is new and empty"));
            }
            Portable::Link(link) => {
                let (path, to) = (word(link.path.as_str()), word(&masked(&link.to, later)));
                let option = if link.hard { "" } else { " -sfn" };
                it.commands.push(format!("ln{option} -- {to} {path}"));
                it.looks.push(if link.hard {
                    format!("ls -li {to} {path}")
                } else {
                    format!("readlink {path}    # {}", printable(&masked(&link.to, later)))
                });
                it.back = Some(format!("`rm {path}`"));
            }
            Portable::Absence(absence) => {
                let path = word(absence.path.as_str());
                it.commands.push(match (absence.kind, absence.recursive) {
                    (PortableKind::Directory, true) => format!("rm -rf -- {path}"),
                    (PortableKind::Directory, false) => format!("rmdir -- {path}    # if it is there"),
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
            Portable::Download(download) => it.download(download, later),
            Portable::Archive(archive) => it.archive(archive),
            Portable::Checkout(checkout) => it.checkout(checkout, later),
            Portable::Message(text) => it.parts.push(plain(&format!("Note: {}", masked(text, later)))),
        }
        it
    }

    /// A file with a secret belongs to nobody else before it has its content.
    pub(super) fn hide(&mut self, file: &PortableFile) {
        if file.secret {
            let shown = code(file.path.as_str());
            self.parts.push(format!("If {shown} is not there, make it so that nobody else reads it:"));
            let made = format!("install -m 0600 /dev/null {}", word(file.path.as_str()));
            self.parts.push(block("sh", &made));
        }
    }

    pub(super) fn attributes(&mut self, attributes: &Attributes, path: &str) {
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
        self.look_at(attributes, path);
    }

    /// How to see the owner, the group and the mode, as far as they are said.
    fn look_at(&mut self, attributes: &Attributes, path: &str) {
        let is_number = |name: &str| name.chars().all(|c| c.is_ascii_digit());
        let named = |name: &Option<String>, word: &'static str, number: &'static str| {
            name.as_ref().map(|name| (if is_number(name) { number } else { word }, printable(name)))
        };
        let mode = attributes.mode.map(|mode| ("%a", format!("{mode:o}")));
        let said = [mode, named(&attributes.owner, "%U", "%u"), named(&attributes.group, "%G", "%g")];
        let (words, values): (Vec<_>, Vec<_>) = said.into_iter().flatten().unzip();
        if !words.is_empty() {
            self.looks.push(format!("stat -c '{}' {path}    # {}", words.join(" "), values.join(" ")));
        }
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
                self.hide(file);
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
            _ => {
                let if_there = if matches!(act, "stop" | "disable") { "    # if it is there" } else { "" };
                self.commands.push(format!("systemctl {act} {name}{if_there}"));
            }
        }
        if service.init == Init::Systemd && service.user.is_none() {
            match act {
                "enable" => {
                    self.looks.push(format!("systemctl is-enabled {name}    # enabled"));
                    self.back = Some(format!("`systemctl disable {name}`"));
                }
                "start" | "restart" | "reload" => {
                    self.looks.push(format!("systemctl is-active {name}    # active"));
                    self.back = (act == "start").then(|| format!("`systemctl stop {name}`"));
                }
                _ => {}
            }
        }
    }

    fn command(&mut self, command: &PortableCommand, later: &[LaterValue]) {
        if let Unless::Succeeds(look) = &command.unless
            && let Some(why) = scripts::complaint(&command.act)
        {
            match scripts::told(look, later) {
                Some(words) => self.parts.push(words),
                None => {
                    let line = typed(look, later);
                    let is_loop = look.argv.first().is_some_and(|program| program == "/bin/sh");
                    let limit = if is_loop { format!("timeout {} ", look.timeout) } else { String::new() };
                    self.commands.push(limit + &line);
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
            Unless::Succeeds(look) => self.parts.extend(scripts::told(look, later)),
            Unless::Never => {}
        }
        match scripts::told(&command.act, later) {
            Some(words) => self.parts.push(words),
            None => {
                self.commands.push(typed(&command.act, later));
                self.is_command = true;
            }
        }
    }
}
