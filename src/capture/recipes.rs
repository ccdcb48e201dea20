//! What was captured, sorted into the recipes that a person would have written.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use super::asking::text_of;
use super::declaration::CapturedResource;
use super::package_records::PackageRecords;
use super::repeated;
use super::secret_text::slug;
use super::services::{CapturedUnit, paths};
use crate::model::query::FileText;
use crate::model::sorted;

/// The recipe of packages that need nothing else.
pub(super) const PACKAGES: &str = "packages";
/// The recipe of package sources.
pub(super) const SOURCES: &str = "package_sources";
/// The recipe of accounts.
pub(super) const USERS: &str = "users";
/// The recipe of settings of the whole machine.
pub(super) const SYSTEM: &str = "system";
/// The recipe of commands that run at their times.
pub(super) const SCHEDULED: &str = "scheduled";
/// The recipe of accounts in groups that a package or another recipe makes.
pub(super) const MEMBERSHIPS: &str = "memberships";
/// The recipe of what fits nowhere.
pub(super) const UNSORTED: &str = "unsorted";
/// The recipe of programs that common names mean.
pub(super) const ALTERNATIVES: &str = "alternatives";

/// Recipes that are included before all others, in this order.
const FIRST: [&str; 4] = [SOURCES, PACKAGES, USERS, SYSTEM];
/// Recipes that are included behind all others, in this order.
const LAST: [&str; 3] = [SCHEDULED, UNSORTED, ALTERNATIVES];

/// Where the files of no service go, by the start of their path.
const BY_PLACE: &[(&str, &str)] = &[
    ("/etc/apt/", SOURCES),
    ("/usr/share/keyrings/", SOURCES),
    ("/etc/yum.repos.d", SOURCES),
    ("/etc/dnf", SOURCES),
    ("/etc/zypp", SOURCES),
    ("/etc/pki/rpm-gpg", SOURCES),
    ("/etc/portage", SOURCES),
    ("/etc/sudoers", USERS),
    ("/etc/skel", USERS),
    ("/etc/security", USERS),
    ("/etc/cron", SCHEDULED),
    ("/var/spool/cron", SCHEDULED),
    ("/etc/sysctl", SYSTEM),
    ("/etc/modules", SYSTEM),
    ("/etc/modprobe", SYSTEM),
    ("/etc/udev", SYSTEM),
    ("/etc/profile", SYSTEM),
    ("/etc/environment", SYSTEM),
    ("/etc/bash", SYSTEM),
    ("/etc/motd", SYSTEM),
    ("/etc/issue", SYSTEM),
    ("/etc/systemd/", SYSTEM),
    ("/etc/default/", SYSTEM),
    ("/etc/tmpfiles.d", SYSTEM),
    ("/etc/update-motd.d", SYSTEM),
    ("/etc/dpkg/", SYSTEM),
    ("/etc/ld.so.conf", SYSTEM),
    ("/etc/logrotate", SYSTEM),
    ("/usr/local/share/ca-certificates", SYSTEM),
    ("/etc/pki/ca-trust", SYSTEM),
    ("/usr/local/", "local_programs"),
];

/// A recipe in the making. Its resources are written in the order of these fields.
#[derive(Debug, Clone, Default)]
pub(super) struct Recipe {
    /// Lines of the comment at its top.
    pub(super) remarks: BTreeSet<String>,
    /// Recipes of other cookbooks that it needs.
    pub(super) includes: BTreeSet<String>,
    /// Cookbooks whose resources it uses.
    pub(super) requires: BTreeSet<String>,
    /// What no resource type can declare, each a line of the comment at its end.
    pub(super) untyped: BTreeSet<String>,
    pub(super) packages: Vec<CapturedResource>,
    pub(super) accounts: Vec<CapturedResource>,
    pub(super) directories: Vec<CapturedResource>,
    pub(super) files: Vec<CapturedResource>,
    pub(super) links: Vec<CapturedResource>,
    pub(super) environments: Vec<CapturedResource>,
    pub(super) units: Vec<CapturedResource>,
    pub(super) services: Vec<CapturedResource>,
    pub(super) data: Vec<CapturedResource>,
}

