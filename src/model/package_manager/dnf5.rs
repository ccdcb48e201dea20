//! dnf from version 5 on: packages of Fedora since 41, and of what follows it.

use std::collections::BTreeSet;

use super::commands::{AbsentHold, Commands, Hold};
use super::form::{
    Installed, Look, Offered, PackageLock, PackageManager, Question, SourceLists, each_name, ended_well,
};
use super::groups::{GroupState, GroupSupport, PackageGroups};
use super::looks::PackageLooks;

use super::installed::InstalledPackages;
use super::{dnf, rpm};

/// What `dnf5 versionlock` holds.
const HELD: &str = "/etc/dnf/versionlock.toml";

/// dnf 5, which works on the rpm database.
pub(super) static DNF5: PackageManager = PackageManager {
    name: "dnf5",
    systems: "Fedora from 41 on",
    distributions: &["fedora"],
    signs: &["/usr/bin/dnf5", rpm::PLACE],
    programs: &["dnf5"],
    locks: &[PackageLock::Kernel(rpm::LOCK)],
    marks: rpm::MARKS,
    installed: Installed {
        places: &[rpm::PLACE, HELD],
        stamps: &[rpm::DATABASE, rpm::DATABASE_LOG, rpm::NDB_DATABASE, rpm::OLD_DATABASE, HELD],
        looks: &[
            rpm::ALL,
            Look::File { path: HELD, pattern: r"^[[:space:]]*(\[\[|name|key|comparator|value)" },
        ],
        parse: |texts| parse_installed(&texts[0], &texts[1]),
        providers: Some(rpm::PROVIDED),
        interrupted: None,
    },
    // It reads what is cached, and downloads nothing.
    offered: Offered {
        sources: &["/etc/dnf", "/etc/yum.repos.d"],
        lists: &["/var/cache/libdnf5"],
        versions: Question {
            argv: &["dnf5", "-q", "-C", "repoquery", r"--queryformat=@%{name} %{arch} %{evr}\n"],
            names: each_name,
            accepts: ended_well,
            from_cache: None,
            parse: dnf::parse_versions,
        },
        providers: Question {
            argv: &[
                "dnf5",
                "-q",
                "-C",
                "repoquery",
                r"--queryformat=@%{name} %{arch} %{evr}\n%{provides}\n",
                "--whatprovides",
            ],
            names: |names| vec![names.join(",")],
            accepts: ended_well,
            from_cache: None,
            parse: dnf::parse_providers,
        },
    },
    commands: Commands {
        environment: &[],
        install: &["dnf5", "-y", "install"],
        downgrade: None,
        remove: REMOVE,
        // rpm keeps changed configuration files as `.rpmsave` in either case.
        purge: REMOVE,
        hold: Hold::Commands {
            lock: &["dnf5", "-y", "versionlock", "add"],
            unlock: &["dnf5", "-y", "versionlock", "delete"],
        },
        repair: &[],
        returns: &[],
        pins_upgrades: true,
        pin_holds: false,
        hold_needs_version: false,
        absent_hold: AbsentHold::Narrows,
        pins_removal: true,
        options: dnf::OPTIONS,
        files: Some(rpm::FILES),
        groups: GroupSupport::Known(PackageGroups {
            read: &["sh", "-c", "dnf5 -q -C group list --hidden; dnf5 -q -C environment list"],
            read_one: false,
            parse: parse_group,
            mark: |group, is_installed| {
                let is_installed = if is_installed { "yes" } else { "no" };
                format!("{group} {group} {is_installed}\n")
            },
            argument: |group| format!("@{group}"),
        }),
    },
    versions: rpm::VERSIONS,
    lists: SourceLists {
        refresh: &["dnf5", "-y", "makecache"],
        environment: &[],
        upgrades_all: false,
        directory: "/var/cache/libdnf5",
        is_list: |name| name.contains('-'),
        stamp: "/var/cache/libdnf5/refreshed_by_chefrs",
        hint: HINT,
        version_hint: HINT,
    },
    looks: PackageLooks {
        installed: rpm::LOOK_INSTALLED,
        version: rpm::LOOK_VERSION,
        outdated: r#"dnf5 -q check-upgrade "$1" >/dev/null 2>&1
[ $? -eq 100 ]"#,
        held: r#"dnf5 -q versionlock list 2>/dev/null | grep -qx "Package name: $1""#,
    },
};

/// What to try when no source offers a package or a version.
const HINT: &str =
    "check the name; if the lists are old or were never read, declare `package_lists \"daily\"` before it";

/// Packages that came along stay: nobody named them.
const REMOVE: &[&str] = &["dnf5", "-y", "remove", "--no-autoremove"];

/// Reads all packages of the rpm database, and the file of those that are held. An entry that keeps a version out, or
/// one of an architecture, holds nothing.
fn parse_installed(packages: &str, held: &str) -> InstalledPackages {
    let mut names: BTreeSet<&str> = BTreeSet::new();
    let mut name = "";
    for line in held.lines() {
        let Some((field, value)) = line.split_once('=') else { continue };
        let value = value.split('#').next().unwrap_or_default().trim().trim_matches(['"', '\'']);
        match field.trim() {
            "name" => name = value,
            "comparator" if matches!(value, "=" | "==" | "<" | "<=") => drop(names.insert(name)),
            _ => {}
        }
    }
    let mut all = rpm::parse_all(packages, |name, _| names.contains(name));
    for name in names {
        all.hold(name);
    }
    all
}

/// What the tables say of a group, at last: its id comes first, and whether it is installed last.
fn parse_group(text: &str, group: &str) -> Option<GroupState> {
    let mut lines = text.lines().filter(|line| line.split_ascii_whitespace().next() == Some(group));
    lines.next_back().map(|line| GroupState::of(line.trim_end().ends_with(" yes")))
}
