//! zypper: packages of openSUSE and SUSE Linux Enterprise.

use std::collections::HashMap;

use super::commands::{AbsentHold, Commands, Hold};
use super::form::{
    Installed, Look, Offered, PackageLock, PackageManager, PackageOffer, Question, SourceLists, Versions,
    each_name,
};
use super::groups::GroupSupport;
use super::looks::PackageLooks;
use super::options::OptionRules;

/// What to try when no source offers a package or a version.
const HINT: &str =
    "check the name; if the lists are old or were never read, declare `package_lists \"daily\"` before it";
use super::installed::InstalledPackages;
use super::rpm;
use crate::model::pattern::matches;
use crate::model::query::OfferedPackage;

/// What `zypper addlock` holds.
const HELD: &str = "/etc/zypp/locks";

/// zypper, which works on the rpm database.
pub(super) static ZYPPER: PackageManager = PackageManager {
    name: "zypper",
    systems: "openSUSE and SUSE Linux Enterprise",
    distributions: &["suse", "opensuse", "sles", "sled"],
    signs: &["/usr/bin/zypper", rpm::PLACE],
    programs: &["zypper"],
    locks: &[PackageLock::Number("/run/zypp.pid"), PackageLock::Kernel(rpm::LOCK)],
    marks: rpm::MARKS,
    installed: Installed {
        places: &[rpm::PLACE, HELD],
        stamps: &[rpm::DATABASE, rpm::DATABASE_LOG, rpm::NDB_DATABASE, rpm::OLD_DATABASE, HELD],
        looks: &[rpm::ALL, Look::File { path: HELD, pattern: "^(type|repo|version|solvable_name):|^$" }],
        parse: |texts| parse_installed(&texts[0], &texts[1]),
        providers: Some(rpm::PROVIDED),
        interrupted: None,
    },
    // zypper converts what it has downloaded to a form of its own where that has not been done yet. Without its lock it
    // does not wait for another zypper.
    offered: Offered {
        sources: &["/etc/zypp"],
        lists: &["/var/cache/zypp"],
        versions: Question {
            argv: &[
                "env",
                "ZYPP_READONLY_HACK=1",
                "zypper",
                "--non-interactive",
                "--quiet",
                "--no-refresh",
                "search",
                "--type=package",
                "--details",
                "--match-exact",
                "--",
            ],
            names: each_name,
            accepts: found_or_not,
            from_cache: None,
            parse: parse_versions,
        },
        providers: Question {
            argv: &[
                "env",
                "ZYPP_READONLY_HACK=1",
                "zypper",
                "--non-interactive",
                "--no-refresh",
                "search",
                "--type=package",
                "--details",
                "--verbose",
                "--provides",
                "--match-exact",
                "--",
            ],
            names: each_name,
            accepts: found_or_not,
            from_cache: None,
            parse: parse_providers,
        },
    },
    commands: Commands {
        environment: &[],
        // The lists are those that the plan saw. A downgrade happens only where a version is declared.
        install: &["zypper", "--non-interactive", "--no-refresh", "install", "--oldpackage"],
        downgrade: None,
        remove: REMOVE,
        // rpm keeps changed configuration files as `.rpmsave` in either case.
        purge: REMOVE,
        hold: Hold::Commands {
            lock: &["zypper", "--non-interactive", "addlock"],
            unlock: &["zypper", "--non-interactive", "removelock"],
        },
        repair: &[],
        // It is done, and the machine, or zypper itself, should be restarted; or a source without lists was passed over.
        // A scriptlet that failed, 107, is none of these.
        returns: &[0, 102, 103, 106],
        pins_upgrades: true,
        pin_holds: false,
        hold_needs_version: false,
        absent_hold: AbsentHold::KeepsOut,
        pins_removal: true,
        options: OptionRules {
            // Another type has other names.
            refused: "-D --dry-run -d --download-only --download -R --root --installroot -t --type -h --help",
            sources: "-r --repo --from",
            with_value: "rt",
        },
        files: Some(rpm::FILES),
        groups: GroupSupport::Missing(
            "a pattern is a package, too: package \"patterns-devel-base-devel_basis\"",
        ),
    },
    versions: Versions { pin: |name, version| format!("{name}={version}"), ..rpm::VERSIONS },
    lists: SourceLists {
        refresh: &["zypper", "--non-interactive", "refresh"],
        environment: &[],
        upgrades_all: false,
        directory: "/var/cache/zypp/raw",
        is_list: |_| true,
        stamp: "/var/cache/zypp/refreshed_by_chefrs",
        hint: HINT,
        version_hint: HINT,
    },
    looks: PackageLooks {
        installed: rpm::LOOK_INSTALLED,
        version: rpm::LOOK_VERSION,
        outdated: r#"zypper --non-interactive --no-refresh list-updates | awk -v name="$1" -F ' *[|] *' '
  $3 == name { found = 1 }
  END { exit !found }'"#,
        held: r#"zypper --non-interactive locks | awk -v name="$1" -F ' *[|] *' '
  $2 == name { found = 1 }
  END { exit !found }'"#,
    },
};