impl Recipe {
    fn parts(&self) -> [&Vec<CapturedResource>; 9] {
        [
            &self.packages,
            &self.accounts,
            &self.directories,
            &self.files,
            &self.links,
            &self.environments,
            &self.units,
            &self.services,
            &self.data,
        ]
    }

    /// The same, to be changed.
    pub(super) fn parts_mut(&mut self) -> [&mut Vec<CapturedResource>; 9] {
        [
            &mut self.packages,
            &mut self.accounts,
            &mut self.directories,
            &mut self.files,
            &mut self.links,
            &mut self.environments,
            &mut self.units,
            &mut self.services,
            &mut self.data,
        ]
    }

    /// All its resources in order.
    pub(super) fn declarations(&self) -> impl Iterator<Item = &CapturedResource> {
        self.parts().into_iter().flatten()
    }

    /// Whether it says nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.declarations().next().is_none() && self.untyped.is_empty()
    }

    /// The text of the recipe.
    pub(super) fn lua(&self, name: &str) -> String {
        let mut text = format!("-- {}\n", title(name));
        text.extend(self.remarks.iter().flat_map(|remark| ["-- ", remark, "\n"]));
        for alias in &self.requires {
            text.extend(["\nlocal ", alias, " = require \"@", alias, "\"\n"]);
        }
        for recipe in &self.includes {
            text.extend(["\ninclude_recipe \"", recipe, "\"\n"]);
        }
        let declarations: Vec<&CapturedResource> = self.declarations().collect();
        let mut before = String::new();
        for written in repeated::lua(&declarations) {
            // Resources of a line each that are of one type stand together.
            let is_line = |text: &str| text.lines().count() == 1;
            let first = |text: &str| text.split([' ', '(']).next().map(str::to_owned);
            if !(is_line(&before) && is_line(&written) && first(&before) == first(&written)) {
                text.push('\n');
            }
            text.push_str(&written);
            before = written;
        }
        if !self.untyped.is_empty() {
            text.push('\n');
        }
        text.extend(self.untyped.iter().flat_map(|line| ["-- ", line, "\n"]));
        text
    }
}

fn title(recipe: &str) -> String {
    match recipe {
        PACKAGES => "Packages that were asked for and need no more than that.".into(),
        SOURCES => "Where packages come from.".into(),
        USERS => "People and their rights.".into(),
        SYSTEM => "Settings of the whole machine.".into(),
        SCHEDULED => "What runs at set times.".into(),
        MEMBERSHIPS => "Who is in a group that another recipe brings.".into(),
        UNSORTED => "What fits nowhere. Move what you keep, and delete the rest.".into(),
        ALTERNATIVES => "What common names of programs mean.".into(),
        name => format!("{name}, as it was found."),
    }
}

/// Chooses the recipe of a file.
#[derive(Clone, Copy)]
pub(super) struct Sorter<'a> {
    pub(super) records: &'a PackageRecords,
    pub(super) units: &'a [CapturedUnit],
    /// Paths that configuration files name, each with the first file that does.
    pub(super) named: &'a BTreeMap<Utf8PathBuf, Utf8PathBuf>,
}

impl<'a> Sorter<'a> {
    /// The recipe for a path: of the service that speaks of it, of the package that it is about, of its kind, or of the
    /// configuration file that names it.
    pub(super) fn of_path(&self, path: &Utf8Path) -> String {
        // Of directories with configuration, others name many files that are not theirs.
        let is_part = |above: &&Utf8Path| {
            *above == path || !above.starts_with("/etc") && above.components().count() > 2
        };
        let by = || path.ancestors().filter(is_part).find_map(|above| self.named.get(above));
        let found = self.by_itself(path).or_else(|| self.by_itself(by()?));
        found.unwrap_or_else(|| UNSORTED.to_owned())
    }

