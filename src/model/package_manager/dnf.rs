//! dnf, up to version 4: packages of Red Hat Enterprise Linux, its rebuilds, and Fedora.

use std::collections::{BTreeSet, HashMap};

use super::commands::{AbsentHold, Commands, Hold};
use super::form::{
    Installed, Look, Offered, PackageLock, PackageManager, PackageOffer, Question, SourceLists, each_name,
    ended_well,
};
use super::groups::GroupSupport;
use super::looks::PackageLooks;
use super::options::OptionRules;

/// What to try when no source offers a package or a version.
const HINT: &str =
    "check the name; if the lists are old or were never read, declare `package_lists \"daily\"` before it";
use super::installed::InstalledPackages;
use super::rpm;
use crate::model::query::OfferedPackage;
use crate::model::sorted;

/// What the plugin `versionlock` holds.
const HELD: &str = "/etc/dnf/plugins/versionlock.list";

/// dnf, which works on the rpm database.
pub(super) static DNF: PackageManager = PackageManager {
    name: "dnf",
    systems: "Red Hat Enterprise Linux, its rebuilds, and Fedora up to 40",
    distributions: &["fedora", "rhel", "centos", "rocky", "almalinux", "ol", "amzn"],
    signs: &["/usr/bin/dnf-3", rpm::PLACE],
    programs: &["dnf", "dnf-3", "rpm"],
    locks: &[PackageLock::Kernel(rpm::LOCK)],
    marks: rpm::MARKS,
    installed: Installed {
        places: &[rpm::PLACE, HELD],
        stamps: &[rpm::DATABASE, rpm::DATABASE_LOG, rpm::OLD_DATABASE, HELD],
        looks: &[rpm::ALL, Look::File { path: HELD, pattern: "^[^#]" }],
        parse: |texts| parse_installed(&texts[0], &texts[1]),
        providers: Some(rpm::PROVIDED),
        interrupted: None,
    },
    // dnf notes these calls in its own log. It reads what is cached, and neither downloads nor waits.
    offered: Offered {
        sources: &["/etc/dnf", "/etc/yum.repos.d"],
        lists: &["/var/cache/dnf"],
        versions: Question {
            argv: &["dnf", "-q", "-C", "repoquery", "--qf", "@%{name} %{arch} %{evr}", "--"],
            names: each_name,
            accepts: ended_well,
            from_cache: None,
            parse: parse_versions,
        },
        providers: Question {
            argv: &[
                "dnf",
                "-q",
                "-C",
                "repoquery",
                "--qf",
                "@%{name} %{arch} %{evr}\n%{provides}",
                "--whatprovides",
            ],
            names: |names| vec![names.join(",")],
            accepts: ended_well,
            from_cache: None,
            parse: parse_providers,
        },
    },
    commands: Commands {
        environment: &[],
        install: &["dnf", "-y", "install"],
        downgrade: None,
        remove: REMOVE,
        // rpm keeps changed configuration files as `.rpmsave` in either case.
        purge: REMOVE,
        // A plugin does it, whose package dnf names where it is missing.
        hold: Hold::Commands {
            lock: &["dnf", "-y", "versionlock", "add"],
            unlock: &["dnf", "-y", "versionlock", "delete"],
        },
        repair: &[],
        returns: &[],
        pins_upgrades: true,
        pin_holds: false,
        hold_needs_version: false,
        absent_hold: AbsentHold::Narrows,
        pins_removal: true,
        options: OPTIONS,
        files: Some(rpm::FILES),
        groups: GroupSupport::Known(rpm::groups(&["dnf", "-C", "-v", "group", "list", "--hidden"])),
    },
    versions: rpm::VERSIONS,
    lists: SourceLists {
        refresh: &["dnf", "-y", "makecache"],
        environment: &[],
        upgrades_all: false,
        directory: "/var/cache/dnf",
        is_list: |name| name.strip_suffix(".solv").is_some_and(|source| source != "@System"),
        stamp: "/var/cache/dnf/refreshed_by_chefrs",
        hint: HINT,
        version_hint: HINT,
    },
    looks: PackageLooks {
        installed: rpm::LOOK_INSTALLED,
        version: rpm::LOOK_VERSION,
        outdated: r#"dnf -q check-update "$1" >/dev/null 2>&1
[ $? -eq 100 ]"#,
        held: r#"dnf -q versionlock list 2>/dev/null | grep -q "^$1-[0-9]""#,
    },
};

/// The options that fit no plan.
pub(super) const OPTIONS: OptionRules = OptionRules {
    refused: "--assumeno --downloadonly --offline --store --installroot -h --help --help-cmd --version \
                assumeno= installroot= tsflags=test",
    sources: "--enablerepo --disablerepo --repo --repoid --repofrompath --releasever",
    with_value: "cdeRx",
};

/// Packages that came along stay: nobody named them.
const REMOVE: &[&str] = &["dnf", "-y", "--setopt=clean_requirements_on_remove=False", "remove"];

/// Reads all packages of the rpm database, and the list of those that are held: `demo-0:1.0-1.*`.
fn parse_installed(packages: &str, held: &str) -> InstalledPackages {
    let name = |line: &str| {
        let mut parts = line.trim().trim_start_matches('!').rsplitn(3, '-');
        parts.nth(2).map(str::to_owned)
    };
    let held: BTreeSet<String> =
        held.lines().filter(|line| !line.starts_with('!')).filter_map(name).collect();
    let mut all = rpm::parse_all(packages, |name, _| held.contains(name));
    for name in &held {
        all.hold(name);
    }
    all
}

/// A line of an answer that begins a package: name, architecture and version.
fn package_of(line: &str) -> Option<(&str, &str, &str)> {
    let [name, architecture, version] = line.strip_prefix('@')?.split(' ').collect::<Vec<_>>()[..] else {
        return None;
    };
    Some((name, architecture, version.strip_prefix("0:").unwrap_or(version)))
}

/// Reads a package in each line. The newest version comes first.
pub(super) fn parse_versions(text: &str) -> HashMap<String, PackageOffer> {
    let mut packages: Vec<_> = text.lines().filter_map(package_of).collect();
    sorted::sort_by(&mut packages, |(_, _, a), (_, _, b)| (rpm::VERSIONS.compare)(b, a));
    rpm::offers(packages.into_iter())
}

/// Reads packages, and below each what it provides.
pub(super) fn parse_providers(text: &str) -> HashMap<String, Vec<OfferedPackage>> {
    rpm::providers(text.lines().map(|line| match package_of(line) {
        Some((name, _, version)) => rpm::ProviderLine::Package(name, version),
        None => rpm::ProviderLine::Provides(line),
    }))
}
