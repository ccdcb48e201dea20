//! What the package managers of the rpm database have in common.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::commands::{FilePackage, PackageFiles};
use super::form::{Look, PackageOffer, Question, Versions, each_name};
use super::groups::{GroupState, PackageGroups};
use super::installed::{InstalledPackage, InstalledPackages, split};
use super::versions::{by_number, fits, is_version, leading, split_epoch};
use crate::model::query::OfferedPackage;
use crate::model::sorted;

/// Characters of names; the dot stands in front of an architecture, too.
pub(super) const MARKS: &str = "+-._";

/// Where the database is, in one of its kinds.
pub(super) const PLACE: &str = "/var/lib/rpm";

/// Files of the database, whose kind the system's age decides.
pub(super) const DATABASE: &str = "/var/lib/rpm/rpmdb.sqlite";
/// What SQLite has not put into it yet.
pub(super) const DATABASE_LOG: &str = "/var/lib/rpm/rpmdb.sqlite-wal";
/// The same in systems of SUSE.
pub(super) const NDB_DATABASE: &str = "/var/lib/rpm/Packages.db";
/// The same in older systems.
pub(super) const OLD_DATABASE: &str = "/var/lib/rpm/Packages";

/// Held by rpm while it changes something.
pub(super) const LOCK: &str = "/var/lib/rpm/.rpm.lock";

/// Asks for all packages, one a line.
pub(super) const ALL: Look =
    Look::Command(&["rpm", "-qa", "--qf", r"%{NAME} %{ARCH} %{EPOCHNUM}:%{VERSION}-%{RELEASE}\n"]);

/// Asks which installed packages provide a name, with all that they provide.
pub(super) const PROVIDED: Question<Vec<String>> = Question {
    argv: &["rpm", "-q", "--qf", r"%{NAME}[ %{PROVIDENAME}]\n", "--whatprovides"],
    names: each_name,
    // It is the number of names that nothing provides.
    accepts: |_| true,
    from_cache: None,
    parse: parse_provided,
};

/// Package files.
pub(super) const FILES: PackageFiles = PackageFiles {
    endings: &[".rpm"],
    read: &["rpm", "-qp", "--qf", r"%{NAME} %{EPOCHNUM}:%{VERSION}-%{RELEASE}\n"],
    parse: |text| {
        let file = FilePackage::from_words(text)?;
        let version = file.version.strip_prefix("0:").map_or(file.version.clone(), str::to_owned);
        Some(FilePackage { version, ..file })
    },
    install: None,
};

pub(super) const VERSIONS: Versions = Versions { pin, fits, compare, weighs_installed: false };

/// Reads what [`ALL`] prints. The newest of several versions of one package counts. `held` says whether a package is held,
/// by name and version.
pub(super) fn parse_all(text: &str, held: impl Fn(&str, &str) -> bool) -> InstalledPackages {
    let mut found: HashMap<(&str, &str), &str> = HashMap::new();
    for line in text.lines() {
        let [name, architecture, version] = line.split(' ').collect::<Vec<_>>()[..] else { continue };
        let version = version.strip_prefix("0:").unwrap_or(version);
        let best = found.entry((name, architecture)).or_insert(version);
        if compare(version, best).is_gt() {
            *best = version;
        }
    }
    let mut all = InstalledPackages::default();
    let mut sorted: Vec<_> = found.into_iter().collect();
    sorted::sort_by(&mut sorted, Ord::cmp);
    for ((name, architecture), version) in sorted {
        let package = InstalledPackage {
            architecture: if architecture == "noarch" { String::new() } else { architecture.to_owned() },
            version: Some(version.to_owned()),
            residue: None,
            held: held(name, version),
        };
        all.add(name, package);
    }
    all
}

/// Reads what [`PROVIDED`] prints: a package in each line, and behind it what it provides.
fn parse_provided(text: &str) -> HashMap<String, Vec<String>> {
    let mut found: HashMap<String, Vec<String>> = HashMap::new();
    for line in text.lines().filter(|line| !line.starts_with("no package provides ")) {
        let mut words = line.split_ascii_whitespace();
        let Some(package) = words.next() else { continue };
        for provided in words {
            let providers = found.entry(provided.to_owned()).or_default();
            if !providers.iter().any(|known| known == package) {
                providers.push(package.to_owned());
            }
        }
    }
    found
}

/// What is on offer, of packages that are given by name, architecture and version, each by its name alone and by its name
/// with the architecture. The first version is the candidate.
pub(super) fn offers<'a>(
    packages: impl Iterator<Item = (&'a str, &'a str, &'a str)>,
) -> HashMap<String, PackageOffer> {
    let mut found: HashMap<String, PackageOffer> = HashMap::new();
    for (name, architecture, version) in packages.filter(|(_, _, version)| is_version(version)) {
        for name in [name.to_owned(), format!("{name}.{architecture}")] {
            let versions = &mut found.entry(name).or_default().versions;
            if !versions.iter().any(|known| known == version) {
                versions.push(version.to_owned());
            }
        }
    }
    for offer in found.values_mut() {
        offer.candidate = offer.versions.first().cloned();
    }
    found
}

