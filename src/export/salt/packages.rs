//! Packages and services for Salt.

use super::salt_file::SaltFile;
use super::salt_state::{SaltState, text};
use crate::export::shell_words;
use crate::model::portable::marked::is_marked;
use crate::model::portable::{PackageAct, PortablePackages, PortableService, ServiceAct};
use crate::model::query::Init;

impl SaltFile<'_, '_> {
    pub(super) fn packages(packages: &PortablePackages) -> SaltState {
        let function = match packages.act {
            PackageAct::Install => "pkg.installed",
            PackageAct::Upgrade if packages.version.is_some() => "pkg.installed",
            PackageAct::Upgrade => "pkg.latest",
            PackageAct::Remove => "pkg.removed",
            PackageAct::Purge => "pkg.purged",
            PackageAct::Hold | PackageAct::Unhold => return SaltState::unsayable(),
        };
        let mut declaration = SaltState::new(function);
        let version = packages.version.as_deref();
        declaration.is_unsayable = packages.file.is_some()
            || packages.leaves_other_versions()
            || version.is_some_and(|version| version.contains('*') || is_marked(version))
            || packages.names.iter().any(|name| is_marked(name));
        let names: Vec<String> = packages
            .names
            .iter()
            .map(|name| match version {
                Some(version) => format!("{}: {}", text(name), text(version)),
                None => text(name),
            })
            .collect();
        declaration.list("pkgs", &names);
        if packages.command.argv.iter().any(|word| word == "--no-install-recommends") {
            declaration.set("install_recommends", "False");
        }
        declaration
    }

    pub(super) fn service(service: &PortableService) -> SaltState {
        if service.user.is_some() || !service.run_levels.is_empty() {
            return SaltState::unsayable();
        }
        let function = match service.act {
            ServiceAct::Enable => "service.enabled",
            ServiceAct::Disable => "service.disabled",
            ServiceAct::Start => "service.running",
            ServiceAct::Stop => "service.dead",
            ServiceAct::Mask => "service.masked",
            ServiceAct::Unmask => "service.unmasked",
            act if service.init == Init::Systemd => {
                let mut declaration = SaltState::new("cmd.run");
                let line = format!("systemctl {} -- {}", act.word(), shell_words::quoted(&service.name));
                declaration.text("name", &line);
                return declaration;
            }
            _ => return SaltState::unsayable(),
        };
        let mut declaration = SaltState::new(function);
        declaration.text("name", &service.name);
        declaration
    }
}
