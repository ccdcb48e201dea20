//! What is read of a machine before anything is sorted.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use super::accounts::{self, MachineAccounts};
use super::alternatives;
use super::asking::{AskedMachine, INSIDE_PACKAGES, directories, query, text_of};
use super::captured_server::CapturedServer;
use super::databases;
use super::declaration::CapturedResource;
use super::environments::{self, FoundEnvironments, GIT_MARK, VENV_MARK};
use super::files::{self, FoundFiles, PathDecision};
use super::globals::{self, Globals};
use super::large_things::{self, LARGEST};
use super::mounts::{self, FoundMounts};
use super::package_records::PackageRecords;
use super::rules::Rules;
use super::services::{self, CapturedUnit, OWN_UNITS, paths};
use super::{dpkg, openrc, portage, rpm};
use crate::model::error::Failure;
use crate::model::query::{Answer, FileKind, FileText, Init, Query, Stat};
use crate::model::sorted;

/// Directories of which everything is looked at. In homes that is for virtual environments and working copies alone.
const ROOTS: [&str; 7] =
    ["/etc", "/usr/local", "/var/spool/cron/crontabs", "/opt", "/srv", "/var/www", "/home"];
/// Files that say which locale was chosen.
const LOCALES: [&str; 2] = ["/etc/locale.conf", "/etc/default/locale"];
/// The link that says which time zone was chosen.
const LOCALTIME: &str = "/etc/localtime";
/// Names of machines.
const HOSTS: &str = "/etc/hosts";
/// The file that names the release.
const RELEASE: &str = "/etc/os-release";
/// Architectures as the kernel and as packages name them.
const ARCHITECTURES: [(&str, &str); 2] = [("x86_64", "amd64"), ("aarch64", "arm64")];

/// What is read of a machine before anything is sorted.
pub(super) struct Machine {
    pub(super) package_manager: String,
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
    pub(super) databases: Vec<CapturedServer>,
    pub(super) globals: Globals,
    pub(super) mounts: FoundMounts,
    pub(super) alternatives: Vec<CapturedResource>,
    /// Directories with data, in places that are not looked at.
    pub(super) data: BTreeMap<Utf8PathBuf, Stat>,
    pub(super) timezone: Option<String>,
    pub(super) locale: Option<String>,
    /// Words that name the release or the architecture: `bookworm`, `x86_64`, `amd64`.
    pub(super) bound: Vec<String>,
    /// Directories that are captured as a whole, or not at all.
    pub(super) large_trees: BTreeSet<Utf8PathBuf>,
}

