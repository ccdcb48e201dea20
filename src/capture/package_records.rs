//! What the package database says of a machine: packages, their files and the digests of these.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use crate::model::query::Stat;
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
    /// Whether a person named it when it was installed, as far as that was noted.
    pub(super) is_chosen: bool,
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
    /// A script that finds digests, which it reads from its standard input, among those of all files of packages. It prints
    /// lines of a digest and a path.
    pub(super) find_copies: &'static str,
    /// The program that makes the digests of this database, such as `md5sum`. Single files may have others.
    pub(super) sum_program: &'static str,
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
    /// The digest in hexadecimal. Its length tells the algorithm.
    pub(super) sum: String,
    /// Whether it is a configuration file, which people may change.
    pub(super) is_configuration: bool,
    /// Owner, group and mode, where the database has them.
    pub(super) attributes: Option<PackagedAttributes>,
}

/// Whose a packaged file is, and its mode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PackagedAttributes {
    pub(super) owner: String,
    pub(super) group: String,
    pub(super) mode: u32,
}

impl PackagedDigest {
    /// The program that makes such a digest.
    pub(super) fn program(&self) -> Option<&'static str> {
        Some(match self.sum.len() {
            32 => "md5sum",
            40 => "sha1sum",
            56 => "sha224sum",
            64 => "sha256sum",
            96 => "sha384sum",
            128 => "sha512sum",
            _ => return None,
        })
    }

    /// Whether a file has the owner, the group and the mode that the package gave it, as far as they are known.
    pub(super) fn fits(&self, stat: &Stat) -> bool {
        self.attributes.as_ref().is_none_or(|packaged| {
            packaged.owner == stat.owner && packaged.group == stat.group && packaged.mode == stat.mode
        })
    }
}

/// Words that may be names of accounts, of scripts that make some.
pub(super) fn words_of_scripts(text: &str) -> BTreeSet<String> {
    let ends = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    text.split(ends).filter(|word| word.len() > 1).map(str::to_owned).collect()
}

/// Most owners that a directory may have and still tell what a file in it is about.
const MOST_OWNERS: usize = 6;

impl PackageRecords {
    /// Notes the owner of a path.
    pub(super) fn own(&mut self, path: Utf8PathBuf, package: &str) {
        let owners = self.owners.entry(path).or_default();
        if !owners.iter().any(|owner| owner == package) {
            owners.push(package.to_owned());
        }
    }

    /// The package that has a path.
    pub(super) fn owner(&self, path: &Utf8Path) -> Option<&str> {
        self.owners.get(path)?.first().map(String::as_str)
    }

    /// Says which packages people asked for.
    pub(super) fn mark(&mut self, is_manual: &dyn Fn(&str) -> bool) {
        self.packages.iter_mut().for_each(|(name, record)| record.is_manual = is_manual(name));
    }

    /// Marks the packages that no other one needs as those that people asked for, where nothing tells it.
    pub(super) fn ask_for_what_nothing_needs(&mut self) {
        let needed: BTreeSet<String> =
            self.packages.values().flat_map(|record| record.needs.iter().cloned()).collect();
        self.mark(&|name| !needed.contains(name));
    }

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
                let record = self.packages.get_mut(&name);
                if let Some(record) = record.filter(|record| !record.is_base && !record.is_chosen) {
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
        if let Some((name, _)) = self.packages.get_key_value(stem) {
            return Some(name);
        }
        // Some names have a category in front: `www-servers/nginx`.
        let mut names = self.has_categories().then(|| self.packages.keys().map(String::as_str))?;
        names.find(|name| name.rsplit('/').next() == Some(stem))
    }

    fn has_categories(&self) -> bool {
        self.packages.keys().next().is_some_and(|name| name.contains('/'))
    }

    /// The package that a person asked for and that brought another one along; itself if that was asked for. None brought
    /// along what every system has.
    #[must_use]
    pub(super) fn asked_for_behind<'a>(&'a self, package: &'a str) -> Option<&'a str> {
        // Nearly everything needs what is on every system.
        if self.packages.get(package).is_some_and(|record| record.is_base) {
            return None;
        }
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
    "/etc/ssl/certs",
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
