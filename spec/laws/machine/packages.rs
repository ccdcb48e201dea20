//! Packages of the machine in memory: what sources offer, what is installed, and what each package brings.

use std::collections::BTreeMap;

use chefrs::model::query::{OfferedPackage, PackageState};

use super::Machine;

/// What a package brings besides itself.
#[derive(Debug)]
struct Brought {
    name: &'static str,
    directories: &'static [&'static str],
    files: &'static [(&'static str, &'static str)],
    /// Accounts, with a group of their own.
    users: &'static [&'static str],
    groups: &'static [&'static str],
    /// A unit that runs once it is installed.
    unit: Option<&'static str>,
}

const BROUGHT: &[Brought] = &[
    Brought {
        name: "web",
        directories: &["/etc/web"],
        files: &[("/etc/web/web.conf", "listen 80\n"), ("/usr/bin/web", "web")],
        users: &["web"],
        groups: &[],
        unit: Some("web.service"),
    },
    // What it brings has other names than its own.
    Brought {
        name: "mariadb-server",
        directories: &["/etc/mysql", "/var/lib/mysql"],
        files: &[("/etc/mysql/debian.cnf", "[client]\n")],
        users: &["mysql"],
        groups: &["dba"],
        unit: Some("mysql.service"),
    },
    Brought {
        name: "tool",
        directories: &[],
        files: &[("/usr/bin/tool", "tool")],
        users: &[],
        groups: &[],
        unit: None,
    },
    Brought {
        name: "docker.io",
        directories: &[],
        files: &[("/usr/bin/docker", "docker")],
        users: &[],
        groups: &["docker"],
        unit: None,
    },
    Brought {
        name: "python3-venv",
        directories: &[],
        files: &[("/usr/bin/python3", "python3")],
        users: &[],
        groups: &[],
        unit: None,
    },
    Brought {
        name: "sudo",
        directories: &["/etc/sudoers.d"],
        files: &[("/etc/sudoers", "@includedir /etc/sudoers.d\n"), ("/usr/sbin/visudo", "visudo")],
        ..NOTHING
    },
    Brought { name: "ruby", directories: &["/var/lib/gems"], files: &[("/usr/bin/gem", "gem")], ..NOTHING },
    Brought { name: "npm", files: &[("/usr/bin/npm", "npm")], ..NOTHING },
    Brought { name: "python3-pip", files: &[("/usr/bin/pip3", "pip")], ..NOTHING },
    Brought {
        name: "tzdata",
        directories: &["/usr/share/zoneinfo", "/usr/share/zoneinfo/Europe", "/usr/share/zoneinfo/Etc"],
        files: &[("/usr/share/zoneinfo/Europe/Berlin", "TZif1"), ("/usr/share/zoneinfo/Etc/UTC", "TZif")],
        ..NOTHING
    },
    Brought {
        name: "locales",
        directories: &["/usr/share/i18n"],
        files: &[
            ("/etc/locale.gen", "# de_DE.UTF-8 UTF-8\n# en_US.UTF-8 UTF-8\n"),
            ("/usr/sbin/locale-gen", "locale-gen"),
            ("/usr/share/i18n/SUPPORTED", "de_DE.UTF-8 UTF-8\nen_US.UTF-8 UTF-8\n"),
        ],
        ..NOTHING
    },
    Brought {
        name: "nftables",
        files: &[("/etc/nftables.conf", "flush ruleset\n"), ("/usr/sbin/nft", "nft")],
        unit: Some("nftables.service"),
        ..NOTHING
    },
    Brought { name: "agent", files: &[("/usr/bin/agent", "agent")], ..NOTHING },
];

const NOTHING: Brought =
    Brought { name: "", directories: &[], files: &[], users: &[], groups: &[], unit: None };

/// A source of packages that a machine may be told of: its address, what apt calls its list, and what it has.
const VENDOR: (&str, &str) =
    ("https://deb.test/debian", "/var/lib/apt/lists/deb.test_debian_dists_stable_InRelease");
const OF_VENDOR: &[(&str, &str)] = &[("agent", "1.0"), ("tool", "3.0")];

/// The file that tells of it.
const SOURCE: &str = "/etc/apt/sources.list.d/vendor.sources";

/// Virtual packages, and those that provide them.
const PROVIDED: &[(&str, &[&str])] = &[("httpd", &["web"]), ("mta", &["exim", "postfix"])];

