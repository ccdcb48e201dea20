//! Which files people made or changed: decided by digests, never by times.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use camino::{Utf8Path, Utf8PathBuf};

use super::asking::AskedMachine;
use super::left_out;
use super::package_records::{PackageRecords, PackagedDigest};
use super::rules::{RuleDecision, Rules};
use crate::model::error::Failure;
use crate::model::query::{FileKind, Stat};
use crate::model::sorted;
use crate::model::step::Command;

/// Why a path is captured or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathDecision {
    /// It is as its package brought it.
    Unchanged { package: String },
    /// It is a configuration file that people changed.
    Changed { package: String },
    /// It is a configuration file that people removed.
    Removed { package: String },
    /// It is a link that a package makes when it is installed, and that people removed.
    RemovedLink { package: String },
    /// It has the digest of a file that a package has elsewhere.
    Copy { of: String },
    /// A package has it, and no digest of it.
    Packaged { package: String },
    /// No package has it.
    Own,
    /// The list of [`left_out`] has it.
    LeftOut { why: &'static str },
    /// A rule ignores it.
    Ignored(RuleDecision),
    /// It is no regular file, directory or link.
    Special,
}

impl PathDecision {
    /// Whether the path is captured.
    #[must_use]
    pub fn is_captured(&self) -> bool {
        matches!(self, Self::Changed { .. } | Self::Removed { .. } | Self::RemovedLink { .. } | Self::Own)
    }
}

impl fmt::Display for PathDecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unchanged { package } => write!(f, "left out: it is as the package {package} brought it"),
            Self::Changed { package } => {
                write!(f, "captured: it is not as the package {package} brought it")
            }
            Self::Removed { package } => {
                write!(f, "captured: the package {package} has it, and it was removed")
            }
            Self::RemovedLink { package } => {
                write!(f, "captured: the package {package} makes it when it is installed, and it was removed")
            }
            Self::Copy { of } => write!(f, "left out: it is the same as {of}"),
            Self::Packaged { package } => write!(f, "left out: it belongs to the package {package}"),
            Self::Own => f.write_str("captured: no package has it"),
            Self::LeftOut { why } => write!(f, "left out: it {why}"),
            Self::Ignored(rule) => write!(f, "left out: a rule ignores it, {}", rule.place),
            Self::Special => f.write_str("left out: it is a device, socket or pipe"),
        }
    }
}

/// What was found at the paths of a machine.
#[derive(Debug, Default)]
pub(super) struct FoundFiles {
    pub(super) stats: BTreeMap<Utf8PathBuf, Stat>,
    pub(super) decisions: BTreeMap<Utf8PathBuf, PathDecision>,
}

/// Decides about everything in `stats`.
pub(super) fn decide(
    asked: &mut AskedMachine<'_>,
    stats: BTreeMap<Utf8PathBuf, Stat>,
    records: &PackageRecords,
    rules: &Rules,
) -> Result<FoundFiles, Failure> {
    let mut decisions = BTreeMap::new();
    let mut open = Vec::new();
    for (path, stat) in &stats {
        match first_look(path, stat, records, rules) {
            Some(decision) => {
                decisions.insert(path.clone(), decision);
            }
            None => open.push(path.as_path()),
        }
    }
    let mut by_program: BTreeMap<&str, Vec<&Utf8Path>> = BTreeMap::new();
    for path in &open {
        let program = records.digests.get(*path).and_then(PackagedDigest::program);
        by_program.entry(program.unwrap_or(records.sum_program)).or_default().push(path);
    }
    let mut sums = BTreeMap::new();
    for (program, paths) in by_program {
        sums.extend(asked.sums(program, &paths)?);
    }
    let mut unknown = BTreeMap::new();
    for path in open {
        let sum = sums.get(path).map_or("", String::as_str);
        let decision = match records.digests.get(path) {
            Some(digest) if digest.sum == sum && stats.get(path).is_some_and(|stat| digest.fits(stat)) => {
                PathDecision::Unchanged { package: digest.package.clone() }
            }
            Some(digest) => PathDecision::Changed { package: digest.package.clone() },
            None => match records.owner(path) {
                Some(package) => PathDecision::Packaged { package: package.to_owned() },
                None => {
                    // The empty file equals files of many packages, and says nothing.
                    if !sum.is_empty() && stats.get(path).is_some_and(|stat| stat.size > 0) {
                        unknown.insert(path.to_owned(), sum.to_owned());
                    }
                    PathDecision::Own
                }
            },
        };
        decisions.insert(path.to_owned(), decision);
    }
    for (path, of) in copies(asked, records, &unknown)? {
        decisions.insert(path, PathDecision::Copy { of });
    }
    let removed = records.digests.iter().filter(|(_, digest)| digest.is_configuration);
    let removed =
        removed.map(|(path, digest)| (path, PathDecision::Removed { package: digest.package.clone() }));
    let links = records.links.iter();
    let links = links.map(|(path, package)| (path, PathDecision::RemovedLink { package: package.clone() }));
    for (path, decision) in removed.chain(links) {
        let is_missing =
            !stats.contains_key(path) && path.starts_with("/etc") && left_out::of(path).is_none();
        let parent = path.parent().and_then(|parent| stats.get(parent));
        if is_missing && parent.is_some_and(|stat| stat.kind == FileKind::Directory) {
            let decision = match rules.of_path(path) {
                Some(rule) if !rule.takes => PathDecision::Ignored(rule),
                _ => decision,
            };
            decisions.insert(path.clone(), decision);
        }
    }
    Ok(FoundFiles { stats, decisions })
}

