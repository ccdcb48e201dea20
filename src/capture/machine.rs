//! What is read of a machine before anything is sorted.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use super::accounts::{self, MachineAccounts};
use super::asking::{AskedMachine, text_of};
use super::databases::{self, Databases};
use super::environments::{self, FoundEnvironments, GIT_MARK, VENV_MARK};
use super::files::{self, FoundFiles, PathDecision};
use super::package_records::PackageRecords;
use super::rules::Rules;
use super::services::{self, CapturedUnit, OWN_UNITS};
use super::{dpkg, large_things};
use crate::model::error::Failure;
use crate::model::query::{Answer, FileKind, FileText, Query};

/// Directories of which everything is looked at.
const ROOTS: [&str; 3] = ["/etc", "/usr/local", "/var/spool/cron/crontabs"];
/// Directories of data and programs, in which virtual environments and working copies are searched.
const PLACES: [&str; 4] = ["/opt", "/srv", "/var/www", "/home"];
/// Largest file that is captured, in bytes.
pub(super) const LARGEST: u64 = 256 << 10;

/// What is read of a machine before anything is sorted.
pub(super) struct Machine {
    pub(super) records: PackageRecords,
    pub(super) accounts: MachineAccounts,
    pub(super) found: FoundFiles,
    pub(super) units: Vec<CapturedUnit>,
    pub(super) environments: FoundEnvironments,
    /// The texts of the files that are captured.
    pub(super) texts: BTreeMap<Utf8PathBuf, FileText>,
    /// The bytes of those that are no text, in base64.
    pub(super) bytes: BTreeMap<Utf8PathBuf, String>,
    /// Keys with which people log in, by user.
    pub(super) keys: BTreeMap<String, Vec<String>>,
    pub(super) databases: Databases,
    pub(super) timezone: Option<String>,
    pub(super) locale: Option<String>,
}

impl Machine {
    pub(super) fn read(asked: &mut AskedMachine<'_>, rules: &Rules) -> Result<Self, Failure> {
        let manager = match asked.batch(&[Query::Host])?.pop() {
            Some(Answer::Host(host)) => host.package_manager,
            Some(Answer::Failed(failure)) => return Err(failure),
            _ => None,
        };
        if manager.as_deref() != Some("apt") {
            let manager =
                manager.map_or("none that chefrs knows".to_owned(), |manager| format!("`{manager}`"));
            return Err(Failure::new(format!(
                "only machines with apt can be captured, and this one has {manager}"
            )));
        }
        let records = dpkg::read(asked)?;
        let texts = asked.texts(accounts::FILES.map(Utf8PathBuf::from))?;
        let text = |path: &str| text_of(texts.get(Utf8Path::new(path)));
        let [passwd, group, login_defs] = accounts::FILES.map(text);
        let accounts = MachineAccounts::read(passwd, group, login_defs);
        let mut stats = asked.walk(&ROOTS, &|path| is_other_machinery(path))?;
        let mut places = asked.walk(&PLACES, &|path| is_inside_one_thing(path))?;
        let environments = environments::read(asked, &all(&stats, &places))?;
        let is_in_environment =
            |path: &Utf8Path| environments.places.iter().any(|place| path.starts_with(place));
        stats.retain(|path, _| !is_in_environment(path));
        places.retain(|path, _| !is_in_environment(path) && !path.starts_with("/home"));
        stats.extend(places);
        let mut large = large_things::leave_large(&mut stats);
        let mut found = files::decide(asked, stats, &records, rules)?;
        let own_units: Vec<&Utf8Path> = found
            .stats
            .iter()
            .filter(|(path, stat)| {
                path.parent() == Some(Utf8Path::new(OWN_UNITS))
                    && stat.kind == FileKind::File
                    && found.decisions.get(*path).is_some_and(PathDecision::is_captured)
            })
            .map(|(path, _)| path.as_path())
            .collect();
        let masked = found.stats.iter().filter(|(path, stat)| {
            path.parent() == Some(Utf8Path::new(OWN_UNITS)) && stat.target.as_deref() == Some("/dev/null")
        });
        let masked: BTreeSet<&str> = masked.filter_map(|(path, _)| path.file_name()).collect();
        let in_wants = |path: &&Utf8PathBuf| {
            path.starts_with(OWN_UNITS)
                && path.parent().is_some_and(|parent| parent.extension() == Some("wants"))
        };
        let linked: BTreeSet<&str> =
            found.stats.keys().filter(in_wants).filter_map(|path| path.file_name()).collect();
        let units = services::read(asked, &records, &own_units, &masked, &linked)?;
        let wanted: Vec<Utf8PathBuf> = captured_files(&found).map(Utf8Path::to_owned).collect();
        let texts = asked.texts(wanted)?;
        for (path, text) in &texts {
            if let (FileText::Text(text), Some(decision)) = (text, found.decisions.get_mut(path))
                && *decision == PathDecision::Own
                && path.starts_with("/etc")
                && says_nothing(text)
            {
                *decision = PathDecision::LeftOut { why: "has comments alone" };
            }
        }
        let binary: Vec<&Utf8Path> = texts
            .iter()
            .filter(|(path, text)| {
                **text == FileText::Binary && found.stats.get(*path).is_some_and(|stat| stat.size <= LARGEST)
            })
            .map(|(path, _)| path.as_path())
            .collect();
        let bytes = asked.base64(&binary)?;
        let keys = authorized_keys(asked, &accounts)?;
        let has_server =
            records.packages.keys().any(|name| name.starts_with("postgresql-") || name == "postgresql");
        let databases = if has_server { databases::read(asked)? } else { Databases::default() };
        let timezone = timezone(asked)?;
        let locale = locale(asked)?;
        asked.unread.append(&mut large);
        Ok(Self {
            records,
            accounts,
            found,
            units,
            environments,
            texts,
            bytes,
            keys,
            databases,
            timezone,
            locale,
        })
    }
}

