//! Portage: packages of Gentoo Linux and its relatives.

use std::collections::HashMap;

use super::commands::{AbsentHold, Commands, HeldPackage, Hold};
use super::form::{
    Installed, Look, Offered, PackageLock, PackageManager, PackageOffer, Question, SourceLists, Versions,
    each_name, ended_well,
};
use super::groups::GroupSupport;
use super::looks::PackageLooks;
use super::options::OptionRules;

use super::gentoo_version::{compare, split_revision};
use super::installed::{InstalledPackage, InstalledPackages};
use super::versions::is_version;
use crate::model::error::Failure;
use crate::model::pattern::matches;
use crate::model::query::OfferedPackage;
use crate::model::sorted;

/// A directory for each category, and in it one for each installed package: `app-misc/screen-4.9.1-r1`.
const DATABASE: &str = "/var/db/pkg";

/// The masks that hold packages. The file is ours.
const HELD: &str = "/etc/portage/package.mask/chefrs";

/// Portage.
pub(super) static PORTAGE: PackageManager = PackageManager {
    name: "portage",
    systems: "Gentoo Linux and its relatives",
    distributions: &["gentoo"],
    signs: &["/usr/bin/emerge", DATABASE],
    programs: &["emerge"],
    locks: &[PackageLock::Kernel("/var/db/.pkg.portage_lockfile")],
    marks: "+-._/",
    installed: Installed {
        places: &[DATABASE, HELD],
        // It is touched with each package.
        stamps: &[DATABASE, HELD],
        looks: &[Look::NamesBelow(DATABASE), Look::File { path: HELD, pattern: "^>" }],
        parse: |texts| parse_installed(&texts[0], &texts[1]),
        providers: None,
        interrupted: None,
    },
    offered: Offered {
        sources: &["/etc/portage"],
        lists: &["/var/db/repos"],
        versions: Question {
            argv: &["portageq", "pquery"],
            names: each_name,
            accepts: ended_well,
            from_cache: None,
            parse: parse_versions,
        },
        // A virtual package is one of its own, which needs the others. What several packages have is a name without its
        // category.
        providers: Question {
            argv: &["portageq", "pquery"],
            names: each_name,
            accepts: ended_well,
            from_cache: None,
            parse: parse_short_names,
        },
    },
    commands: Commands {
        environment: &[("CLEAN_DELAY", "0"), ("EMERGE_WARNING_DELAY", "0")],
        install: &["emerge", "--ask=n", "--color=n", "--nospinner", "--quiet-build=y"],
        downgrade: None,
        // A package that another one needs stays, and emerge names that.
        remove: REMOVE,
        // Changed configuration files stay in either case.
        purge: REMOVE,
        hold: Hold::File { path: HELD, ours: true, edit: edit_masks },
        repair: &[],
        returns: &[],
        pins_upgrades: true,
        pin_holds: false,
        hold_needs_version: true,
        absent_hold: AbsentHold::Nothing,
        pins_removal: true,
        options: OptionRules {
            refused: "-p --pretend -a --ask -f --fetchonly -F --fetch-all-uri -B --buildpkgonly -o --onlydeps -r \
                --resume -s --search --root --sysroot --prefix --config-root --info -h --help -V --version",
            sources: "-K --usepkgonly -G --getbinpkgonly",
            with_value: "j",
        },
        files: None,
        groups: GroupSupport::Missing("name the packages of the set"),
    },
    versions: Versions {
        pin: |name, version| format!("={name}-{version}"),
        // The revision need not be said.
        fits: |declared, version| matches(declared, version) || matches(declared, split_revision(version).0),
        compare,
        weighs_installed: false,
    },
    lists: SourceLists {
        refresh: &["emerge", "--ask=n", "--color=n", "--nospinner", "--quiet", "--sync"],
        environment: &[],
        upgrades_all: false,
        directory: "/var/db/repos/gentoo",
        is_list: |name| name == "profiles",
        stamp: "/var/cache/edb/refreshed_by_chefrs",

        hint: "check the name, which has a category: app-editors/vim; it may be masked, or the lists old: `emerge --sync`",
        version_hint: "it may be masked, or its keywords not accepted: `/etc/portage/package.accept_keywords`",
    },
    looks: PackageLooks {
        installed: r#"for place in /var/db/pkg/"$1"-[0-9]* /var/db/pkg/*/"$1"-[0-9]*; do
  if [ -d "$place" ]; then return 0; fi
done
return 1"#,
        version: r#"for place in /var/db/pkg/"$1"-[0-9]* /var/db/pkg/*/"$1"-[0-9]*; do
  if [ -d "$place" ]; then
    place=${place##*/}
    printf '%s\n' "${place#"${1##*/}"-}" | sed -n 'p; s/-r[0-9]*$//p'
  fi
done"#,
        outdated: r#"emerge --pretend --quiet --update "$1" 2>/dev/null | grep -q '^\[ebuild'"#,
        held: r#"grep -q "^[<>=~]*$1" /etc/portage/package.mask/chefrs 2>/dev/null"#,
    },
};

const REMOVE: &[&str] = &["emerge", "--ask=n", "--color=n", "--nospinner", "--verbose", "--depclean"];

/// Reads the names of directories, and the masks that are ours. A package is known by its name with and without category,
/// and of several slots the newest counts.
fn parse_installed(names: &str, masks: &str) -> InstalledPackages {
    let held: Vec<&str> = masks.lines().filter_map(mask).map(|(name, _)| name).collect();
    let mut newest: HashMap<&str, &str> = HashMap::new();
    for (name, version) in names.lines().filter_map(split_version) {
        let known = newest.entry(name).or_insert(version);
        if compare(version, known).is_gt() {
            *known = version;
        }
    }
    let mut all = InstalledPackages::default();
    let mut sorted: Vec<_> = newest.into_iter().collect();
    sorted::sort_by(&mut sorted, Ord::cmp);
    for (name, version) in sorted {
        let package = InstalledPackage {
            version: Some(version.to_owned()),
            held: held.contains(&name),
            ..InstalledPackage::default()
        };
        if let Some((_, short)) = name.split_once('/') {
            all.add(short, package.clone());
        }
        all.add(name, package);
    }
    all
}

/// Name and version of `app-misc/screen-4.9.1-r1`. What is only being installed is not there.
fn split_version(package: &str) -> Option<(&str, &str)> {
    let program = split_revision(package).0;
    let (name, version) = program.rsplit_once('-')?;
    let is_there =
        version.starts_with(|c: char| c.is_ascii_digit()) && !name.contains("/-") && is_version(package);
    is_there.then(|| (name, &package[name.len() + 1..]))
}

/// Name and version of a mask that holds a package: `>app-misc/screen-4.9.1`.
fn mask(line: &str) -> Option<(&str, &str)> {
    split_version(line.trim().strip_prefix('>')?)
}

/// The masks with the packages held, or not any more.
fn edit_masks(text: &str, packages: &[HeldPackage<'_>], hold: bool) -> Result<String, Failure> {
    if let Some(short) = packages.iter().find(|package| !package.name.contains('/')) {
        return Err(Failure::new(format!("`{}` can't be held without its category", short.name))
            .hint("say it as portage does: app-editors/vim"));
    }
    let is_one = |line: &str| mask(line).is_some_and(|(name, _)| packages.iter().any(|one| one.name == name));
    let mut edited: String = text.split_inclusive('\n').filter(|line| !is_one(line)).collect();
    if hold {
        if edited.is_empty() {
            edited.push_str("# Packages that chefrs holds at their version.\n");
        }
        for package in packages {
            let version = package.version.unwrap_or_default();
            edited.extend([">", package.name, "-", version, "\n"]);
        }
    }
    Ok(edited)
}

/// Reads a package with its version in each line: those that no mask and no keyword keeps out. Without its category a name
/// is one package alone.
fn parse_versions(text: &str) -> HashMap<String, PackageOffer> {
    let mut found = offers(text);
    for (short, names) in parse_short_names(text) {
        if let [one] = &names[..]
            && let Some(offer) = found.get(&one.name).cloned()
        {
            found.insert(short, offer);
        }
    }
    found
}

/// What is on offer, by names with their categories.
fn offers(text: &str) -> HashMap<String, PackageOffer> {
    let mut found: HashMap<String, PackageOffer> = HashMap::new();
    for (name, version) in text.lines().filter_map(split_version) {
        let offer = found.entry(name.to_owned()).or_default();
        if !offer.versions.iter().any(|known| known == version) {
            offer.versions.push(version.to_owned());
        }
    }
    for offer in found.values_mut() {
        sorted::sort_by(&mut offer.versions, |a, b| compare(b, a));
        offer.candidate = offer.versions.first().cloned();
    }
    found
}

/// The packages that have a name without its category.
fn parse_short_names(text: &str) -> HashMap<String, Vec<OfferedPackage>> {
    let mut all: HashMap<String, Vec<OfferedPackage>> = HashMap::new();
    let mut offers: Vec<_> = offers(text).into_iter().collect();
    sorted::sort_by(&mut offers, |(a, _), (b, _)| a.cmp(b));
    for (name, offer) in offers {
        if let (Some((_, short)), Some(version)) = (name.split_once('/'), offer.candidate) {
            let short = short.to_owned();
            all.entry(short).or_default().push(OfferedPackage { name, version });
        }
    }
    all
}
