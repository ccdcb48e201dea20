//! What the package database says of a machine: packages, their files and the digests of these.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use crate::model::sorted;

/// An installed package.
#[derive(Debug, Clone, Default)]
pub(super) struct PackageRecord {
    /// Version, as the package manager writes it.
    pub(super) version: String,
    /// Whether a person asked for it. Others came along.
    pub(super) is_manual: bool,
    /// Whether every system of this kind has it.
    pub(super) is_base: bool,
    /// Whether it is a library, which nobody asks for by itself.
    pub(super) is_library: bool,
    /// Whether it is held at its version.
    pub(super) is_held: bool,
    /// Names of packages that it needs.
    pub(super) needs: Vec<String>,
}

/// What is known of the files of packages.
#[derive(Debug, Clone, Default)]
pub(super) struct PackageRecords {
    /// Name of the package manager: `apt`.
    pub(super) manager: &'static str,
    /// Installed packages by name.
    pub(super) packages: BTreeMap<String, PackageRecord>,
    /// The packages that a path belongs to.
    pub(super) owners: BTreeMap<Utf8PathBuf, Vec<String>>,
    /// Digests of files as the package brought them, with the package.
    pub(super) digests: BTreeMap<Utf8PathBuf, PackagedDigest>,
    /// Links that packages make when they are installed, with the package.
    pub(super) links: BTreeMap<Utf8PathBuf, String>,
    /// Names that scripts of packages speak of. MachineAccounts among them are made by packages.
    pub(super) words_of_scripts: BTreeSet<String>,
}

/// A digest in the package database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PackagedDigest {
    /// Package that brought the file.
    pub(super) package: String,
    /// MD5 in hexadecimal.
    pub(super) md5: String,
    /// Whether it is a configuration file, which people may change.
    pub(super) is_configuration: bool,
}

/// Most owners that a directory may have and still tell what a file in it is about.
const MOST_OWNERS: usize = 6;

impl PackageRecords {
    /// Draws conclusions from the packages: what the base system needs is part of it, and a library that others need was
    /// not asked for, however it is marked. Those who make images mark everything.
    pub(super) fn settle(&mut self) {
        let needs = |records: &Self, of: &dyn Fn(&PackageRecord) -> bool| -> Vec<String> {
            records
                .packages
                .values()
                .filter(|record| of(record))
                .flat_map(|record| record.needs.clone())
                .collect()
        };
        loop {
            let mut grew = false;
            for name in needs(self, &|record| record.is_base) {
                if let Some(record) = self.packages.get_mut(&name).filter(|record| !record.is_base) {
                    record.is_base = true;
                    grew = true;
                }
            }
            if !grew {
                break;
            }
        }
        for name in needs(self, &|_| true) {
            if let Some(record) = self.packages.get_mut(&name).filter(|record| record.is_library) {
                record.is_manual = false;
            }
        }
    }

    /// Packages that a person asked for, without those of the base system.
    pub(super) fn asked_for(&self) -> impl Iterator<Item = (&str, &PackageRecord)> {
        let asked = self.packages.iter().filter(|(_, record)| record.is_manual && !record.is_base);
        asked.map(|(name, record)| (name.as_str(), record))
    }

    /// The package that a path is about, whether it brought the path or not: the owner of the path, or of the nearest
    /// directory that is not everybody's, or the package with the name of the file.
    #[must_use]
    pub(super) fn about(&self, path: &Utf8Path) -> Option<&str> {
        for place in path.ancestors() {
            let Some(owners) = self.owners.get(place) else { continue };
            let is_shared = owners.len() > MOST_OWNERS || SHARED.contains(&place.as_str());
            if let (false, Some(first)) = (is_shared, owners.first()) {
                // The directory of a program belongs to its package rather than to one that puts a file there.
                let own = owners.iter().find(|owner| place.file_name() == Some(owner.as_str()));
                return Some(own.unwrap_or(first));
            }
        }
        let stem = path.file_name()?.split('.').next()?;
        self.packages.get_key_value(stem).map(|(name, _)| name.as_str())
    }

    /// The package that a person asked for and that brought another one along; itself if that was asked for.
    #[must_use]
    pub(super) fn asked_for_behind<'a>(&'a self, package: &'a str) -> Option<&'a str> {
        let is_asked =
            |name: &str| self.packages.get(name).is_some_and(|record| record.is_manual && !record.is_base);
        let mut seen: BTreeSet<&str> = sorted::collected([package]);
        let mut level = vec![package];
        while !level.is_empty() {
            if let Some(found) = level.iter().find(|name| is_asked(name)) {
                return Some(found);
            }
            let needed: BTreeSet<&str> = level.iter().copied().collect();
            let by = self.packages.iter().filter(|(name, record)| {
                !seen.contains(name.as_str())
                    && record.needs.iter().any(|need| needed.contains(need.as_str()))
            });
            let next: Vec<&str> = by.map(|(name, _)| name.as_str()).collect();
            seen.extend(next.iter().copied());
            level = next;
        }
        None
    }
}

/// Directories in which every package may have files.
const SHARED: &[&str] = &[
    "/",
    "/etc",
    "/etc/cron.d",
    "/etc/cron.daily",
    "/etc/cron.hourly",
    "/etc/cron.monthly",
    "/etc/cron.weekly",
    "/etc/default",
    "/etc/init.d",
    "/etc/logrotate.d",
    "/etc/modprobe.d",
    "/etc/pam.d",
    "/etc/profile.d",
    "/etc/rsyslog.d",
    "/etc/security",
    "/etc/skel",
    "/etc/ssl",
    "/etc/ssl/private",
    "/etc/sudoers.d",
    "/etc/sysctl.d",
    "/etc/systemd",
    "/etc/systemd/system",
    "/etc/systemd/user",
    "/etc/tmpfiles.d",
    "/etc/udev",
    "/etc/udev/rules.d",
    "/etc/apt",
    "/etc/apt/apt.conf.d",
    "/etc/apt/keyrings",
    "/etc/apt/preferences.d",
    "/etc/apt/sources.list.d",
    "/etc/apt/trusted.gpg.d",
    "/usr",
    "/usr/local",
    "/usr/local/bin",
    "/usr/local/sbin",
    "/usr/local/lib",
    "/usr/local/etc",
    "/usr/local/share",
    "/opt",
    "/srv",
    "/var",
    "/etc/environment.d",
    "/etc/modules-load.d",
    "/etc/binfmt.d",
    "/etc/dbus-1",
    "/etc/dbus-1/system.d",
];