impl Machine {
    pub(super) fn read(asked: &mut AskedMachine<'_>, rules: &Rules) -> Result<Self, Failure> {
        let host = match asked.batch(&[Query::Host])?.pop() {
            Some(Answer::Host(host)) => host,
            Some(Answer::Failed(failure)) => return Err(failure),
            _ => return Err(Failure::new("the machine did not tell what it is")),
        };
        let mut ahead: Vec<Query> = vec![query(directories(&ROOTS))];
        ahead.extend(
            accounts::FILES
                .iter()
                .chain(&LOCALES)
                .chain([&RELEASE, &HOSTS])
                .map(|path| Query::Read((*path).into())),
        );
        ahead.push(Query::Stat(LOCALTIME.into()));
        ahead.extend(ROOTS.map(|root| Query::Stat(root.into())));
        ahead.extend(globals::directories());
        ahead.extend(mounts::questions());
        ahead.push(alternatives::question());
        ahead.extend(match host.package_manager.as_deref() {
            Some("apt") => dpkg::questions(),
            _ => Vec::new(),
        });
        if !host.has(Init::Openrc) {
            ahead.extend(services::questions());
        }
        asked.ask_ahead(ahead)?;
        let records = match host.package_manager.as_deref() {
            Some("apt") => dpkg::read(asked)?,
            Some(manager @ ("dnf" | "dnf5" | "yum" | "zypper")) => rpm::read(asked, manager)?,
            Some("portage") => portage::read(asked)?,
            other => {
                let manager =
                    other.map_or("none that chefrs knows".to_owned(), |manager| format!("`{manager}`"));
                return Err(Failure::new(format!(
                    "machines with apt, dnf, yum, zypper or Portage can be captured, and this one has {manager}"
                )));
            }
        };
        let texts = asked.texts(accounts::FILES.map(Utf8PathBuf::from))?;
        let text = |path: &str| text_of(texts.get(Utf8Path::new(path)));
        let [passwd, group, login_defs] = accounts::FILES.map(text);
        let accounts = MachineAccounts::read(passwd, group, login_defs);
        let mut later = globals::questions(asked, &accounts)?;
        later.extend(accounts.homes().values().map(|home| Query::Read(keys_of(home))));
        asked.ask_ahead(later)?;
        let mut stats = asked.walk(&ROOTS, &is_other_machinery)?;
        let environments = environments::read(asked, &stats)?;
        let is_in_environment =
            |path: &Utf8Path| environments.places.iter().any(|place| path.starts_with(place));
        stats.retain(|path, _| !is_in_environment(path) && !path.starts_with("/home"));
        let mut large = large_things::leave_large(&mut stats, &records);
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
        let masked: BTreeSet<&str> = sorted::collected(masked.filter_map(|(path, _)| path.file_name()));
        let in_wants = |path: &&Utf8PathBuf| {
            path.starts_with(OWN_UNITS)
                && path.parent().is_some_and(|parent| parent.extension() == Some("wants"))
        };
        let linked: BTreeSet<&str> =
            sorted::collected(found.stats.keys().filter(in_wants).filter_map(|path| path.file_name()));
        let units = if host.has(Init::Openrc) {
            openrc::read(asked, &records)?
        } else {
            services::read(asked, &records, &own_units, &masked, &linked)?
        };
        let wanted: Vec<Utf8PathBuf> = captured_files(&found).map(Utf8Path::to_owned).collect();
        let texts = asked.texts(wanted)?;
        for (path, text) in &texts {
            if let (FileText::Text(text), Some(decision)) = (text, found.decisions.get_mut(path))
                && *decision == PathDecision::Own
            {
                if path.starts_with("/etc") && says_nothing(text) {
                    *decision = PathDecision::LeftOut { why: "has comments alone" };
                } else if path.starts_with("/usr/local/bin") && globals::makes(text) {
                    *decision = PathDecision::LeftOut { why: "is made by pip or gem, with its package" };
                }
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
        let databases = databases::read(asked, &records)?;
        let mounts = mounts::read(asked)?;
        let alternatives = alternatives::read(asked)?;
        let data = data(asked, &accounts, &units, &texts)?;
        let globals = globals::read(asked, &accounts)?;
        let timezone = timezone(asked)?;
        let locale = locale(asked)?;
        asked.unread.append(&mut large.told);
        if rules.of_path(Utf8Path::new(HOSTS)).is_none() && has_other_hosts(asked, &host.uname[1])? {
            asked.unread.push(format!(
                "`{HOSTS}` has names of other machines, and is left out: the rule `!{HOSTS}` takes it"
            ));
        }
        let bound = bound(asked, &host.uname[4])?;
        Ok(Self {
            package_manager: host.package_manager.unwrap_or_default(),
            records,
            accounts,
            found,
            units,
            environments,
            texts,
            bytes,
            keys,
            databases,
            globals,
            mounts,
            alternatives,
            data,
            timezone,
            locale,
            bound,
            large_trees: large.trees,
        })
    }
}

/// Whether names of machines other than this one were written down.
fn has_other_hosts(asked: &mut AskedMachine<'_>, own: &str) -> Result<bool, Failure> {
    const OWN: [&str; 4] = ["127.", "::1", "fe00:", "ff0"];
    let texts = asked.texts([Utf8PathBuf::from(HOSTS)])?;
    let mut lines = texts.values().flat_map(|text| text_of(Some(text)).lines());
    Ok(lines.any(|line| {
        let mut words = line.split('#').next().unwrap_or_default().split_ascii_whitespace();
        let is_own = |address: &str| OWN.iter().any(|own| address.starts_with(own));
        let other = words.next().is_some_and(|address| !is_own(address));
        other && !words.any(|name| name.split('.').next() == Some(own))
    }))
}

/// Directories in places that are not looked at: homes of services, and what units and configuration files name, with what
/// is above them.
fn data(
    asked: &mut AskedMachine<'_>,
    accounts: &MachineAccounts,
    units: &[CapturedUnit],
    texts: &BTreeMap<Utf8PathBuf, FileText>,
) -> Result<BTreeMap<Utf8PathBuf, Stat>, Failure> {
    let homes = accounts.users.iter().map(|user| Utf8PathBuf::from(&user.home));
    let of_units = units.iter().filter(|unit| unit.is_own).flat_map(|unit| unit.paths.iter().cloned());
    let of_texts = texts.values().flat_map(|text| paths(text_of(Some(text))));
    let named: BTreeSet<Utf8PathBuf> = sorted::collected(homes.chain(of_units).chain(of_texts));
    let above = named.iter().flat_map(|path| path.ancestors()).filter(|path| is_data(path));
    let candidates: BTreeSet<Utf8PathBuf> = sorted::collected(above.map(Utf8Path::to_owned));
    let mut stats = asked.stats(&candidates.into_iter().collect::<Vec<_>>())?;
    stats.retain(|_, stat| stat.kind == FileKind::Directory);
    Ok(stats)
}

/// Whether a path may be a directory with data, in a place that is not looked at.
fn is_data(path: &Utf8Path) -> bool {
    const DATA: [&str; 4] = ["/var/", "/mnt/", "/data/", "/media/"];
    const NOT: [&str; 4] = ["/var/run", "/var/lock", "/var/tmp", "/var/www"];
    DATA.iter().any(|place| path.as_str().starts_with(place))
        && !NOT.iter().any(|place| path.starts_with(place))
}

/// Words that name the release or the architecture of the machine.
fn bound(asked: &mut AskedMachine<'_>, machine: &str) -> Result<Vec<String>, Failure> {
    let texts = asked.texts([Utf8PathBuf::from(RELEASE)])?;
    let mut lines = texts.values().flat_map(|text| text_of(Some(text)).lines());
    let codename = lines.find_map(|line| line.strip_prefix("VERSION_CODENAME="));
    let other = ARCHITECTURES.iter().find(|(name, _)| *name == machine).map(|(_, other)| *other);
    let words = [Some(machine), other, codename].into_iter().flatten();
    Ok(words.map(|word| word.trim_matches('"').to_owned()).filter(|word| word.len() > 3).collect())
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
fn is_other_machinery(path: &Utf8Path, is_directory: bool) -> bool {
    const MACHINERY: [&str; 3] = ["/etc/alternatives", "/usr/local/share/man", "/etc/pki/ca-trust/extracted"];
    // In homes only directories matter that are a virtual environment or a working copy.
    let is_private =
        !is_directory && path.starts_with("/home") && !path.file_name().is_some_and(environments::is_mark);
    MACHINERY.contains(&path.as_str()) || is_private || is_inside_one_thing(path)
}

/// Whether a path is inside of a virtual environment, a working copy, or what a package manager of a language keeps. Their
/// marks are seen, and nothing else of them.
fn is_inside_one_thing(path: &Utf8Path) -> bool {
    let inside_mark = path.components().rev().skip(1).any(|part| part.as_str() == GIT_MARK);
    inside_mark
        || path.file_name().is_some_and(|name| INSIDE_PACKAGES.contains(&name))
        || path.components().rev().skip(1).any(|part| part.as_str() == VENV_MARK)
}

/// The file of the keys with which a person logs in.
fn keys_of(home: &Utf8Path) -> Utf8PathBuf {
    home.join(".ssh/authorized_keys")
}

/// The keys of people, without options that can't be read as a line.
fn authorized_keys(
    asked: &mut AskedMachine<'_>,
    accounts: &MachineAccounts,
) -> Result<BTreeMap<String, Vec<String>>, Failure> {
    let homes = accounts.homes();
    let texts = asked.texts(homes.values().map(|home| keys_of(home)))?;
    let keys = homes.iter().map(|(user, home)| {
        let lines = text_of(texts.get(&keys_of(home))).lines().map(str::trim);
        let keys: Vec<String> =
            lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect();
        ((*user).to_owned(), keys)
    });
    Ok(sorted::collected(keys.filter(|(_, keys)| !keys.is_empty())))
}

/// The time zone, unless it is the one that every new system has.
fn timezone(asked: &mut AskedMachine<'_>) -> Result<Option<String>, Failure> {
    let answers = asked.batch(&[Query::Stat(LOCALTIME.into())])?;
    let Some(Answer::Stat(Some(stat))) = answers.into_iter().next() else { return Ok(None) };
    let zone = stat
        .target
        .as_deref()
        .and_then(|target| target.split_once("zoneinfo/"))
        .map(|(_, zone)| zone.to_owned());
    const PLAIN: [&str; 5] = ["UTC", "Etc/UTC", "UCT", "Etc/UCT", "Universal"];
    Ok(zone.filter(|zone| !PLAIN.contains(&zone.as_str())))
}

/// The locale, if one was chosen.
fn locale(asked: &mut AskedMachine<'_>) -> Result<Option<String>, Failure> {
    let files = LOCALES.map(Utf8PathBuf::from);
    let texts = asked.texts(files.clone())?;
    let lines = files.iter().flat_map(|file| text_of(texts.get(file)).lines());
    let mut languages = lines.filter_map(|line| line.trim().strip_prefix("LANG="));
    let language = languages.next().map(|language| language.trim_matches(['"', '\'']).to_owned());
    Ok(language.filter(|language| !matches!(language.as_str(), "" | "C" | "POSIX" | "C.UTF-8")))
}