/// Packages that came along stay: nobody named them.
const REMOVE: &[&str] = &["zypper", "--non-interactive", "--no-refresh", "remove", "--no-clean-deps"];

/// Nothing is found where all names are unknown; a source without lists is passed over.
fn found_or_not(status: i32) -> bool {
    matches!(status, 0 | 104 | 106)
}

/// A lock on packages.
struct ZypperLock<'a> {
    /// Name of the package, or a pattern.
    name: &'a str,
    /// Of which versions: `== 1.0`, or empty for all.
    versions: &'a str,
}

impl ZypperLock<'_> {
    fn holds(&self, name: &str, version: &str) -> bool {
        let Some((operator, limit)) = self.versions.split_once(' ') else { return matches(self.name, name) };
        let found = (rpm::VERSIONS.compare)(version, limit);
        let holds_version = match operator {
            "==" => found.is_eq(),
            "!=" => found.is_ne(),
            "<" => found.is_lt(),
            "<=" => found.is_le(),
            ">" => found.is_gt(),
            ">=" => found.is_ge(),
            _ => true,
        };
        holds_version && matches(self.name, name)
    }
}

/// Reads the file of locks, which are paragraphs. Those of patches and products, and of a single source, are passed over.
fn parse_holds(text: &str) -> Vec<ZypperLock<'_>> {
    let mut holds = Vec::new();
    for paragraph in text.split("\n\n") {
        let (mut names, mut versions, mut of_all) = (Vec::new(), "", true);
        for (field, value) in paragraph.lines().filter_map(|line| line.split_once(": ")) {
            match field {
                "solvable_name" => names.push(value.trim()),
                "version" => versions = value.trim(),
                "type" => of_all &= value.trim() == "package",
                "repo" => of_all = false,
                _ => {}
            }
        }
        if of_all {
            holds.extend(names.into_iter().map(|name| ZypperLock { name, versions }));
        }
    }
    holds
}

/// Reads all packages of the rpm database, and the file of locks. A package that is not there can be locked, too.
fn parse_installed(packages: &str, held: &str) -> InstalledPackages {
    let holds = parse_holds(held);
    let mut all =
        rpm::parse_all(packages, |name, version| holds.iter().any(|hold| hold.holds(name, version)));
    for hold in holds.iter().filter(|hold| hold.versions.is_empty()) {
        all.hold(hold.name);
    }
    all
}

/// A row of the table of what was found: name, architecture and version of a package that a source offers.
fn package_of(line: &str) -> Option<(&str, &str, &str)> {
    // A newer zypper draws lines where it can.
    let fields: Vec<&str> = line.splitn(6, ['|', '│']).map(str::trim).collect();
    let [_, name, "package", version, architecture, source] = fields[..] else { return None };
    let version = version.strip_prefix("0:").unwrap_or(version);
    // It is installed, and offered by none.
    (source != "(System Packages)").then_some((name, architecture, version))
}

/// Reads a package in each row. The version that zypper prefers comes first: that of the source with the best priority.
fn parse_versions(text: &str) -> HashMap<String, PackageOffer> {
    rpm::offers(text.lines().filter_map(package_of))
}

/// Reads packages, and below each which of the names it provides.
fn parse_providers(text: &str) -> HashMap<String, Vec<OfferedPackage>> {
    let lines = text.lines().filter_map(|line| match package_of(line) {
        Some((name, _, version)) => Some(rpm::ProviderLine::Package(name, version)),
        None => line.trim().strip_prefix("provides: ").map(rpm::ProviderLine::Provides),
    });
    rpm::providers(lines)
}