/// A line of an answer that tells who provides something.
pub(super) enum ProviderLine<'a> {
    /// A package, by name and version.
    Package(&'a str, &'a str),
    /// What that package provides: a name, and perhaps a version.
    Provides(&'a str),
}

/// The packages that provide each name. A package is no provider of itself.
pub(super) fn providers<'a>(
    lines: impl Iterator<Item = ProviderLine<'a>>,
) -> HashMap<String, Vec<OfferedPackage>> {
    let mut found: HashMap<String, Vec<OfferedPackage>> = HashMap::new();
    let mut package = None;
    for line in lines {
        match (line, package) {
            (ProviderLine::Package(name, version), _) => package = Some((name, version)),
            (ProviderLine::Provides(provided), Some((name, version))) => {
                let provided = provided.split_ascii_whitespace().next().unwrap_or_default();
                let one = OfferedPackage { name: name.to_owned(), version: version.to_owned() };
                let all = found.entry(provided.to_owned()).or_default();
                if provided != name && !all.contains(&one) {
                    all.push(one);
                }
            }
            (ProviderLine::Provides(_), None) => {}
        }
    }
    found.retain(|_, all| !all.is_empty());
    found
}

/// `name-version`; an architecture comes last: `name.i686` becomes `name-version.i686`.
fn pin(name: &str, version: &str) -> String {
    match split(name) {
        (base, Some(architecture)) => format!("{base}-{version}.{architecture}"),
        (_, None) => format!("{name}-{version}"),
    }
}

/// Which of two versions is the newer one. One without a release is as new as any release of it.
fn compare(a: &str, b: &str) -> Ordering {
    let (epoch, a) = split_epoch(a);
    let (other, b) = split_epoch(b);
    let (version, release) = a.rsplit_once('-').unwrap_or((a, ""));
    let (other_version, other_release) = b.rsplit_once('-').unwrap_or((b, ""));
    let versions = || compare_part(version, other_version);
    let releases = || {
        if release.is_empty() || other_release.is_empty() {
            Ordering::Equal
        } else {
            compare_part(release, other_release)
        }
    };
    epoch.cmp(&other).then_with(versions).then_with(releases)
}

/// By segments of letters or digits. `1.0~rc1` stands before `1.0`, and `1.0^git1` between `1.0` and `1.0.1`.
fn compare_part(mut a: &str, mut b: &str) -> Ordering {
    let is_mark = |c: char| c.is_ascii_alphanumeric() || c == '~' || c == '^';
    loop {
        a = a.trim_start_matches(|c| !is_mark(c));
        b = b.trim_start_matches(|c| !is_mark(c));
        match (a.starts_with('~'), b.starts_with('~')) {
            (true, true) => (a, b) = (&a[1..], &b[1..]),
            (true, false) => return Ordering::Less,
            (false, true) => return Ordering::Greater,
            (false, false) => match (a.starts_with('^'), b.starts_with('^')) {
                (true, true) => (a, b) = (&a[1..], &b[1..]),
                (true, false) => return if b.is_empty() { Ordering::Greater } else { Ordering::Less },
                (false, true) => return if a.is_empty() { Ordering::Less } else { Ordering::Greater },
                (false, false) => {
                    if a.is_empty() || b.is_empty() {
                        // Whatever goes on is the newer one.
                        return a.len().cmp(&b.len());
                    }
                    let digits = a.starts_with(|c: char| c.is_ascii_digit());
                    let (one, two) = (leading(&mut a, digits), leading(&mut b, digits));
                    // A number is newer than letters.
                    if two.is_empty() {
                        return if digits { Ordering::Greater } else { Ordering::Less };
                    }
                    let found = if digits { by_number(one, two) } else { one.cmp(two) };
                    if found.is_ne() {
                        return found;
                    }
                }
            },
        }
    }
}

/// Groups as dnf and yum tell them: below a heading that says whether they are installed, each with its id.
pub(super) const fn groups(read: &'static [&'static str]) -> PackageGroups {
    PackageGroups {
        read,
        read_one: false,
        parse: parse_group,
        mark: |group, is_installed| {
            let heading = if is_installed { "Installed" } else { "Available" };
            format!("{heading} Groups:\n   {group} ({group})\n")
        },
        argument: |group| format!("@{group}"),
    }
}

/// What the list says of a group, at last.
fn parse_group(text: &str, group: &str) -> Option<GroupState> {
    let (mut is_installed, mut found) = (false, None);
    for line in text.lines() {
        if !line.starts_with(' ') {
            is_installed = line.starts_with("Installed ");
        } else if line.trim_end().ends_with(&format!(" ({group})")) {
            found = Some(GroupState::of(is_installed));
        }
    }
    found
}

/// How a script sees that a package is installed. A package provides itself.
pub(super) const LOOK_INSTALLED: &str =
    r#"rpm -q "$1" >/dev/null 2>&1 || rpm -q --whatprovides "$1" >/dev/null 2>&1"#;

/// How a script sees its version.
pub(super) const LOOK_VERSION: &str = r#"rpm -q "$1" >/dev/null 2>&1 &&
rpm -q --qf '%{VERSION}\n%{VERSION}-%{RELEASE}\n%{EPOCH}:%{VERSION}\n%{EPOCH}:%{VERSION}-%{RELEASE}\n' "$1""#;
