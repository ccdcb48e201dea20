//! Packages and services for Puppet.

use super::manifest::Manifest;
use super::puppet_resource::PuppetResource;
use super::words::quoted;
use crate::model::portable::marked::is_marked;
use crate::model::portable::{PackageAct, PortablePackages, PortableService, ServiceAct};

impl Manifest<'_, '_> {
    pub(super) fn packages(packages: &PortablePackages) -> PuppetResource {
        let state = match (packages.act, &packages.version) {
            (PackageAct::Install | PackageAct::Upgrade, Some(version)) if version.contains('*') => {
                return PuppetResource::unsayable();
            }
            (PackageAct::Install | PackageAct::Upgrade, Some(version)) => quoted(version),
            (PackageAct::Install, None) => "installed".into(),
            (PackageAct::Upgrade, None) => "latest".into(),
            (PackageAct::Remove | PackageAct::Purge, Some(_)) => return PuppetResource::unsayable(),
            (PackageAct::Remove, _) => "absent".into(),
            (PackageAct::Purge, _) => "purged".into(),
            (PackageAct::Hold | PackageAct::Unhold, _) => return PuppetResource::unsayable(),
        };
        let mut declaration = PuppetResource {
            kind: "package",
            titles: packages.names.clone(),
            is_unsayable: packages.file.is_some()
                || is_marked(&state)
                || packages.names.iter().any(|name| is_marked(name)),
            ..PuppetResource::default()
        };
        declaration.set("ensure", state);
        if packages.command.argv.iter().any(|word| word == "--no-install-recommends") {
            declaration.set("install_options", "['--no-install-recommends']");
        }
        declaration
    }

    pub(super) fn service(service: &PortableService) -> PuppetResource {
        if service.user.is_some() || !service.run_levels.is_empty() {
            return PuppetResource::unsayable();
        }
        let mut declaration = PuppetResource::new("service", &service.name);
        match service.act {
            ServiceAct::Enable => declaration.set("enable", "true"),
            ServiceAct::Disable => declaration.set("enable", "false"),
            ServiceAct::Start => declaration.set("ensure", "running"),
            ServiceAct::Stop => declaration.set("ensure", "stopped"),
            ServiceAct::Mask => declaration.set("enable", "mask"),
            _ => declaration.is_unsayable = true,
        }
        declaration
    }
}