/// Versions by package.
type Versions = BTreeMap<String, String>;

/// What is installed and what could be.
#[derive(Debug, Clone, Default)]
pub struct Packages {
    installed: Versions,
    held: BTreeMap<String, bool>,
    /// Packages that left configuration files.
    residue: BTreeMap<String, bool>,
    /// What the lists say that were read last, and what the sources have.
    listed: Versions,
    offered: Versions,
    pub interrupted: bool,
}

impl Packages {
    /// Lists that are as old as the number says: fresh, stale (older versions, some packages missing), or never read.
    pub fn new(kind: u64) -> Self {
        let versions = |version: &str, names: &[&str]| -> Versions {
            names.iter().map(|name| ((*name).to_owned(), version.to_owned())).collect()
        };
        let all = [
            "web",
            "mariadb-server",
            "tool",
            "docker.io",
            "python3-venv",
            "lib",
            "exim",
            "postfix",
            "sudo",
            "ruby",
            "npm",
            "python3-pip",
            "tzdata",
            "locales",
            "nftables",
            "new",
        ];
        let offered = versions("2.0", &all);
        let listed = match kind % 3 {
            0 => offered.clone(),
            1 => versions("1.0", &all[..all.len() - 1]),
            _ => Versions::new(),
        };
        let mut installed = versions("1.0", &["lib"]);
        let mut held = BTreeMap::new();
        if kind % 4 == 1 {
            installed.insert("tool".into(), "1.0".into());
            held.insert("tool".into(), true);
        }
        Self { installed, held, listed, offered, interrupted: kind % 7 == 3, ..Self::default() }
    }

    pub fn picture(&self) -> String {
        format!("installed {:?} held {:?} listed {:?}", self.installed, self.held, self.listed)
    }

    pub(super) fn state(&self, name: &str) -> PackageState {
        let providers = PROVIDED.iter().filter(|(virtual_name, _)| *virtual_name == name);
        let providers = providers.flat_map(|(_, names)| *names);
        let provided_by = providers.filter(|name| self.installed.contains_key(**name));
        PackageState {
            version: self.installed.get(name).cloned(),
            provided_by: provided_by.map(|name| (*name).to_owned()).collect(),
            residue: self.residue.get(name).map(|_| "config-files".to_owned()),
            held: self.held.contains_key(name),
        }
    }
}

impl Machine {
    /// Who would provide a virtual package.
    pub(super) fn providers(&self, name: &str) -> Vec<OfferedPackage> {
        let of_name = PROVIDED.iter().filter(|(virtual_name, _)| *virtual_name == name);
        let offered = |name: &&str| {
            let version = self.candidate(name)?;
            Some(OfferedPackage { name: (*name).to_owned(), version })
        };
        of_name.flat_map(|(_, names)| *names).filter_map(offered).collect()
    }

    /// The version that would be installed: the highest that a source has whose list was read, or the one that is there.
    pub(super) fn candidate(&self, name: &str) -> Option<String> {
        let installed = self.packages.installed.get(name);
        let pin = self.text(format!("/etc/apt/preferences.d/{name}.pref")).unwrap_or_default();
        if pin.contains("Pin-Priority: -1") {
            return installed.cloned();
        }
        let of_vendor = OF_VENDOR.iter().find(|(offered, _)| *offered == name).map(|(_, version)| *version);
        let of_vendor =
            of_vendor.filter(|_| self.has(VENDOR.1) && self.source().is_some_and(|url| url == VENDOR.0));
        let listed = self.packages.listed.get(name).map(String::as_str);
        listed.max(of_vendor).or(installed.map(String::as_str)).map(str::to_owned)
    }

    /// The address of the source that the machine was told of.
    fn source(&self) -> Option<String> {
        let text = self.text(SOURCE).filter(|text| !text.contains("Enabled: no"))?;
        text.lines().find_map(|line| line.strip_prefix("URIs: ")).map(str::to_owned)
    }

    /// Reads the list of that source; the exit status.
    fn read_source(&mut self) -> i32 {
        match self.source() {
            Some(url) if url == VENDOR.0 => {
                self.file(VENDOR.1, "");
                0
            }
            Some(_) => 100,
            None => {
                self.remove(VENDOR.1.into());
                0
            }
        }
    }

    /// Whether what apt reads there first is at an address.
    pub(super) fn answers(url: &str) -> bool {
        url == format!("{}/dists/stable/InRelease", VENDOR.0)
    }