    fn by_itself(&self, path: &Utf8Path) -> Option<String> {
        let stem = path.file_name().map(|name| name.split('.').next().unwrap_or(name));
        let own_directory = path.strip_prefix("/etc").ok().and_then(|path| path.iter().next());
        let is_about = |unit: &&CapturedUnit| {
            speaks_of(unit, path)
                || is_beside(unit, path)
                || [stem, own_directory].contains(&Some(unit.stem()))
        };
        let by_unit = self.units.iter().filter(|unit| unit.is_own).find(is_about);
        if let Some(unit) = by_unit {
            return Some(slug(unit.stem()));
        }
        if let Some(recipe) = place_before_packages(path) {
            return Some(recipe.to_owned());
        }
        if let Some(package) = self.records.about(path)
            && let Some(asked) = self.records.asked_for_behind(package)
        {
            return Some(recipe_of(asked));
        }
        by_place(path).map(str::to_owned)
    }

    /// Whether a recipe has a package with its name.
    pub(super) fn is_of_package(&self, recipe: &str) -> bool {
        self.records.asked_for().any(|(name, _)| recipe_of(name) == recipe)
    }

    /// The recipe of a unit.
    pub(super) fn of_unit(unit: &CapturedUnit) -> String {
        match &unit.asked {
            Some(package) => recipe_of(package),
            None if unit.is_own || unit.is_instance => slug(unit.stem()),
            None => SYSTEM.to_owned(),
        }
    }

    /// The services that read a file: those that speak of it, those of the package that it is about, and those that read
    /// the configuration file that names it. With each the evidence.
    pub(super) fn readers(&self, path: &Utf8Path) -> Vec<(&'a CapturedUnit, Evidence)> {
        let direct = self.direct_readers(path);
        match self.named.get(path).filter(|_| direct.is_empty()) {
            Some(by) => {
                let readers = self.direct_readers(by).into_iter();
                readers.map(|(unit, _)| (unit, Evidence::NamedIn(by.clone()))).collect()
            }
            None => direct,
        }
    }

    fn direct_readers(&self, path: &Utf8Path) -> Vec<(&'a CapturedUnit, Evidence)> {
        let services = || self.units.iter().filter(|unit| unit.is_told());
        let named: Vec<(&'a CapturedUnit, Evidence)> =
            services().filter(|unit| speaks_of(unit, path)).map(|unit| (unit, Evidence::Names)).collect();
        if !named.is_empty() {
            return named;
        }
        if !path.starts_with("/etc")
            || path.starts_with("/etc/logrotate.d")
            || place_before_packages(path).is_some()
        {
            return Vec::new();
        }
        let Some(asked) = self.records.about(path).and_then(|package| self.records.asked_for_behind(package))
        else {
            return Vec::new();
        };
        let of_package = |unit: &&CapturedUnit| unit.asked.as_deref() == Some(asked);
        services().filter(of_package).map(|unit| (unit, Evidence::SamePackage(asked.to_owned()))).collect()
    }
}

/// The files of a machine that configuration files name, each with the first one that does.
pub(super) fn named_files(texts: &BTreeMap<Utf8PathBuf, FileText>) -> BTreeMap<Utf8PathBuf, Utf8PathBuf> {
    let mut named = BTreeMap::new();
    for (by, text) in texts.iter().filter(|(path, _)| path.starts_with("/etc")) {
        for path in paths(text_of(Some(text))).into_iter().filter(|path| path != by) {
            named.entry(path).or_insert_with(|| by.clone());
        }
    }
    named
}

/// The recipe of a package: its name without a category.
pub(super) fn recipe_of(package: &str) -> String {
    slug(package.rsplit('/').next().unwrap_or(package))
}

/// Why a service is told of a file.
pub(super) enum Evidence {
    /// The text of its unit names the file, or a directory that it is in.
    Names,
    /// The file is about the package that the unit is of.
    SamePackage(String),
    /// This file, which the unit reads, names it.
    NamedIn(Utf8PathBuf),
}

/// The recipe of a place that says more than the package of a file.
fn place_before_packages(path: &Utf8Path) -> Option<&'static str> {
    by_place(path)
        .filter(|recipe| [SOURCES, SCHEDULED].contains(recipe) || path.as_str().starts_with("/etc/sudoers"))
}

