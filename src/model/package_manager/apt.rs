//! apt: packages of Debian, Ubuntu and their relatives.

use std::collections::HashMap;

use super::commands::{AbsentHold, Commands, FilePackage, Hold, PackageFiles};
use super::debian_version;
use super::dpkg_status::{STATUS, parse_status};
use super::form::{
    FromCache, Installed, Interrupted, Look, Offered, PackageLock, PackageManager, PackageOffer, Question,
    SourceLists, Versions, each_name, ended_well, is_name,
};
use super::groups::GroupSupport;
use super::looks::PackageLooks;
use super::options::OptionRules;

/// What to try when no source offers a package or a version.
const HINT: &str =
    "check the name; if the lists are old or were never read, declare `apt_update \"daily\"` before it";
use crate::model::pattern::matches;
use crate::model::query::OfferedPackage;

/// Characters of names; the colon stands in front of an architecture.
const MARKS: &str = "+-.:_";

/// What goes into apt's cache.
const SOURCES: &[&str] = &[
    STATUS,
    "/var/lib/apt/lists",
    "/etc/apt",
    "/etc/apt/sources.list",
    "/etc/apt/sources.list.d",
    "/etc/apt/preferences.d",
];

/// apt-get and its companions.
pub(super) static APT: PackageManager = PackageManager {
    name: "apt",
    systems: "Debian, Ubuntu and their relatives",
    distributions: &["debian", "ubuntu"],
    signs: &["/usr/bin/apt-get", STATUS],
    programs: &["apt-get", "apt", "dpkg", "aptitude"],
    locks: &[
        PackageLock::Kernel("/var/lib/dpkg/lock-frontend"),
        PackageLock::Kernel("/var/lib/dpkg/lock"),
        PackageLock::Kernel("/var/lib/apt/lists/lock"),
        PackageLock::Kernel("/var/cache/apt/archives/lock"),
    ],
    marks: MARKS,
    installed: Installed {
        places: &["/var/lib/dpkg"],
        stamps: &[STATUS],
        looks: &[Look::File { path: STATUS, pattern: "^(Package|Provides|Version|Architecture|Status):|^$" }],
        parse: |texts| parse_status(texts.first().map_or("", String::as_str)),
        providers: None,
        interrupted: Some(Interrupted {
            look: Look::Names("/var/lib/dpkg/updates"),
            tells: |names| names.lines().any(|name| name.bytes().all(|byte| byte.is_ascii_digit())),
        }),
    },
    // Asking never writes: apt's own cache is used where it is there and new, and made in memory alone where it is not,
    // or where apt finds that it is not: an installation that broke off leaves it younger than what it was made from.
    offered: Offered {
        sources: &["/etc/apt"],
        lists: &["/var/lib/apt"],
        versions: Question {
            argv: &[
                "apt-cache",
                "-o",
                "Dir::Cache::pkgcache=",
                "-o",
                "Dir::Cache::srcpkgcache=",
                "policy",
                "--",
            ],
            names: each_name,
            accepts: ended_well,
            from_cache: Some(cached(&["apt-cache", "--no-generate", "policy", "--"])),
            parse: parse_policy,
        },
        providers: Question {
            argv: &[
                "apt-cache",
                "-o",
                "Dir::Cache::pkgcache=",
                "-o",
                "Dir::Cache::srcpkgcache=",
                "showpkg",
                "--",
            ],
            names: each_name,
            accepts: ended_well,
            from_cache: Some(cached(&["apt-cache", "--no-generate", "showpkg", "--"])),
            parse: parse_providers,
        },
    },
    commands: Commands {
        environment: &[
            ("DEBIAN_FRONTEND", "noninteractive"),
            ("APT_LISTCHANGES_FRONTEND", "none"),
            ("NEEDRESTART_MODE", "l"),
            ("NEEDRESTART_SUSPEND", "1"),
            ("UCF_FORCE_CONFFOLD", "1"),
        ],
        // Configuration files that people changed are kept; downgrades happen only where a version is declared. Without a
        // terminal of its own dpkg tells what it does, not how far it is.
        install: &[
            "apt-get",
            "--yes",
            "-o",
            "Dpkg::Use-Pty=0",
            "-o",
            "Dpkg::Options::=--force-confdef",
            "-o",
            "Dpkg::Options::=--force-confold",
            "--allow-downgrades",
            "install",
        ],
        downgrade: None,
        remove: &["apt-get", "--yes", "-o", "Dpkg::Use-Pty=0", "remove"],
        purge: &["apt-get", "--yes", "-o", "Dpkg::Use-Pty=0", "purge"],
        hold: Hold::Commands { lock: &["apt-mark", "hold"], unlock: &["apt-mark", "unhold"] },
        repair: &["dpkg", "--force-confdef", "--force-confold", "--configure", "-a"],
        returns: &[],
        pins_upgrades: false,
        pin_holds: false,
        hold_needs_version: false,
        absent_hold: AbsentHold::KeepsOut,
        pins_removal: false,
        options: OptionRules {
            refused: "-s --simulate --just-print --dry-run --recon --no-act -d --download-only --print-uris \
                --assume-no --only-upgrade --no-upgrade -h --help -v --version APT::Get::Simulate \
                APT::Get::Download-Only APT::Get::Print-URIs APT::Get::Assume-No APT::Get::Only-Upgrade \
                APT::Get::Upgrade RootDir=",
            sources: "-t --target-release --default-release APT::Default-Release Dir::Etc::Source",
            with_value: "otca",
        },
        files: Some(PackageFiles {
            endings: &[".deb"],
            read: &["dpkg-deb", "--show", "--showformat=${Package} ${Version}\\n"],
            parse: FilePackage::from_words,
            install: None,
        }),
        groups: GroupSupport::Missing("a task is a package, too: package \"task-ssh-server\""),
    },
    versions: Versions {
        pin: |name, version| format!("{name}={version}"),
        // As apt-get reads what stands behind `=`: `*` stands for any text, `?` for one character. The epoch need not be
        // said here, since apt-get is told the whole version.
        fits: |declared, version| {
            let without_epoch = version.split_once(':').map_or(version, |(_, rest)| rest);
            matches(declared, version) || matches(declared, without_epoch)
        },
        compare: debian_version::compare,
        weighs_installed: true,
    },
    lists: SourceLists {
        refresh: &["apt-get", "--quiet", "-o", "APT::Update::Error-Mode=any", "update"],
        environment: &[("DEBIAN_FRONTEND", "noninteractive")],
        upgrades_all: false,
        directory: "/var/lib/apt/lists",
        is_list: |name| {
            name.ends_with("_InRelease") || name.ends_with("_Release") || name.contains("_Packages")
        },
        // apt's own periodic job touches it too.
        stamp: "/var/lib/apt/periodic/update-success-stamp",
        hint: HINT,
        version_hint: HINT,
    },
    looks: PackageLooks {
        installed: r#"[ "$(dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | sort -u)" = installed ] ||
dpkg-query -W -f '${db:Status-Status} ${Provides}\n' | awk -v name="$1" '
  $1 == "installed" { for (i = 2; i <= NF; i++) { sub(/,$/, "", $i); if ($i == name) found = 1 } }
  END { exit !found }'"#,
        version: r#"dpkg-query -W -f '${db:Status-Status} ${Version}\n' "$1" 2>/dev/null | sed -n 's/^installed //p' |
sed -n 'p; s/^[0-9]*://p'"#,
        outdated: r#"apt-get -s -qq install -- "$1" 2>/dev/null | grep -q "^Inst $1[: ]""#,
        held: r#"apt-mark showhold "$1" | grep -q ."#,
    },
};