    /// Installs a package that the sources have, with all that it brings.
    pub(super) fn bring(&mut self, name: &str) {
        let version = self.candidate(name).unwrap_or_else(|| "1.0".into());
        self.packages.installed.insert(name.into(), version);
        self.packages.residue.remove(name);
        let Some(place) = BROUGHT.iter().position(|brought| brought.name == name) else { return };
        let brought = &BROUGHT[place];
        // Whatever came before it, so that two orders of packages leave one machine.
        let number = 100 + u32::try_from(place).unwrap_or_default();
        for directory in brought.directories {
            if !self.has(directory) {
                self.directory(directory);
            }
        }
        for (path, text) in brought.files {
            // Configuration that people changed is kept.
            if !(path.starts_with("/etc") && self.has(path)) {
                self.file(path, text);
            }
        }
        for user in brought.users {
            if !self.users.contains_key(*user) {
                self.account(user, number);
            }
        }
        for group in brought.groups {
            let gid = number + 100;
            self.groups
                .entry((*group).into())
                .or_insert_with(|| chefrs::model::query::Group { gid, members: Vec::new() });
        }
        if let Some(unit) = brought.unit {
            self.file(
                format!("/lib/systemd/system/{unit}"),
                "[Service]\n[Install]\nWantedBy=multi-user.target\n",
            );
            self.daemon_reload();
            if !self.is_masked(unit) {
                self.running.insert(unit.into());
            }
            self.enabled.insert(unit.into());
        }
    }

    fn take_away(&mut self, name: &str, purge: bool) {
        self.packages.installed.remove(name);
        let brought = BROUGHT.iter().find(|brought| brought.name == name);
        for (path, _) in brought.iter().flat_map(|brought| brought.files) {
            if purge || !path.starts_with("/etc") {
                self.remove((*path).into());
            } else {
                self.packages.residue.insert(name.into(), true);
            }
        }
        if purge {
            self.packages.residue.remove(name);
        }
        if let Some(unit) = brought.and_then(|brought| brought.unit) {
            self.remove(format!("/lib/systemd/system/{unit}").as_str().into());
            self.running.remove(unit);
            self.enabled.remove(unit);
            self.daemon_reload();
        }
    }

    /// `apt-get` and its companions; the exit status.
    pub(super) fn change_packages(&mut self, words: &[&str]) -> i32 {
        if words.first() == Some(&"dpkg") {
            self.packages.interrupted = false;
            return 0;
        }
        let is_update = words.last() == Some(&"update");
        if self.packages.interrupted && words.first() == Some(&"apt-get") && !is_update {
            return 100;
        }
        let verbs = ["install", "remove", "purge", "hold", "unhold", "update"];
        let Some(at) = words.iter().position(|word| verbs.contains(word)) else { return 100 };
        let names: Vec<&str> = words[at + 1..].iter().copied().filter(|word| *word != "--").collect();
        match words[at] {
            "update" if words.contains(&"Dir::Etc::sourceparts=-") => self.read_source(),
            "update" => {
                let source = self.read_source();
                self.packages.listed = self.packages.offered.clone();
                self.file("/var/lib/apt/lists/debian_Packages", "");
                // Of a source that does not answer apt only warns, unless it is told to mind.
                if words.contains(&"APT::Update::Error-Mode=any") { source } else { 0 }
            }
            "hold" | "unhold" => {
                for name in names {
                    self.packages.held.remove(name);
                    if words[at] == "hold" {
                        self.packages.held.insert(name.into(), true);
                    }
                }
                0
            }
            "install" => {
                // All or nothing, as apt decides before it begins.
                for name in &names {
                    let (name, version) = name.split_once('=').unwrap_or((name, ""));
                    let Some(listed) = self.candidate(name) else { return 100 };
                    let other = self.packages.installed.get(name).is_some_and(|old| *old != listed);
                    if !version.is_empty() && version != listed
                        || other && self.packages.held.contains_key(name)
                    {
                        return 100;
                    }
                }
                for name in names {
                    self.bring(name.split('=').next().unwrap_or(name));
                }
                0
            }
            verb => {
                if names.iter().any(|name| self.packages.held.contains_key(*name)) {
                    return 100;
                }
                for name in names {
                    self.take_away(name, verb == "purge");
                }
                0
            }
        }
    }
}
