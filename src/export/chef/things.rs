//! Files, packages, services and accounts for Chef.

use super::chef_resource::ChefResource;
use super::cookbook::{ChefCookbook, attributes};
use super::ruby;
use crate::export::kept::KeptContent;
use crate::export::shell_words;
use crate::model::portable::marked::is_marked;
use crate::model::portable::{
    AccountAct, PackageAct, Portable, PortableAbsence, PortableDirectory, PortableFile, PortableGroup,
    PortableKind, PortableLink, PortablePackages, PortableService, PortableUser, ServiceAct,
};
use crate::model::query::Init;
use crate::model::step::Attributes;

impl<'a> ChefCookbook<'a, '_> {
    /// The resources for a plain thing that is no command.
    pub(super) fn thing(&mut self, what: &'a Portable) -> Vec<ChefResource> {
        vec![match what {
            Portable::Packages(packages) => return self::packages(packages),
            Portable::File(file) => self.file(file),
            Portable::Directory(directory) => self::directory(directory),
            Portable::Link(link) => self::link(link),
            Portable::Absence(absence) => self::absence(absence),
            Portable::Service(service) => self::service(service),
            Portable::User(user) => self.user(user),
            Portable::Group(group) => self::group(group),
            Portable::Command(_)
            | Portable::Download(_)
            | Portable::Checkout(_)
            | Portable::Archive(_)
            | Portable::Message(_) => ChefResource::unsayable(),
        }]
    }

    fn file(&mut self, file: &'a PortableFile) -> ChefResource {
        let path = file.path.as_str();
        let mut declaration = ChefResource::new("file", "path", path, "create");
        match file.content.as_ref().map(|content| self.kept.content(self.outline, path, content)) {
            None => {}
            Some(KeptContent::Text(text)) => {
                let lines = ruby::lines(text).filter(|_| !is_marked(text));
                match lines.or_else(|| ruby::secret(&self.outline.later, text)) {
                    Some(text) => declaration.line(format!("content {text}")),
                    None => declaration.is_unsayable = true,
                }
            }
            Some(KeptContent::File(name)) => {
                declaration.line(format!("content ::File.binread(::File.join(files, '{name}'))"));
            }
        }
        attributes(&file.attributes, &mut declaration);
        if file.attributes.mode.is_none() {
            // Otherwise, nobody but root could read what itamae writes.
            declaration.line("mode '0644' unless defined?(::Chef)".into());
        }
        if file.secret {
            declaration.line("sensitive true".into());
        }
        if file.only_if_missing {
            declaration.not_if.push(ruby::quoted(&format!("test -e {}", shell_words::quoted(path))));
        }
        declaration.is_unsayable |= !file.verify.is_empty() || file.follow_link;
        declaration
    }

    fn user(&mut self, user: &PortableUser) -> ChefResource {
        let mut declaration = ChefResource::new("user", "username", &user.name, "create");
        let is_odd = user.act != AccountAct::Create
            || user.groups.is_some()
            || user.comment.is_some()
            || user.expire_date.is_some()
            || user.inactive.is_some()
            || user.system
            || user.non_unique
            || user.password_days.iter().any(Option::is_some);
        declaration.is_unsayable |= is_odd;
        if let Some(uid) = user.uid {
            declaration.line(format!("uid {uid}"));
        }
        declaration.some_text("gid", user.group.as_deref());
        declaration.some_text("home", user.home.as_ref().map(|home| home.as_str()));
        declaration.some_text("shell", user.shell.as_ref().map(|shell| shell.as_str()));
        if let Some(password) = &user.password {
            match ruby::secret(&self.outline.later, password) {
                Some(password) => declaration.line(format!("password {password}")),
                None => declaration.is_unsayable = true,
            }
        }
        for name in ["manage_home", "create_home"] {
            declaration.line(format!("{name} {} if respond_to?(:{name})", user.manage_home));
        }
        declaration
    }
}

fn directory(directory: &PortableDirectory) -> ChefResource {
    let mut declaration = ChefResource::new("directory", "path", directory.path.as_str(), "create");
    if directory.recursive {
        declaration.line("recursive true if respond_to?(:recursive)".into());
    }
    attributes(&directory.attributes, &mut declaration);
    declaration.is_unsayable |= directory.parents != Attributes::default();
    declaration
}

fn link(link: &PortableLink) -> ChefResource {
    // The name of the property differs between the two.
    let mut declaration = ChefResource::new("link", "", link.path.as_str(), "create");
    declaration.text("to", &link.to);
    declaration.line("force true if respond_to?(:force)".into());
    declaration.is_unsayable |= link.hard || link.attributes != Attributes::default();
    declaration
}

fn absence(absence: &PortableAbsence) -> ChefResource {
    let mut declaration = ChefResource::new("file", "path", absence.path.as_str(), "delete");
    declaration.is_unsayable |= !matches!(absence.kind, PortableKind::File | PortableKind::NoDirectory);
    declaration
}

fn packages(packages: &PortablePackages) -> Vec<ChefResource> {
    let action = match packages.act {
        PackageAct::Install => "install",
        PackageAct::Remove => "remove",
        _ => return vec![ChefResource::unsayable()],
    };
    let is_odd = packages.file.is_some()
        || packages.leaves_other_versions()
        || packages.version.as_ref().is_some_and(|version| version.contains('*'));
    let package = |name: &String| {
        let mut declaration = ChefResource::new("package", "", name, action);
        declaration.some_text("version", packages.version.as_deref());
        if packages.command.argv.iter().any(|word| word == "--no-install-recommends") {
            declaration.text("options", "--no-install-recommends");
        }
        declaration.is_unsayable |= is_odd;
        declaration
    };
    packages.names.iter().map(package).collect()
}

fn service(service: &PortableService) -> ChefResource {
    let is_systemd = service.init == Init::Systemd;
    if service.user.is_some() || !service.run_levels.is_empty() {
        return ChefResource::unsayable();
    }
    let action = match service.act {
        ServiceAct::Enable => "enable",
        ServiceAct::Disable => "disable",
        ServiceAct::Start => "start",
        ServiceAct::Stop => "stop",
        ServiceAct::Restart => "restart",
        ServiceAct::Reload => "reload",
        act if is_systemd => {
            let line = format!("systemctl {} -- {}", act.word(), shell_words::quoted(&service.name));
            return ChefResource::new("execute", "command", &line, "run");
        }
        _ => return ChefResource::unsayable(),
    };
    ChefResource::new("service", "service_name", &service.name, action)
}

fn group(group: &PortableGroup) -> ChefResource {
    let mut declaration = ChefResource::new("group", "", &group.name, "create");
    declaration.is_unsayable |= group.act != AccountAct::Create
        || group.members.is_some()
        || !group.excluded.is_empty()
        || group.system
        || group.non_unique;
    if let Some(gid) = group.gid {
        declaration.line(format!("gid {gid}"));
    }
    declaration
}
