//! The packages of a machine, whatever told of them.

use std::collections::HashMap;

use crate::model::pattern::matches;
use crate::model::query::PackageState;
use crate::model::sorted;

/// What stands behind the last dot of a name where that is no part of the name.
const ARCHITECTURES: &[&str] = &[
    "noarch", "x86_64", "i386", "i486", "i586", "i686", "aarch64", "armv7hl", "ppc64le", "riscv64", "s390x",
];

/// The packages of a machine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InstalledPackages {
    packages: HashMap<String, Vec<InstalledPackage>>,
    providers: HashMap<String, Vec<String>>,
    half_done: bool,
    /// Names, or patterns of names, of packages that are held even if they are not installed.
    held: Vec<String>,
}

/// One package in one architecture.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct InstalledPackage {
    /// Its architecture; empty where it fits all.
    pub(super) architecture: String,
    /// Its version, if it is installed entirely.
    pub(super) version: Option<String>,
    /// What is left of it otherwise.
    pub(super) residue: Option<String>,
    /// Whether it is held at its version.
    pub(super) held: bool,
}

impl InstalledPackages {
    /// Takes a package in.
    pub(super) fn add(&mut self, name: &str, package: InstalledPackage) {
        self.packages.entry(name.to_owned()).or_default().push(package);
    }

    /// Takes in that a package is held even if it is not installed, by name or pattern.
    pub(super) fn hold(&mut self, pattern: &str) {
        self.held.push(pattern.to_owned());
    }

    /// Takes in that an installed package provides a name.
    pub(super) fn provide(&mut self, name: &str, provider: &str) {
        let providers = self.providers.entry(name.to_owned()).or_default();
        if let Err(place) = providers.binary_search_by(|known| known.as_str().cmp(provider)) {
            providers.insert(place, provider.to_owned());
        }
    }

    /// Takes in that a package was left in the middle of its installation.
    pub(super) fn leave_half_done(&mut self) {
        self.half_done = true;
    }

    /// State of a package; of one architecture where the name ends in it: `name:amd64`, `name.x86_64`.
    #[must_use]
    pub fn state(&self, name: &str) -> PackageState {
        let (base, architecture) = if self.packages.contains_key(name) { (name, None) } else { split(name) };
        let fits = |entry: &&InstalledPackage| {
            architecture.is_none_or(|wanted| entry.architecture.is_empty() || entry.architecture == wanted)
        };
        let entries: Vec<&InstalledPackage> =
            self.packages.get(base).into_iter().flatten().filter(fits).collect();
        let held = entries.iter().any(|entry| entry.held)
            || entries.is_empty() && self.held.iter().any(|pattern| matches(pattern, base));
        if let Some(version) = entries.iter().find_map(|entry| entry.version.as_ref()) {
            return PackageState { version: Some(version.clone()), held, ..PackageState::default() };
        }
        let residue = entries.iter().find_map(|entry| entry.residue.clone());
        let provided_by = self.providers.get(base).cloned().unwrap_or_default();
        PackageState { version: None, provided_by, residue, held }
    }

    /// Names and versions of all that are installed entirely, sorted. Two versions of a package are two entries.
    #[must_use]
    pub fn versions(&self) -> Vec<(String, String)> {
        let entries = self.packages.iter().flat_map(|(name, entries)| {
            entries.iter().filter_map(move |entry| Some((name.clone(), entry.version.clone()?)))
        });
        let mut all: Vec<(String, String)> = entries.collect();
        sorted::sort_by(&mut all, Ord::cmp);
        all.dedup();
        all
    }

    /// Whether a package was left in the middle of its installation.
    #[must_use]
    pub fn is_half_done(&self) -> bool {
        self.half_done
    }
}

/// Name and architecture, as far as one is said.
pub(super) fn split(name: &str) -> (&str, Option<&str>) {
    match name.split_once(':') {
        Some((base, "any" | "native")) => return (base, None),
        Some((base, architecture)) => return (base, Some(architecture)),
        None => {}
    }
    match name.rsplit_once('.') {
        Some((base, architecture)) if ARCHITECTURES.contains(&architecture) => (base, Some(architecture)),
        _ => (name, None),
    }
}
