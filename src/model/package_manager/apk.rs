//! apk: packages of Alpine Linux and its relatives.

use std::collections::{BTreeMap, HashMap};

use super::commands::{AbsentHold, Commands, FilePackage, Hold, PackageFiles};
use super::form::{
    Installed, Look, Offered, PackageManager, PackageOffer, Question, SourceLists, Versions, each_name,
    ended_well,
};
use super::groups::GroupSupport;
use super::looks::PackageLooks;
use super::options::OptionRules;

use super::gentoo_version::{compare, split_revision};
use super::installed::{InstalledPackage, InstalledPackages};
use super::versions::is_version;
use crate::model::pattern::matches;
use crate::model::query::OfferedPackage;
use crate::model::sorted;

/// The installed packages.
const DATABASE: &str = "/lib/apk/db/installed";

/// What people want to have. A package with a version is held at it.
const WORLD: &str = "/etc/apk/world";

/// apk.
pub(super) static APK: PackageManager = PackageManager {
    name: "apk",
    systems: "Alpine Linux and its relatives",
    distributions: &["alpine", "postmarketos", "wolfi", "chimera"],
    signs: &["/sbin/apk", DATABASE],
    programs: &["apk"],
    // apk waits for its own lock, which no other process can see.
    locks: &[],
    marks: "+-._",
    installed: Installed {
        places: &["/lib/apk/db", WORLD],
        stamps: &[DATABASE, WORLD],
        looks: &[
            Look::File { path: DATABASE, pattern: "^[PVAp]:|^$" },
            Look::File { path: WORLD, pattern: "" },
        ],
        parse: |texts| parse_installed(&texts[0], &texts[1]),
        providers: None,
        interrupted: None,
    },
    offered: Offered {
        sources: &["/etc/apk"],
        lists: &["/var/cache/apk", "/lib/apk/db"],
        versions: Question {
            argv: &["apk", "policy"],
            names: each_name,
            accepts: ended_well,
            from_cache: None,
            parse: parse_versions,
        },
        providers: Question {
            argv: &["apk", "list", "--available", "--providers"],
            names: each_name,
            accepts: ended_well,
            from_cache: None,
            parse: parse_providers,
        },
    },
    commands: Commands {
        environment: &[],
        install: &["apk", "--wait", "600", "--no-progress", "add", "--upgrade"],
        downgrade: None,
        // What another package needs stays, and what came along goes: apk keeps what people want, and what that needs.
        remove: &["apk", "--wait", "600", "--no-progress", "del"],
        purge: &["apk", "--wait", "600", "--no-progress", "del", "--purge"],
        hold: Hold::Commands {
            lock: &["apk", "--wait", "600", "--no-progress", "add"],
            unlock: &["apk", "--wait", "600", "--no-progress", "add"],
        },
        repair: &[],
        returns: &[],
        pins_upgrades: false,
        pin_holds: true,
        hold_needs_version: true,
        absent_hold: AbsentHold::Nothing,
        pins_removal: false,
        options: OptionRules {
            refused: "-s --simulate -p --root -i --interactive --initdb -h --help -V --version",
            sources: "-X --repository --repositories-file",
            with_value: "Xpt",
        },
        files: Some(PackageFiles {
            endings: &[".apk"],
            // apk tells nothing of a file before it is installed.
            read: &["sh", "-c", r#"tar -xzOf "$1" .PKGINFO"#, "sh"],
            parse: parse_file,
            install: None,
        }),
        groups: GroupSupport::Missing("a package that needs others does the same: package \"build-base\""),
    },
    versions: Versions {
        pin: |name, version| format!("{name}={version}"),
        // The revision need not be said.
        fits: |declared, version| matches(declared, version) || matches(declared, split_revision(version).0),
        compare,
        weighs_installed: false,
    },
    lists: SourceLists {
        refresh: &["apk", "--wait", "600", "--no-progress", "update"],
        environment: &[],
        upgrades_all: false,
        directory: "/var/cache/apk",
        is_list: |name| name.starts_with("APKINDEX."),
        stamp: "/var/cache/apk/refreshed_by_chefrs",
        hint: HINT,
        version_hint: HINT,
    },
    looks: PackageLooks {
        installed: r#"apk info -e "$1" >/dev/null 2>&1"#,
        version: r#"apk info -e -v "$1" 2>/dev/null | sed -n 's/^.*-\([^-]*-r[0-9]*\)$/\1/; p; s/-r[0-9]*$//p'"#,
        outdated: r#"apk version -l '<' "$1" | grep -q '<'"#,
        held: r#"grep -q "^$1=" /etc/apk/world"#,
    },
};

/// What to try when no source offers a package or a version.
const HINT: &str =
    "check the name; if the lists are old or were never read, declare `package_lists \"daily\"` before it";

/// Reads the database, paragraphs with a letter for each field, and the list of what people want.
fn parse_installed(database: &str, world: &str) -> InstalledPackages {
    let held: Vec<&str> = world.split_ascii_whitespace().filter_map(held_name).collect();
    let mut all = InstalledPackages::default();
    for paragraph in database.split("\n\n") {
        let (mut name, mut version, mut architecture, mut provides) = ("", "", "", "");
        for (field, value) in paragraph.lines().filter_map(|line| line.split_once(':')) {
            match field {
                "P" => name = value,
                "V" => version = value,
                "A" => architecture = value,
                "p" => provides = value,
                _ => {}
            }
        }
        if name.is_empty() {
            continue;
        }
        for provided in provides.split_ascii_whitespace() {
            all.provide(without_constraint(provided), name);
        }
        let package = InstalledPackage {
            architecture: if architecture == "noarch" { String::new() } else { architecture.to_owned() },
            version: Some(version.to_owned()),
            residue: None,
            held: held.contains(&name),
        };
        all.add(name, package);
    }
    all
}

/// Reads the description in a package file: `pkgname = nginx`.
fn parse_file(text: &str) -> Option<FilePackage> {
    let field = |name: &str| {
        let mut fields = text.lines().filter_map(|line| line.split_once(" = "));
        fields.find(|(field, _)| *field == name).map(|(_, value)| value.trim().to_owned())
    };
    Some(FilePackage { name: field("pkgname")?, version: field("pkgver")? })
}

/// The package that an entry of the list holds at a version: `nginx=1.24.0-r7`, `nginx~1.24`.
fn held_name(entry: &str) -> Option<&str> {
    let name = without_constraint(entry);
    entry[name.len()..].starts_with(['=', '~']).then_some(name)
}

/// A name without the version or the source behind it.
fn without_constraint(entry: &str) -> &str {
    entry.split(['=', '~', '<', '>', '@']).next().unwrap_or_default()
}

/// Reads what `apk policy` prints: packages, their versions below, and below each where it is. What is only in a source with
/// a tag comes only where that is asked for, and what is only installed is not on offer.
fn parse_versions(text: &str) -> HashMap<String, PackageOffer> {
    let mut found: HashMap<String, PackageOffer> = HashMap::new();
    let (mut name, mut version) = ("", "");
    for line in text.lines() {
        if let Some(next) = line.strip_suffix(" policy:") {
            name = next;
        } else if let Some(source) = line.strip_prefix("    ") {
            let is_offered =
                is_version(version) && !source.starts_with('@') && !source.ends_with("/installed");
            let offer = found.entry(name.to_owned()).or_default();
            if is_offered && !offer.versions.iter().any(|known| known == version) {
                offer.versions.push(version.to_owned());
            }
        } else {
            version = line.trim().split([':', ' ']).next().unwrap_or_default();
        }
    }
    for offer in found.values_mut() {
        sorted::sort_by(&mut offer.versions, |a, b| compare(b, a));
        offer.candidate = offer.versions.first().cloned();
    }
    found
}

/// Reads what `apk list --providers` prints: a name in angle brackets, and a package that provides it. The newest version
/// of a package counts.
fn parse_providers(text: &str) -> HashMap<String, Vec<OfferedPackage>> {
    let mut found: HashMap<String, BTreeMap<&str, &str>> = HashMap::new();
    for line in text.lines() {
        let Some((provided, rest)) = line.strip_prefix('<').and_then(|line| line.split_once("> ")) else {
            continue;
        };
        let Some(package) = rest.split(' ').next() else { continue };
        let Some((name, version)) = split_version(package).filter(|(name, _)| *name != provided) else {
            continue;
        };
        let newest = found.entry(provided.to_owned()).or_default().entry(name).or_insert(version);
        if compare(version, newest).is_gt() {
            *newest = version;
        }
    }
    let packages = |all: BTreeMap<&str, &str>| {
        all.into_iter()
            .map(|(name, version)| OfferedPackage { name: name.to_owned(), version: version.to_owned() })
            .collect()
    };
    found.into_iter().map(|(provided, all)| (provided, packages(all))).collect()
}

/// Name and version of `nginx-1.24.0-r7`.
fn split_version(package: &str) -> Option<(&str, &str)> {
    let (rest, _) = package.rsplit_once("-r")?;
    let (name, _) = rest.rsplit_once('-')?;
    Some((name, &package[name.len() + 1..]))
}