/// What is decided without a digest.
fn first_look(path: &Utf8Path, stat: &Stat, records: &PackageRecords, rules: &Rules) -> Option<PathDecision> {
    let rule = rules.of_path(path);
    match (rule, left_out::of(path)) {
        (Some(rule), _) if !rule.takes => return Some(PathDecision::Ignored(rule)),
        (None, Some(left)) => return Some(PathDecision::LeftOut { why: left.why }),
        _ => {}
    }
    if stat.size == 0 && left_out::OFTEN_EMPTY.contains(&path.as_str()) {
        return Some(PathDecision::LeftOut { why: "is empty" });
    }
    let owner = records.owner(path);
    match (stat.kind, owner) {
        (FileKind::File, _) => None,
        (FileKind::Other, _) => Some(PathDecision::Special),
        (_, Some(package)) => Some(PathDecision::Packaged { package: package.to_owned() }),
        (FileKind::Directory, None) => Some(PathDecision::Own),
        (FileKind::Link, None) => Some(match stat.target.as_deref() {
            Some(target) if target.starts_with("/etc/alternatives/") => {
                PathDecision::LeftOut { why: "is one of the alternatives" }
            }
            Some(target) if path.starts_with("/usr/local/bin") && target.contains("node_modules/") => {
                PathDecision::LeftOut { why: "is made by npm, with its package" }
            }
            Some(_) if path.starts_with("/etc/ssl/certs") => PathDecision::LeftOut { why: left_out::MADE },
            // Aliases of units that are enabled, and units that are masked.
            Some(_) if path.starts_with("/etc/systemd") => {
                PathDecision::LeftOut { why: "is captured as the state of a service" }
            }
            _ => PathDecision::Own,
        }),
    }
}

/// The files that equal a file of a package elsewhere, with that file.
fn copies(
    asked: &mut AskedMachine<'_>,
    records: &PackageRecords,
    unknown: &BTreeMap<Utf8PathBuf, String>,
) -> Result<BTreeMap<Utf8PathBuf, String>, Failure> {
    if unknown.is_empty() {
        return Ok(BTreeMap::new());
    }
    let sums: BTreeSet<&str> = unknown.values().map(String::as_str).collect();
    let mut command = Command::new(["/bin/sh", "-c", records.find_copies]);
    command.input = Some(sums.iter().flat_map(|sum| [sum, "\n"]).collect());
    let printed = asked.printed(vec![command])?;
    let packaged: BTreeMap<&str, &str> = sorted::collected(
        printed.iter().flat_map(|text| text.lines()).filter_map(|line| line.split_once("  ")),
    );
    // A configuration file is compared with others, too: a copy below another name.
    let configuration = records.digests.iter().map(|(path, digest)| (digest.sum.as_str(), path.as_str()));
    let configuration: BTreeMap<&str, &str> = sorted::collected(configuration);
    let of = |sum: &str| packaged.get(sum).or_else(|| configuration.get(sum)).map(|path| (*path).to_owned());
    Ok(sorted::collected(unknown.iter().filter_map(|(path, sum)| Some((path.clone(), of(sum)?)))))
}
