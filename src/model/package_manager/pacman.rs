//! pacman: packages of Arch Linux and its relatives.

use std::collections::{HashMap, HashSet};

use super::arch_version::compare;
use super::commands::{AbsentHold, Commands, FilePackage, Hold, PackageFiles};
use super::form::{
    Installed, Interrupted, Look, Offered, PackageLock, PackageManager, PackageOffer, Question, SourceLists,
    Versions, each_name, ended_well,
};
use super::groups::{GroupState, GroupSupport, PackageGroups};
use super::installed::{InstalledPackage, InstalledPackages};
use super::looks::PackageLooks;
use super::options::OptionRules;
use super::pacman_configuration::{CONFIGURATION, edit_holds, holds};
use super::versions::{fits, is_version};
use crate::model::pattern::matches;
use crate::model::query::OfferedPackage;

/// A directory for each installed package: `bash-5.2.026-2`.
const LOCAL: &str = "/var/lib/pacman/local";

/// pacman.
pub(super) static PACMAN: PackageManager = PackageManager {
    name: "pacman",
    systems: "Arch Linux and its relatives",
    distributions: &["arch", "archarm", "manjaro"],
    signs: &["/usr/bin/pacman", LOCAL],
    programs: &["pacman"],
    locks: &[PackageLock::Open("/var/lib/pacman/db.lck")],
    marks: "+-._@",
    installed: Installed {
        places: &[LOCAL, CONFIGURATION],
        stamps: &[LOCAL, CONFIGURATION],
        looks: &[
            Look::Names(LOCAL),
            Look::File { path: CONFIGURATION, pattern: r"^[[:space:]]*(\[|IgnorePkg)" },
        ],
        parse: |texts| parse_installed(&texts[0], &texts[1]),
        providers: Some(Question {
            argv: &["sh", "-c", r#"pacman -Qi | grep -E "^(Name|Provides) ""#],
            names: |_| Vec::new(),
            // Nothing is installed.
            accepts: |status| matches!(status, 0 | 1),
            from_cache: None,
            parse: parse_provided,
        }),
        // Only a pacman that was killed leaves its lock behind.
        interrupted: Some(Interrupted {
            look: Look::Command(&["sh", "-c", LEFT_BEHIND]),
            tells: |said| said.trim() == "left behind",
        }),
    },
    offered: Offered {
        sources: &[CONFIGURATION, "/etc/pacman.d"],
        lists: &["/var/lib/pacman/sync"],
        versions: Question {
            argv: &["pacman", "-Si", "--"],
            names: each_name,
            // Some of the names are unknown.
            accepts: |status| matches!(status, 0 | 1),
            from_cache: None,
            parse: parse_versions,
        },
        providers: Question {
            // The one looks for names that are provided, and the other tells who provides which.
            argv: &["sh", "-c", r#"pacman -Ssq -- "$1" | xargs -r pacman -Si --"#, "sh"],
            names: |names| vec![format!("^({})$", names.join("|").replace('.', r"\.").replace('+', r"\+"))],
            accepts: ended_well,
            from_cache: None,
            parse: parse_providers,
        },
    },
    commands: Commands {
        environment: &[],
        // The lists are those of the last full upgrade: with newer ones a package may need what the others do not have yet.
        install: &["pacman", "--noconfirm", "--noprogressbar", "-S", "--needed"],
        downgrade: None,
        // A package that another one needs stays, and the command fails.
        remove: &["pacman", "--noconfirm", "--noprogressbar", "-R"],
        purge: &["pacman", "--noconfirm", "--noprogressbar", "-Rn"],
        hold: Hold::File {
            path: CONFIGURATION,
            ours: false,
            edit: |text, packages, hold| Ok(edit_holds(text, packages, hold)),
        },
        repair: &["sh", "-c", TAKE_AWAY],
        returns: &[],
        pins_upgrades: true,
        pin_holds: false,
        hold_needs_version: false,
        absent_hold: AbsentHold::Nothing,
        pins_removal: false,
        options: OptionRules {
            refused: "-p --print --print-format -w --downloadonly --dbonly -y --refresh -u --sysupgrade -r --root \
                --sysroot -b --dbpath --config --confirm -i --info -l --list -h --help -V --version",
            sources: "",
            with_value: "rb",
        },
        files: Some(PackageFiles {
            endings: &[".pkg.tar"],
            read: &["pacman", "-Qp", "--"],
            parse: FilePackage::from_words,
            install: Some(&["pacman", "--noconfirm", "--noprogressbar", "-U", "--needed"]),
        }),
        groups: GroupSupport::Known(PackageGroups {
            read: &["sh", "-c", r#"pacman -Sg -- "$1"; echo; pacman -Qq"#, "sh"],
            read_one: true,
            parse: parse_group,
            mark: |_, is_installed| if is_installed { "= installed\n" } else { "= absent\n" }.to_owned(),
            argument: str::to_owned,
        }),
    },
    versions: Versions {
        pin: |name, version| format!("{name}={version}"),
        fits,
        compare,
        weighs_installed: false,
    },
    lists: SourceLists {
        refresh: &["pacman", "--noconfirm", "--noprogressbar", "-Syu"],
        environment: &[],
        upgrades_all: true,
        directory: "/var/lib/pacman/sync",
        is_list: |name| name.strip_suffix(".db").is_some(),
        stamp: "/var/cache/pacman/refreshed_by_chefrs",

        hint: "check the name; if the lists are old, upgrade the whole system: `pacman -Syu`",
        version_hint: "a source of pacman has only one version of each package; an older one is installed from a file: \
                       `source = \"/var/cache/pacman/pkg/NAME-VERSION-ARCHITECTURE.pkg.tar.zst\"`",
    },
    looks: PackageLooks {
        installed: r#"pacman -T "$1" >/dev/null"#,
        version: r#"pacman -Q "$1" 2>/dev/null | sed -n 's/^[^ ]* //; p; s/^[0-9]*://p; s/-[^-]*$//p'"#,
        outdated: r#"pacman -Qu "$1" >/dev/null 2>&1"#,
        held: r#"pacman-conf IgnorePkg | grep -qxF "$1""#,
    },
};

/// Tells of a lock that no process has open.
const LEFT_BEHIND: &str = r#"lock=/var/lib/pacman/db.lck
[ -e "$lock" ] || exit 0
for open in /proc/[0-9]*/fd/*; do
  if [ "$open" -ef "$lock" ]; then exit 0; fi
done
echo left behind"#;

/// Removes such a lock.
const TAKE_AWAY: &str = r#"lock=/var/lib/pacman/db.lck
for open in /proc/[0-9]*/fd/*; do
  if [ "$open" -ef "$lock" ]; then echo "$lock is in use: $open" >&2; exit 1; fi
done
rm -f -- "$lock""#;

/// Reads the names of directories, and the lines of the configuration that begin a section or hold packages.
fn parse_installed(names: &str, configuration: &str) -> InstalledPackages {
    let lines: Vec<&str> = configuration.lines().collect();
    let held: Vec<&str> = holds(&lines).flat_map(|(_, held)| held.split_ascii_whitespace()).collect();
    let mut all = InstalledPackages::default();
    for entry in names.lines() {
        let mut parts = entry.rsplitn(3, '-');
        let (Some(release), Some(version), Some(name)) = (parts.next(), parts.next(), parts.next()) else {
            continue;
        };
        let package = InstalledPackage {
            version: Some(format!("{version}-{release}")),
            held: held.iter().any(|pattern| matches(pattern, name)),
            ..InstalledPackage::default()
        };
        all.add(name, package);
    }
    for pattern in held {
        all.hold(pattern);
    }
    all
}

/// The paragraphs that pacman prints of packages: name, version, and what the package provides.
fn packages(text: &str) -> Vec<(&str, &str, Vec<&str>)> {
    let mut found: Vec<(&str, &str, Vec<&str>)> = Vec::new();
    for line in text.lines() {
        let Some((field, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        match (field.trim(), found.last_mut()) {
            ("Name", _) => found.push((value, "", Vec::new())),
            ("Version", Some(package)) => package.1 = value,
            ("Provides", Some(package)) if value != "None" => {
                let name = |word: &'_ str| word.find(['=', '<', '>']).unwrap_or(word.len());
                package.2 = value.split_ascii_whitespace().map(|word| &word[..name(word)]).collect();
            }
            _ => {}
        }
    }
    found
}

/// Reads the packages of the sources, in the order in which pacman takes them.
fn parse_versions(text: &str) -> HashMap<String, PackageOffer> {
    let mut found: HashMap<String, PackageOffer> = HashMap::new();
    for (name, version, _) in packages(text).into_iter().filter(|(_, version, _)| is_version(version)) {
        let offer = found.entry(name.to_owned()).or_default();
        offer.candidate.get_or_insert_with(|| version.to_owned());
        if !offer.versions.iter().any(|known| known == version) {
            offer.versions.push(version.to_owned());
        }
    }
    found
}

/// Reads the packages of the sources, with what they provide.
fn parse_providers(text: &str) -> HashMap<String, Vec<OfferedPackage>> {
    let mut found: HashMap<String, Vec<OfferedPackage>> = HashMap::new();
    for (name, version, provided) in packages(text).into_iter().filter(|(_, version, _)| is_version(version))
    {
        let one = OfferedPackage { name: name.to_owned(), version: version.to_owned() };
        for provided in provided.into_iter().filter(|provided| *provided != name) {
            let all = found.entry(provided.to_owned()).or_default();
            if !all.contains(&one) {
                all.push(one.clone());
            }
        }
    }
    found
}

/// Reads the installed packages, with what they provide.
fn parse_provided(text: &str) -> HashMap<String, Vec<String>> {
    let mut found: HashMap<String, Vec<String>> = HashMap::new();
    for (name, _, provided) in packages(text) {
        for provided in provided {
            found.entry(provided.to_owned()).or_default().push(name.to_owned());
        }
    }
    found
}

/// Reads the packages of a group, each behind its name, then those that are installed, and what became of it.
fn parse_group(text: &str, group: &str) -> Option<GroupState> {
    let (members, installed) = text.split_once("\n\n")?;
    let members: Vec<&str> =
        members.lines().filter_map(|line| line.strip_prefix(group)?.strip_prefix(' ')).collect();
    if members.is_empty() {
        return None;
    }
    match installed.lines().last() {
        Some("= installed") => return Some(GroupState::Installed),
        Some("= absent") => return Some(GroupState::Absent),
        _ => {}
    }
    let installed: HashSet<&str> = installed.lines().collect();
    Some(match members.iter().filter(|member| installed.contains(*member)).count() {
        0 => GroupState::Absent,
        all if all == members.len() => GroupState::Installed,
        _ => GroupState::Partly,
    })
}