fn by_place(path: &Utf8Path) -> Option<&'static str> {
    BY_PLACE.iter().find(|(place, _)| path.as_str().starts_with(place)).map(|(_, recipe)| *recipe)
}

/// Whether the text of a unit names a path, or a directory that is its own.
fn speaks_of(unit: &CapturedUnit, path: &Utf8Path) -> bool {
    unit.paths.iter().any(|named| {
        named == path || (named.components().count() > 2 && path.starts_with(named) && !is_shared(named))
    })
}

/// Whether a path is in a directory of data or programs in which a unit has a file.
fn is_beside(unit: &CapturedUnit, path: &Utf8Path) -> bool {
    const OF_ONE_SERVICE: [&str; 3] = ["/opt", "/srv", "/var/www"];
    let place = OF_ONE_SERVICE.into_iter().find(|place| path.starts_with(place) && path != *place);
    let Some(thing) = place.and_then(|place| {
        Some(Utf8Path::new(place).join(path.strip_prefix(place).ok()?.components().next()?))
    }) else {
        return false;
    };
    unit.paths.iter().any(|named| named.starts_with(&thing))
}

fn is_shared(path: &Utf8Path) -> bool {
    const SHARED: [&str; 8] = [
        "/usr/bin",
        "/usr/sbin",
        "/usr/lib",
        "/usr/local",
        "/usr/local/bin",
        "/var/lib",
        "/var/log",
        "/etc/default",
    ];
    SHARED.contains(&path.as_str())
}

/// The names of the recipes in the order in which they are included.
pub(super) fn in_order(recipes: &BTreeMap<String, Recipe>) -> Vec<&str> {
    let has_package = |name: &str| {
        recipes.get(name).is_some_and(|recipe| !recipe.packages.is_empty() || !recipe.includes.is_empty())
    };
    let mut names: Vec<&str> = recipes.keys().map(String::as_str).collect();
    sorted::sort_by_key(&mut names, |name| rank(name, has_package(name)));
    names
}

/// The recipe of some that is included before the others.
pub(super) fn first_of<'r>(
    recipes: &'r BTreeSet<String>,
    has_package: &dyn Fn(&str) -> bool,
) -> Option<&'r str> {
    recipes.iter().map(String::as_str).min_by_key(|name| rank(name, has_package(name)))
}

/// Where a recipe is included: those of the whole machine first, then what brings packages, and last what needs all else.
fn rank(recipe: &str, has_package: bool) -> usize {
    let behind = FIRST.len() + 3;
    let of_last = LAST.iter().position(|name| *name == recipe).map(|at| behind + at);
    let between = match recipe {
        MEMBERSHIPS => FIRST.len() + 1,
        _ if has_package => FIRST.len(),
        _ => FIRST.len() + 2,
    };
    FIRST.iter().position(|name| *name == recipe).or(of_last).unwrap_or(between)
}

/// The directories that must be there before files: those above them that no package has.
pub(super) fn directories_above(
    paths: &BTreeSet<&Utf8Path>,
    is_own: &dyn Fn(&Utf8Path) -> bool,
) -> BTreeSet<Utf8PathBuf> {
    let above = paths.iter().flat_map(|path| path.ancestors().skip(1));
    sorted::collected(above.filter(|path| is_own(path)).map(Utf8Path::to_owned))
}
