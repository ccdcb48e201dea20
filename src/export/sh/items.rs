//! Plain things as calls of functions.

use std::fmt::Write as _;

use super::body::ShellLines;
use super::script::ShellScript;
use crate::export::base64_lines::base64_lines;
use crate::export::shell_words::quoted;
use crate::model::content::{Content, FileMode};
use crate::model::package_manager::PackageManager;
use crate::model::portable::marked::is_marked;
use crate::model::portable::{
    CheckoutAct, PackageAct, Portable, PortableAbsence, PortableArchive, PortableCheckout, PortableCommand,
    PortableDirectory, PortableDownload, PortableFile, PortableKind, PortableLink, PortablePackages,
    PortableService, Unless,
};
use crate::model::query::Init;
use crate::model::step::{Attributes, Command};

/// Largest content that stands in the script as text, in bytes.
const LARGEST_TEXT: usize = 64 << 10;

impl ShellScript<'_> {
    /// A plain thing. `has_timeout` says whether somebody declared the timeout of its command.
    pub(super) fn item(&mut self, what: &Portable, has_timeout: bool, out: &mut ShellLines) {
        match what {
            Portable::File(file) => self.file(file, out),
            Portable::Directory(directory) => self.directory(directory, out),
            Portable::Link(link) => self.link(link, out),
            Portable::Absence(absence) => self.absence(absence, out),
            Portable::Packages(packages) => self.packages(packages, has_timeout, out),
            Portable::Service(service) => self.service(service, has_timeout, out),
            Portable::User(user) => {
                let call = self.user(user);
                out.command(&call);
            }
            Portable::Group(group) => {
                let call = self.group(group);
                out.command(&call);
            }
            Portable::Command(command) => self.run(command, has_timeout, out),
            Portable::Download(download) => self.download(download, has_timeout, out),
            Portable::Archive(archive) => self.archive(archive, out),
            Portable::Checkout(checkout) => self.checkout(checkout, has_timeout, out),
            Portable::Message(text) => {
                let call = format!("{} {}", self.call("say"), self.word(text));
                out.command(&call);
            }
        }
    }

    fn file(&mut self, file: &PortableFile, out: &mut ShellLines) {
        let mut call = format!("{} {}", self.call("file"), self.word(file.path.as_str()));
        self.file_options(file, &mut call);
        let bytes;
        let text = match &file.content {
            None => {
                call.push_str(" keep");
                None
            }
            Some(Content::Text(text)) if !text.contains('\0') => Some(text.as_str()),
            Some(Content::Text(text)) => {
                bytes = base64_lines(text.as_bytes());
                call.push_str(" base64");
                Some(bytes.as_str())
            }
            Some(Content::Blob(blob)) => {
                let content = self.outline.blobs.get(&blob.sha256).map_or(&[][..], Vec::as_slice);
                match std::str::from_utf8(content) {
                    Ok(text) if content.len() <= LARGEST_TEXT && !text.contains('\0') && !is_marked(text) => {
                        Some(text)
                    }
                    _ => {
                        bytes = base64_lines(content);
                        call.push_str(" base64");
                        Some(bytes.as_str())
                    }
                }
            }
            Some(Content::Unknown(_)) => None,
        };
        match text {
            Some(text) if !text.is_empty() => {
                if is_marked(text) {
                    // A value may end with newlines, which are kept before a dot.
                    let is_open = !text.ends_with('\n');
                    let text = self.expanded(text);
                    if is_open {
                        out.command_with(&format!("{call} to_dot"), &format!("{text}."), true);
                    } else {
                        out.command_with(&call, &text, true);
                    }
                } else {
                    if !text.ends_with('\n') {
                        call.push_str(" no_newline");
                    }
                    out.command_with(&call, text, false);
                }
            }
            _ => out.command(&format!("{call} </dev/null")),
        }
    }

    fn file_options(&mut self, file: &PortableFile, call: &mut String) {
        self.attributes(&file.attributes, "", call);
        for (is_set, word) in [
            (file.only_if_missing, "only_if_missing"),
            (file.replace, "replace"),
            (file.follow_link, "follow"),
            (file.secret, "private"),
        ] {
            if is_set {
                call.push(' ');
                call.push_str(word);
            }
        }
        if !file.verify.is_empty() {
            let checks: Vec<String> = file.verify.iter().map(|check| self.check(check)).collect();
            let body = format!("  {}\n", checks.join(" &&\n    "));
            let name = self.shared(&format!("check {}", file.path), '{', &body);
            let _ = write!(call, " verify={name}");
        }
    }

    /// The command that checks a draft, which is `$1`.
    fn check(&mut self, check: &Command) -> String {
        const DRAFT: &str = "{path}";
        // The words of a command are quoted, so a word of its own is put there and replaced behind it.
        const WORD: &str = "CHEFRS_DRAFT";
        let argv = check.argv.iter().map(|word| word.replace(DRAFT, WORD));
        let command = Command { argv: argv.collect(), ..check.clone() };
        let words = self.command(&command, false);
        let mut text = String::new();
        let mut is_quoted = false;
        let mut rest = words.as_str();
        while let Some(at) = rest.find(WORD) {
            let before = &rest[..at];
            text.push_str(before);
            is_quoted ^= before.matches('\'').count() % 2 == 1;
            text.push_str(if is_quoted { "'\"$1\"'" } else { "\"$1\"" });
            rest = &rest[at + WORD.len()..];
        }
        text + rest
    }

    /// Owner, group and mode as options.
    fn attributes(&mut self, attributes: &Attributes, prefix: &str, call: &mut String) {
        let mode = attributes.mode.map(|mode| FileMode(mode).to_string());
        // A shell reads a number as octal if it begins with 0.
        let mode = mode.map(|mode| if mode.starts_with('0') { mode } else { format!("0{mode}") });
        for (name, value) in [("mode", &mode), ("owner", &attributes.owner), ("group", &attributes.group)] {
            if let Some(value) = value {
                let word = self.word(value);
                let _ = write!(call, " {prefix}{name}={word}");
            }
        }
    }

    fn directory(&mut self, directory: &PortableDirectory, out: &mut ShellLines) {
        let mut call = format!("{} {}", self.call("directory"), self.word(directory.path.as_str()));
        self.attributes(&directory.attributes, "", &mut call);
        if directory.recursive {
            call.push_str(" recursive");
            self.attributes(&directory.parents, "parent_", &mut call);
        }
        out.command(&call);
    }

    fn link(&mut self, link: &PortableLink, out: &mut ShellLines) {
        let name = self.call(if link.hard { "hard_link" } else { "link" });
        let mut call = format!("{name} {} {}", self.word(link.path.as_str()), self.word(&link.to));
        self.attributes(&link.attributes, "", &mut call);
        if link.replace {
            call.push_str(" replace");
        }
        out.command(&call);
    }

    fn absence(&mut self, absence: &PortableAbsence, out: &mut ShellLines) {
        let kind = match absence.kind {
            PortableKind::File => "file",
            PortableKind::Link => "link",
            PortableKind::Directory => "directory",
            PortableKind::NoDirectory => "no_directory",
        };
        let recursive = if absence.recursive { " recursive" } else { "" };
        let call = format!("{} {} {kind}{recursive}", self.call("absent"), self.word(absence.path.as_str()));
        out.command(&call);
    }

    fn run(&mut self, command: &PortableCommand, has_timeout: bool, out: &mut ShellLines) {
        let needed = match &command.unless {
            Unless::Never => String::new(),
            Unless::Exists(path) => format!("{} {} || ", self.call("exists"), self.word(path.as_str())),
            Unless::Missing(path) => format!("! {} {} || ", self.call("is_taken"), self.word(path.as_str())),
            Unless::Succeeds(look) if look.waits && self.is_for_image => {
                self.lose("waiting", "nothing runs while an image is built");
                return out.line(":");
            }
            Unless::Succeeds(look) if look.waits => {
                let call = format!("{} {}", self.call("awaits"), self.look(look, true));
                // What follows only says that it did not come.
                let words = self.command(&command.act, false);
                return out.command(&format!("{call} || {words}"));
            }
            Unless::Succeeds(look) => format!("{} {} || ", self.call("succeeds"), self.look(look, false)),
        };
        let is_open =
            command.act.input.as_ref().is_some_and(|input| !input.is_empty() && !input.ends_with('\n'));
        let words = if is_open {
            self.look(&command.act, has_timeout)
        } else {
            self.command(&command.act, has_timeout)
        };
        let words = if self.hides_output() { format!("{} {words}", self.call("quietly")) } else { words };
        let undo = command.act.undoing().map(|undo| self.command(&undo, false));
        let undo = undo.map(|undo| format!(" || {{ {undo}; false; }}")).unwrap_or_default();
        match &command.act.input {
            Some(text) if !text.is_empty() && !is_open => {
                let call = format!("{needed}{} {words}", self.call("run_with_input"));
                if is_marked(text) {
                    let text = self.expanded(text);
                    out.command_with(&call, &text, true);
                } else {
                    out.command_with(&call, text, false);
                }
            }
            _ => {
                let call = match &command.unless {
                    Unless::Exists(path) => {
                        format!("{} {} {words}", self.call("creating"), self.word(path.as_str()))
                    }
                    _ => format!("{needed}{} {words}{undo}", self.call("run")),
                };
                out.command(&call);
            }
        }
    }

    /// The function that runs a command of the package manager on names.
    fn package_command(&mut self, packages: &PortablePackages, has_timeout: bool) -> String {
        self.manager = Some(packages.manager);
        let argv = &packages.command.argv;
        let program = argv.first().map_or("packages", String::as_str);
        let verb = argv.iter().skip(1).find(|word| word.starts_with(|c: char| c.is_ascii_lowercase()));
        let words = self.command(&packages.command, has_timeout);
        let body = format!("  {words} \"$@\" </dev/null\n");
        self.shared(&format!("{program} {}", verb.map_or("", String::as_str)), '{', &body)
    }

    fn packages(&mut self, packages: &PortablePackages, has_timeout: bool, out: &mut ShellLines) {
        let command = self.package_command(packages, has_timeout);
        let names: Vec<String> = packages.names.iter().map(|name| self.word(name)).collect();
        let names = names.join(" ");
        let argument = |manager: &PackageManager, version: &str| {
            (manager.versions.pin)(packages.names.first().map_or("", String::as_str), version)
        };
        let call = match (packages.act, &packages.version, &packages.file) {
            (PackageAct::Install | PackageAct::Upgrade, _, Some(file)) => {
                format!(
                    "{} {names} || {} {command} {}",
                    self.call("is_installed"),
                    self.call("run"),
                    self.word(file)
                )
            }
            (PackageAct::Install | PackageAct::Upgrade, Some(version), None) => {
                let pinned = argument(packages.manager, version);
                let (version, pinned) = (self.word(version), self.word(&pinned));
                format!("{} {command} {names} {version} {pinned}", self.call("install_version"))
            }
            (PackageAct::Install, ..) => format!("{} {command} {names}", self.call("install_missing")),
            (PackageAct::Upgrade, ..) => format!("{} {command} {names}", self.call("upgrade_outdated")),
            (PackageAct::Remove | PackageAct::Purge, Some(version), _) => {
                format!("{} {command} {names} {}", self.call("remove_version"), self.word(version))
            }
            (PackageAct::Remove | PackageAct::Purge, ..) => {
                format!("{} {command} {names}", self.call("remove_installed"))
            }
            (PackageAct::Hold, ..) => format!("{} {command} {names}", self.call("hold_free")),
            (PackageAct::Unhold, ..) => format!("{} {command} {names}", self.call("free_held")),
        };
        out.command(&call);
    }

    fn service(&mut self, service: &PortableService, has_timeout: bool, out: &mut ShellLines) {
        if self.is_for_image {
            self.lose(
                service.act.word(),
                "an image has no services; the container starts the program itself",
            );
            out.line(":");
            return;
        }
        self.has_services = true;
        let act = service.act.word();
        let limit = (has_timeout && service.timeout > 0).then_some(service.timeout);
        if limit.is_some() && service.user.is_none() && matches!(service.init, Init::Openrc | Init::Sysv) {
            self.lose("timeout", "the service manager is waited for without a limit");
        }
        let call = match (service.init, &service.user, limit) {
            (_, Some(user), None) => {
                let user = self.word(user);
                format!("{} {user} {act} {}", self.call("systemd_of"), quoted(&service.name))
            }
            (_, Some(user), Some(limit)) => {
                let machine = self.word(&format!("--machine={user}@.host"));
                let name = quoted(&service.name);
                format!(
                    "{} {act} {name} timeout {limit} systemctl --user {machine}",
                    self.call("systemd_unit")
                )
            }
            (Init::Openrc, None, _) => {
                let words = std::iter::once(&service.name).chain(&service.run_levels);
                let words: Vec<_> = words.map(|word| quoted(word)).collect();
                format!("{} {act} {}", self.call("openrc"), words.join(" "))
            }
            (Init::Sysv, None, _) => format!("{} {act} {}", self.call("sysv"), quoted(&service.name)),
            (_, None, Some(limit)) => {
                let name = quoted(&service.name);
                format!("{} {act} {name} timeout {limit} systemctl", self.call("systemd_unit"))
            }
            _ => format!("{} {act} {}", self.call("systemd"), quoted(&service.name)),
        };
        out.command(&call);
    }

    fn download(&mut self, download: &PortableDownload, has_timeout: bool, out: &mut ShellLines) {
        if !download.headers.is_empty() {
            self.lose("headers", "the download is asked for without them");
        }
        if download.published.is_some() {
            self.lose("checksum_url", "the file is not compared with the list");
        }
        let sha256 = self.word(download.sha256.as_deref().unwrap_or_default());
        let mut call =
            format!("{} {} {sha256}", self.call("download"), self.word(download.file.path.as_str()));
        self.file_options(&download.file, &mut call);
        if download.is_refreshed {
            call.push_str(" refresh");
        }
        if has_timeout && download.timeout > 0 {
            let _ = write!(call, " timeout={}", download.timeout);
        }
        call.push_str(" --");
        for url in &download.urls {
            call.push(' ');
            call.push_str(&self.word(url));
        }
        out.command(&call);
    }

    fn archive(&mut self, archive: &PortableArchive, out: &mut ShellLines) {
        let words = [
            archive.archive.as_str(),
            archive.sha256.as_deref().unwrap_or_default(),
            archive.destination.as_str(),
            &archive.strip_components.to_string(),
            archive.owner.as_deref().unwrap_or_default(),
            archive.group.as_deref().unwrap_or_default(),
            &FileMode(archive.mode).to_string(),
        ]
        .map(|word| self.word(word));
        let replace = if archive.replace { " replace" } else { "" };
        let call = format!("{} {}{replace}", self.call("unpack"), words.join(" "));
        out.command(&call);
    }

    fn checkout(&mut self, checkout: &PortableCheckout, has_timeout: bool, out: &mut ShellLines) {
        let act = match checkout.act {
            CheckoutAct::Checkout => "checkout",
            CheckoutAct::Sync => "sync",
            CheckoutAct::Export => "export",
        };
        let flag = |is_set: bool| if is_set { "yes" } else { "" };
        let words = [
            act,
            &checkout.repository,
            &checkout.revision,
            checkout.destination.as_str(),
            &checkout.remote,
            &checkout.depth.map(|depth| depth.to_string()).unwrap_or_default(),
            flag(checkout.submodules),
            flag(checkout.discard_changes),
        ]
        .map(|word| self.word(word));
        let git = self.command(&checkout.command, has_timeout);
        let call = format!("{} {} {git}", self.call("checkout"), words.join(" "));
        out.command(&call);
    }
}
