//! yum before dnf: packages of Red Hat Enterprise Linux 7, its rebuilds, and Amazon Linux 2.

use std::collections::{BTreeSet, HashMap};

use super::commands::{AbsentHold, Commands, Hold};
use super::dnf;
use super::form::{
    Installed, Look, Offered, PackageLock, PackageManager, PackageOffer, Question, SourceLists, each_name,
};
use super::groups::GroupSupport;
use super::looks::PackageLooks;
use super::rpm::{self, ProviderLine};
use crate::model::query::OfferedPackage;
use crate::model::sorted;

/// What the plugin `versionlock` holds.
const HELD: &str = "/etc/yum/pluginconf.d/versionlock.list";

/// yum 3, which works on the rpm database. Newer systems have dnf under its name.
pub(super) static YUM: PackageManager = PackageManager {
    name: "yum",
    systems: "Red Hat Enterprise Linux 7, its rebuilds, and Amazon Linux 2",
    distributions: &["rhel", "centos", "ol", "amzn"],
    signs: &["/usr/share/yum-cli/yummain.py", rpm::PLACE],
    programs: &["yum"],
    locks: &[PackageLock::Number("/var/run/yum.pid"), PackageLock::Kernel(rpm::LOCK)],
    marks: rpm::MARKS,
    installed: Installed {
        places: &[rpm::PLACE, HELD],
        stamps: &[rpm::OLD_DATABASE, rpm::DATABASE, HELD],
        looks: &[rpm::ALL, Look::File { path: HELD, pattern: "^[^#]" }],
        parse: |texts| {
            let held: BTreeSet<&str> = texts[1].lines().filter_map(held_name).collect();
            let mut all = rpm::parse_all(&texts[0], |name, _| held.contains(name));
            for name in held {
                all.hold(name);
            }
            all
        },
        providers: Some(rpm::PROVIDED),
        interrupted: None,
    },
    // It reads what is cached, and downloads nothing.
    offered: Offered {
        sources: &["/etc/yum.repos.d", "/etc/yum.conf"],
        lists: &["/var/cache/yum"],
        versions: Question {
            argv: &["yum", "-q", "-C", "list", "available", "--showduplicates"],
            names: each_name,
            accepts: found_or_not,
            from_cache: None,
            parse: parse_versions,
        },
        providers: Question {
            argv: &["yum", "-q", "-C", "provides"],
            names: each_name,
            accepts: found_or_not,
            from_cache: None,
            parse: parse_providers,
        },
    },
    commands: Commands {
        environment: &[],
        install: &["yum", "-y", "install"],
        // `install` leaves it as it is.
        downgrade: Some(&["yum", "-y", "downgrade"]),
        remove: REMOVE,
        // rpm keeps changed configuration files as `.rpmsave` in either case.
        purge: REMOVE,
        // A plugin does it: `yum-plugin-versionlock`.
        hold: Hold::Commands {
            lock: &["yum", "-y", "versionlock", "add"],
            unlock: &["yum", "-y", "versionlock", "delete"],
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
        groups: GroupSupport::Known(rpm::groups(&["yum", "-C", "-v", "grouplist", "hidden", "ids"])),
    },
    versions: rpm::VERSIONS,
    lists: SourceLists {
        refresh: &["yum", "-y", "makecache"],
        environment: &[],
        upgrades_all: false,
        directory: "/var/cache/yum",
        is_list: |name| name != "refreshed_by_chefrs",
        stamp: "/var/cache/yum/refreshed_by_chefrs",
        hint: HINT,
        version_hint: HINT,
    },
    looks: PackageLooks {
        installed: rpm::LOOK_INSTALLED,
        version: rpm::LOOK_VERSION,
        outdated: r#"yum -q check-update "$1" >/dev/null 2>&1
[ $? -eq 100 ]"#,
        held: r#"yum -q versionlock list 2>/dev/null | grep -q "$1-[0-9]""#,
    },
};

/// What to try when no source offers a package or a version.
const HINT: &str =
    "check the name; if the lists are old or were never read, declare `package_lists \"daily\"` before it";

/// Packages that came along stay: nobody named them.
const REMOVE: &[&str] = &["yum", "-y", "--setopt=clean_requirements_on_remove=0", "remove"];

/// It is 1 where nothing is found.
fn found_or_not(status: i32) -> bool {
    matches!(status, 0 | 1)
}

/// The name in a line of the list of those that are held: `0:bash-4.2.46-31.el7.*`. A version that is kept out holds nothing.
fn held_name(line: &str) -> Option<&str> {
    let (epoch, rest) = line.trim().split_once(':')?;
    rest.rsplitn(3, '-').nth(2).filter(|_| !epoch.starts_with('!'))
}

/// Reads a table of name with architecture, version and source, whose long lines are broken. The newest version comes first.
fn parse_versions(text: &str) -> HashMap<String, PackageOffer> {
    let lines = text.lines().skip_while(|line| *line != "Available Packages").skip(1);
    let words: Vec<&str> = lines.flat_map(str::split_ascii_whitespace).collect();
    let package = |words: &[&'_ str]| -> Option<(String, String, String)> {
        let (name, architecture) = words[0].rsplit_once('.')?;
        Some((name.to_owned(), architecture.to_owned(), words[1].to_owned()))
    };
    let mut packages: Vec<_> = words.chunks_exact(3).filter_map(package).collect();
    sorted::sort_by(&mut packages, |(_, _, a), (_, _, b)| (rpm::VERSIONS.compare)(b, a));
    rpm::offers(
        packages
            .iter()
            .map(|(name, architecture, version)| (name.as_str(), architecture.as_str(), version.as_str())),
    )
}

/// Reads packages, below each its source, and what of it fits.
fn parse_providers(text: &str) -> HashMap<String, Vec<OfferedPackage>> {
    let mut lines: Vec<(String, String, Vec<&str>)> = Vec::new();
    for line in text.lines() {
        let Some((field, value)) = line.split_once(" : ") else { continue };
        match (field.trim(), lines.last_mut()) {
            ("Provides", Some((_, _, provides))) => provides.push(value),
            // It is installed, which does not put it on offer.
            ("Repo", Some(_)) if value.starts_with('@') || value == "installed" => drop(lines.pop()),
            (package, _) => {
                lines.extend(name_and_version(package).map(|(name, version)| (name, version, Vec::new())));
            }
        }
    }
    rpm::providers(lines.iter().flat_map(|(name, version, provides)| {
        let provided = provides.iter().map(|provided| ProviderLine::Provides(provided));
        std::iter::once(ProviderLine::Package(name, version)).chain(provided)
    }))
}

/// Name and version of `2:postfix-2.10.1-9.el7.x86_64`.
fn name_and_version(package: &str) -> Option<(String, String)> {
    let (package, _) = package.rsplit_once('.')?;
    let mut parts = package.rsplitn(3, '-');
    let (release, version, name) = (parts.next()?, parts.next()?, parts.next()?);
    let (epoch, name) =
        name.split_once(':').map_or((String::new(), name), |(epoch, name)| (format!("{epoch}:"), name));
    Some((name.to_owned(), format!("{epoch}{version}-{release}")))
}
