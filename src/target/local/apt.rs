//! APT: candidates, and its locks, waited for by name of whoever holds them.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use rustix::process::{Flock, FlockType};

use super::packages::is_name;
use super::process;
use super::surroundings::Surroundings;
use crate::model::english::{count, printable};
use crate::model::error::Failure;
use crate::model::query::OfferedPackage;
use crate::model::step::Command;
use crate::target::Progress;
use crate::target::interrupt::{Bond, HALTED, Interrupt};

/// What dpkg and APT lock, in the order in which they take it.
const LOCKS: [&str; 4] = [
    "/var/lib/dpkg/lock-frontend",
    "/var/lib/dpkg/lock",
    "/var/lib/apt/lists/lock",
    "/var/cache/apt/archives/lock",
];
/// How often the locks are looked at.
const LOOK: Duration = Duration::from_millis(250);
/// How often the wait is told.
const TELL: Duration = Duration::from_secs(5);
/// Seconds for `apt-cache`.
const CACHE_TIMEOUT: u64 = 60;

/// What the sources offer of a package.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackageOffer {
    /// The version that an install would bring.
    pub candidate: Option<String>,
    /// All versions, the one that APT prefers first.
    pub versions: Vec<String>,
}

/// What is offered of all names, through one call.
///
/// # Errors
/// A name can't be one, or `apt-cache` failed.
pub(super) fn offers(names: &[&str], with: &Surroundings) -> Result<HashMap<String, PackageOffer>, Failure> {
    Ok(parse_policy(&cache("policy", names, with)?))
}

/// What provides each name, through one call.
///
/// # Errors
/// A name can't be one, or `apt-cache` failed.
pub(super) fn providers(
    names: &[&str],
    with: &Surroundings,
) -> Result<HashMap<String, Vec<OfferedPackage>>, Failure> {
    Ok(parse_providers(&cache("showpkg", names, with)?))
}

/// What `apt-cache` prints. Names that no source has are passed over by the program.
fn cache(verb: &str, names: &[&str], with: &Surroundings) -> Result<String, Failure> {
    let ask = |options: &[&str]| {
        let argv = [&["apt-cache"], options, &[verb, "--"], names].concat();
        process::output_of(&argv, with, CACHE_TIMEOUT)
    };
    // Asking never writes: apt's own cache is used where it is there and new, and made in memory alone where it is not,
    // or where apt finds that it is not: an installation that broke off leaves it younger than what it was made from.
    if cache_is_new() {
        let said = ask(&["--no-generate"]);
        if said.is_ok() {
            return said;
        }
    }
    ask(&["-o", "Dir::Cache::pkgcache=", "-o", "Dir::Cache::srcpkgcache="])
}

/// Whether the cache file was written after everything that goes into it.
fn cache_is_new() -> bool {
    let written = |path: &str| std::fs::metadata(path).and_then(|found| found.modified()).ok();
    let Some(cache) = written("/var/cache/apt/pkgcache.bin") else { return false };
    let sources = [
        "/var/lib/dpkg/status",
        "/var/lib/apt/lists",
        "/etc/apt",
        "/etc/apt/sources.list",
        "/etc/apt/sources.list.d",
        "/etc/apt/preferences.d",
    ];
    sources.into_iter().filter_map(written).all(|source| source < cache)
}

/// Reads what `apt-cache policy` prints: each package with the version that an install would bring, and the table of
/// versions, each with its sources below it. A version that is only installed is not on offer.
#[must_use]
pub fn parse_policy(text: &str) -> HashMap<String, PackageOffer> {
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
                && !line.trim_end().ends_with("/var/lib/dpkg/status")
                && !offer.versions.iter().any(|known| known == version)
            {
                offer.versions.push(version.to_owned());
            }
        }
    }
    found
}

/// Reads what `apt-cache showpkg` prints: of each package who provides it, each with the version that does.
#[must_use]
pub fn parse_providers(text: &str) -> HashMap<String, Vec<OfferedPackage>> {
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
            && is_name(provider)
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

/// `Step::Packages`.
///
/// # Errors
/// Another manager, a name that is none, the lock was not free in time, or the command failed.
pub(super) fn run(
    manager: &str,
    command: &Command,
    packages: &[String],
    with: &Surroundings,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), Failure> {
    let command = with_packages(manager, command, packages)?;
    wait_for_lock(&command, &with.interrupt, progress)?;
    process::run_bound(Bond::Finishes, &command, with, process::STEP_TIMEOUT, progress).accept(&command)
}

/// The command with the packages behind it.
///
/// # Errors
/// Another manager, or a name that is none.
pub(in crate::target) fn with_packages(
    manager: &str,
    command: &Command,
    packages: &[String],
) -> Result<Command, Failure> {
    if manager != "apt" {
        return Err(Failure::new(format!("there is no package manager `{manager}` here"))
            .hint("chefrs supports `apt`"));
    }
    // `name=version` and `name/release` are APT's, an option is nobody's package.
    let valid = |package: &str| is_name(package.split(['=', '/']).next().unwrap_or_default());
    if let Some(bad) = packages.iter().find(|package| !valid(package)) {
        return Err(Failure::new(format!("`{bad}` can't be the name of a package")));
    }
    let mut command = command.clone();
    command.argv.extend(packages.iter().cloned());
    Ok(command)
}

/// Waits until nobody holds the package locks, as long as the command itself may take.
///
/// # Errors
/// Somebody held one all the time.
pub(super) fn wait_for_lock(
    command: &Command,
    interrupt: &Interrupt,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), Failure> {
    let seconds = if command.timeout == 0 { process::STEP_TIMEOUT } else { command.timeout };
    let start = Instant::now();
    let mut told: Option<Instant> = None;
    while let Some((lock, holder)) = LOCKS.iter().find_map(|lock| Some((lock, holder(lock)?))) {
        if interrupt.is_halted() {
            return Err(Failure::new(format!("{HALTED} while {holder} held the package lock `{lock}`")));
        }
        if start.elapsed() >= Duration::from_secs(seconds) {
            return Err(Failure::new(format!(
                "the package lock `{lock}` was held by {holder} for {}",
                count(usize::try_from(seconds).unwrap_or(usize::MAX), "second")
            ))
            .hint("wait for it to end, or stop it, and run again"));
        }
        if told.is_none_or(|told| told.elapsed() >= TELL) {
            progress(Progress::Waiting(format!("the package lock is held by {holder}")));
            told = Some(Instant::now());
        }
        std::thread::sleep(LOOK);
    }
    Ok(())
}

/// Who holds a lock file, as `apt-get (pid 123)`; nothing when it is free, or not ours to look at.
#[must_use]
pub fn holder(lock: &str) -> Option<String> {
    let file = std::fs::File::open(lock).ok()?;
    let held = rustix::process::fcntl_getlk(&file, &Flock::from(FlockType::WriteLock)).ok()??;
    let Some(pid) = held.pid else { return Some("a process in another container".into()) };
    let pid = pid.as_raw_nonzero();
    let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    let name = printable(name.trim_end());
    let name = if name.is_empty() { "a process".to_owned() } else { name };
    Some(format!("{name} (pid {pid})"))
}