const fn cached(argv: &'static [&'static str]) -> FromCache {
    FromCache { argv, file: "/var/cache/apt/pkgcache.bin", sources: SOURCES }
}

/// Reads what `apt-cache policy` prints: each package with the version that an install would bring, and the table of
/// versions, each with its sources below it. A version that is only installed is not on offer.
fn parse_policy(text: &str) -> HashMap<String, PackageOffer> {
    let mut found: HashMap<String, PackageOffer> = HashMap::new();
    let mut name = "";
    let mut version = "";
    for line in text.lines() {
        if !line.starts_with(' ') {
            name = line.trim_end().trim_end_matches(':');
            version = "";
        } else if let Some(candidate) = line.trim().strip_prefix("Candidate:") {
            let mut words = candidate.split_ascii_whitespace();
            let candidate = words.next().filter(|version| *version != "(none)");
            found.entry(name.to_owned()).or_default().candidate = candidate.map(str::to_owned);
        } else if line.starts_with("     ") || line.starts_with(" *** ") {
            if line.as_bytes().get(5).is_some_and(|byte| *byte != b' ') {
                let mut words = line.get(5..).unwrap_or_default().split_ascii_whitespace();
                version = words.next().unwrap_or_default();
            } else if !version.is_empty()
                && let Some(offer) = found.get_mut(name)
                && !line.trim_end().ends_with(STATUS)
                && !offer.versions.iter().any(|known| known == version)
            {
                offer.versions.push(version.to_owned());
            }
        }
    }
    found
}

/// Reads what `apt-cache showpkg` prints: of each package who provides it, each with the version that does.
fn parse_providers(text: &str) -> HashMap<String, Vec<OfferedPackage>> {
    let mut found: HashMap<String, Vec<OfferedPackage>> = HashMap::new();
    let (mut name, mut provided) = ("", false);
    for line in text.lines() {
        if let Some(next) = line.strip_prefix("Package: ") {
            (name, provided) = (next.trim(), false);
            found.entry(name.to_owned()).or_default();
        } else if line.starts_with("Reverse Provides:") {
            provided = true;
        } else if provided
            && let [provider, version, ..] = line.split_ascii_whitespace().collect::<Vec<_>>()[..]
            && is_name(provider, MARKS)
            && let Some(all) = found.get_mut(name)
        {
            let one = OfferedPackage { name: provider.to_owned(), version: version.to_owned() };
            if !all.contains(&one) {
                all.push(one);
            }
        }
    }
    found
}
