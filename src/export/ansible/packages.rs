//! Packages and services for Ansible.

use super::ansible_call::AnsibleCall;
use super::play::Play;
use crate::export::shell_words;
use crate::model::portable::{PackageAct, PortablePackages, PortableService, ServiceAct};
use crate::model::query::Init;

impl Play<'_, '_> {
    pub(super) fn packages(&mut self, packages: &PortablePackages) -> AnsibleCall {
        let later = self.later();
        if packages.leaves_other_versions() {
            return AnsibleCall::unsayable();
        }
        let is_apt = packages.manager.name == "apt";
        let module = match packages.manager.name {
            "apt" => "ansible.builtin.apt",
            "dnf" | "dnf5" => "ansible.builtin.dnf",
            _ => "ansible.builtin.package",
        };
        let state = match packages.act {
            PackageAct::Install => "present",
            PackageAct::Upgrade if packages.version.is_some() => "present",
            PackageAct::Upgrade => "latest",
            PackageAct::Remove | PackageAct::Purge => "absent",
            PackageAct::Hold | PackageAct::Unhold => return self.hold(packages),
        };
        let mut entry = AnsibleCall::new(module);
        match (&packages.file, &packages.version) {
            (Some(file), _) if is_apt => entry.path(later, "deb", file),
            (Some(file), _) => entry.path(later, "name", file),
            (None, Some(version)) => {
                let name = packages.names.first().map_or("", String::as_str);
                entry.text(later, "name", &(packages.manager.versions.pin)(name, version));
            }
            (None, None) => entry.texts(later, "name", &packages.names),
        }
        entry.set("state", state);
        if is_apt {
            if packages.act == PackageAct::Purge {
                entry.set("purge", "true");
            }
            if packages.command.argv.iter().any(|word| word == "--no-install-recommends") {
                entry.set("install_recommends", "false");
            }
        }
        entry
    }

    fn hold(&mut self, packages: &PortablePackages) -> AnsibleCall {
        let ([name], "apt") = (packages.names.as_slice(), packages.manager.name) else {
            return AnsibleCall::unsayable();
        };
        let mut entry = AnsibleCall::new("ansible.builtin.dpkg_selections");
        entry.text(self.later(), "name", name);
        entry.set("selection", if packages.act == PackageAct::Hold { "hold" } else { "install" });
        entry
    }

    pub(super) fn service(&mut self, service: &PortableService) -> AnsibleCall {
        let later = self.later();
        let is_systemd = service.init == Init::Systemd;
        if service.user.is_some() || service.run_levels.len() > 1 {
            return AnsibleCall::unsayable();
        }
        let mut entry =
            AnsibleCall::new(if is_systemd { "ansible.builtin.systemd" } else { "ansible.builtin.service" });
        entry.text(later, "name", &service.name);
        if let [level] = service.run_levels.as_slice() {
            entry.text(later, "runlevel", level);
        }
        match service.act {
            ServiceAct::Enable => entry.set("enabled", "true"),
            ServiceAct::Disable => entry.set("enabled", "false"),
            ServiceAct::Start => entry.set("state", "started"),
            ServiceAct::Stop => entry.set("state", "stopped"),
            ServiceAct::Restart => entry.set("state", "restarted"),
            ServiceAct::Reload => entry.set("state", "reloaded"),
            ServiceAct::Mask if is_systemd => entry.set("masked", "true"),
            ServiceAct::Unmask if is_systemd => entry.set("masked", "false"),
            act if is_systemd => {
                let mut entry = AnsibleCall::new("ansible.builtin.shell");
                let line = format!("systemctl {} -- {}", act.word(), shell_words::quoted(&service.name));
                entry.text(later, "cmd", &line);
                return entry;
            }
            _ => return AnsibleCall::unsayable(),
        }
        if is_systemd {
            entry.set("daemon_reload", "true");
        }
        entry
    }
}