fn all<'a, K: Ord + Clone, V: Clone>(one: &'a BTreeMap<K, V>, other: &'a BTreeMap<K, V>) -> BTreeMap<K, V> {
    one.iter().chain(other).map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// Whether a text has comments alone. An empty file is a sign that somebody set.
fn says_nothing(text: &str) -> bool {
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    !text.starts_with("#!") && lines().next().is_some() && lines().all(|line| line.starts_with('#'))
}

/// The regular files that are captured, and small enough.
fn captured_files(found: &FoundFiles) -> impl Iterator<Item = &Utf8Path> {
    let captured = found.decisions.iter().filter(|(path, decision)| {
        let stat = found.stats.get(*path);
        decision.is_captured() && stat.is_some_and(|stat| stat.kind == FileKind::File && stat.size <= LARGEST)
    });
    captured.map(|(path, _)| path.as_path())
}

/// Directories with thousands of files that packages and programs make, and that nobody edits.
fn is_other_machinery(path: &Utf8Path) -> bool {
    const MACHINERY: [&str; 4] =
        ["/etc/ssl/certs", "/etc/alternatives", "/usr/local/share/man", "/etc/pki/ca-trust/extracted"];
    MACHINERY.contains(&path.as_str()) || is_inside_one_thing(path)
}

/// Whether a path is inside of a virtual environment, a working copy, or what a package manager of a language keeps. Their
/// marks are seen, and nothing else of them.
fn is_inside_one_thing(path: &Utf8Path) -> bool {
    const INSIDE: [&str; 5] = ["site-packages", "dist-packages", "node_modules", "__pycache__", ".cache"];
    let inside_mark = path.components().rev().skip(1).any(|part| part.as_str() == GIT_MARK);
    inside_mark
        || path.file_name().is_some_and(|name| INSIDE.contains(&name))
        || path.components().rev().skip(1).any(|part| part.as_str() == VENV_MARK)
}

/// The keys of people, without options that can't be read as a line.
fn authorized_keys(
    asked: &mut AskedMachine<'_>,
    accounts: &MachineAccounts,
) -> Result<BTreeMap<String, Vec<String>>, Failure> {
    let homes = accounts.homes();
    let path = |home: &Utf8Path| home.join(".ssh/authorized_keys");
    let texts = asked.texts(homes.values().map(|home| path(home)))?;
    let keys = homes.iter().map(|(user, home)| {
        let lines = text_of(texts.get(&path(home))).lines().map(str::trim);
        let keys: Vec<String> =
            lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect();
        ((*user).to_owned(), keys)
    });
    Ok(keys.filter(|(_, keys)| !keys.is_empty()).collect())
}

/// The time zone, unless it is the one that every new system has.
fn timezone(asked: &mut AskedMachine<'_>) -> Result<Option<String>, Failure> {
    let answers = asked.batch(&[Query::Stat("/etc/localtime".into())])?;
    let Some(Answer::Stat(Some(stat))) = answers.into_iter().next() else { return Ok(None) };
    let zone = stat
        .target
        .as_deref()
        .and_then(|target| target.split_once("zoneinfo/"))
        .map(|(_, zone)| zone.to_owned());
    let plain: BTreeSet<&str> = ["UTC", "Etc/UTC", "UCT", "Etc/UCT", "Universal"].into();
    Ok(zone.filter(|zone| !plain.contains(zone.as_str())))
}

/// The locale, if one was chosen.
fn locale(asked: &mut AskedMachine<'_>) -> Result<Option<String>, Failure> {
    let files = ["/etc/locale.conf", "/etc/default/locale"].map(Utf8PathBuf::from);
    let texts = asked.texts(files.clone())?;
    let lines = files.iter().flat_map(|file| text_of(texts.get(file)).lines());
    let mut languages = lines.filter_map(|line| line.trim().strip_prefix("LANG="));
    let language = languages.next().map(|language| language.trim_matches(['"', '\'']).to_owned());
    Ok(language.filter(|language| !matches!(language.as_str(), "" | "C" | "POSIX" | "C.UTF-8")))
}
