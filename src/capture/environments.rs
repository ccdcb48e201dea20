//! Virtual environments of Python and working copies of git, found by the files that mark them.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;

use super::asking::AskedMachine;
use super::declaration::CapturedResource;
use crate::model::error::Failure;
use crate::model::query::{Answer, FileKind, FileText, Query, Stat};

/// The file that every virtual environment has: PEP 405.
pub(super) const VENV_MARK: &str = "pyvenv.cfg";
/// The directory that a working copy has.
pub(super) const GIT_MARK: &str = ".git";
/// Distributions that are in every virtual environment.
const ALWAYS: [&str; 4] = ["pip", "setuptools", "wheel", "pkg_resources"];
/// Names of files that list what an environment needs, best first.
const REQUIREMENTS: [&str; 2] = ["requirements.lock", "requirements.txt"];

/// Whether a file or directory of that name tells of an environment or a working copy.
pub(super) fn is_mark(name: &str) -> bool {
    [VENV_MARK, GIT_MARK].contains(&name) || REQUIREMENTS.contains(&name)
}

/// Directories that are one thing: nothing in them is looked at.
#[derive(Debug, Default)]
pub(super) struct FoundEnvironments {
    pub(super) declarations: Vec<CapturedResource>,
    /// Where they are.
    pub(super) places: Vec<Utf8PathBuf>,
}

/// Reads the virtual environments and working copies among the directories of `stats`.
pub(super) fn read(
    asked: &mut AskedMachine<'_>,
    stats: &BTreeMap<Utf8PathBuf, Stat>,
) -> Result<FoundEnvironments, Failure> {
    let mut found = FoundEnvironments::default();
    let marked = |mark: &str, kind: FileKind| {
        let marks = stats.iter().filter(|(path, stat)| path.file_name() == Some(mark) && stat.kind == kind);
        marks.filter_map(|(path, _)| path.parent()).map(Utf8Path::to_owned).collect::<Vec<_>>()
    };
    let (environments, copies) = (marked(VENV_MARK, FileKind::File), marked(GIT_MARK, FileKind::Directory));
    let of_environment =
        |place: &Utf8PathBuf| [Query::Read(place.join(VENV_MARK)), Query::List(place.join("lib"))];
    let of_copy =
        |place: &Utf8PathBuf| ["config", "HEAD"].map(|name| Query::Read(place.join(GIT_MARK).join(name)));
    asked.ask_ahead(
        environments.iter().flat_map(of_environment).chain(copies.iter().flat_map(of_copy)).collect(),
    )?;
    for place in environments {
        found.declarations.extend(virtual_environment(asked, &place, stats)?);
        found.places.push(place);
    }
    for place in copies {
        found.declarations.extend(working_copy(asked, &place, stats)?);
        found.places.push(place);
    }
    Ok(found)
}

fn virtual_environment(
    asked: &mut AskedMachine<'_>,
    place: &Utf8Path,
    stats: &BTreeMap<Utf8PathBuf, Stat>,
) -> Result<Option<CapturedResource>, Failure> {
    let settings = place.join(VENV_MARK);
    let lib = place.join("lib");
    let mut answers = asked.batch(&[Query::Read(settings), Query::List(lib.clone())])?.into_iter();
    let (Some(Answer::Read(Some(FileText::Text(settings)))), Some(Answer::List(Some(versions)))) =
        (answers.next(), answers.next())
    else {
        return Ok(None);
    };
    let Some(version) = versions.iter().find(|name| name.starts_with("python")) else { return Ok(None) };
    let packages = lib.join(version).join("site-packages");
    let Some(wanted) = requested(asked, &packages)? else { return Ok(None) };
    let mut declaration = CapturedResource::new("python_venv", place.as_str());
    declaration.evidence = wanted.iter().filter_map(FoundDistribution::warning).collect();
    let wanted: Vec<String> =
        wanted.iter().map(|found| format!("{}=={}", found.name, found.version)).collect();
    let listed = place.parent().and_then(|project| {
        REQUIREMENTS.iter().map(|name| project.join(name)).find(|path| stats.contains_key(path))
    });
    if let Some(path) = listed {
        declaration.evidence.clear();
        declaration = declaration.with("requirements", path.as_str());
    } else if !wanted.is_empty() {
        declaration = declaration.with("packages", Value::from(wanted));
    }
    let setting = |wanted: &str| {
        let mut pairs = settings.lines().filter_map(|line| line.split_once('='));
        pairs.find(|(name, _)| name.trim() == wanted).map(|(_, value)| value.trim().to_owned())
    };
    let python = version.as_str();
    let of_system = setting("home").is_none_or(|home| home == "/usr/bin");
    if !of_system {
        let home = setting("home").unwrap_or_default();
        declaration = declaration.with("python", Utf8Path::new(&home).join(python).as_str());
    }
    if setting("include-system-site-packages").as_deref() == Some("true") {
        declaration = declaration.with("system_site_packages", true);
    }
    Ok(Some(of_owner(declaration, place, stats)))
}

/// A distribution that somebody asked for.
pub(super) struct FoundDistribution {
    pub(super) name: String,
    pub(super) version: String,
    /// The address that it came from, if that was no package index: PEP 610.
    origin: Option<String>,
}

impl FoundDistribution {
    /// What a person should know who gets it by its version.
    pub(super) fn warning(&self) -> Option<String> {
        let (name, origin) = (&self.name, self.origin.as_ref()?);
        Some(format!(
            "{name} came from {origin}. Only its version is declared: a package index must have it."
        ))
    }
}

/// The distributions in a directory that somebody asked for. None if there is no such directory.
pub(super) fn requested(
    asked: &mut AskedMachine<'_>,
    packages: &Utf8Path,
) -> Result<Option<Vec<FoundDistribution>>, Failure> {
    let Some(Answer::List(Some(names))) = asked.batch(&[Query::List(packages.to_owned())])?.pop() else {
        return Ok(None);
    };
    let distributions: Vec<(&str, &str, &str)> = names
        .iter()
        .filter_map(|name| {
            let (distribution, version) = name.strip_suffix(".dist-info")?.rsplit_once('-')?;
            (!ALWAYS.contains(&distribution)).then_some((distribution, version, name.as_str()))
        })
        .collect();
    // pip marks what it was asked for: PEP 376. Where it marks nothing, all count.
    let marks = |name: &str| {
        let place = packages.join(name);
        [Query::Stat(place.join("REQUESTED")), Query::Read(place.join("direct_url.json"))]
    };
    let answers =
        asked.batch(&distributions.iter().flat_map(|(_, _, name)| marks(name)).collect::<Vec<_>>())?;
    let is_requested = |answers: &[Answer]| matches!(answers.first(), Some(Answer::Stat(Some(_))));
    let any = answers.chunks(2).any(is_requested);
    let wanted =
        distributions.iter().zip(answers.chunks(2)).filter(|(_, answers)| is_requested(answers) || !any);
    let found = wanted.map(|((name, version, _), answers)| FoundDistribution {
        name: (*name).to_owned(),
        version: (*version).to_owned(),
        origin: origin(answers.get(1)),
    });
    Ok(Some(found.collect()))
}

/// The address in a `direct_url.json`, without a login.
fn origin(answer: Option<&Answer>) -> Option<String> {
    let Some(Answer::Read(Some(FileText::Text(text)))) = answer else { return None };
    let address = serde_json::from_str::<Value>(text).ok()?["url"].as_str()?.to_owned();
    Some(without_login(&address).0)
}

/// An address without the login in it, and whether there was one. On the web it may be a token alone; elsewhere, as in
/// `ssh://git@host/`, a name is no secret.
fn without_login(address: &str) -> (String, bool) {
    let login = address.split_once("://").and_then(|(_, rest)| rest.split('/').next()?.rsplit_once('@'));
    let is_secret = |login: &&str| login.contains(':') || address.starts_with("http");
    match login.map(|(login, _)| login).filter(is_secret) {
        Some(login) => (address.replacen(&format!("{login}@"), "", 1), true),
        None => (address.to_owned(), false),
    }
}

fn of_owner(
    declaration: CapturedResource,
    place: &Utf8Path,
    stats: &BTreeMap<Utf8PathBuf, Stat>,
) -> CapturedResource {
    match stats.get(place).filter(|stat| stat.uid != 0) {
        Some(stat) => declaration.with("user", stat.owner.as_str()),
        None => declaration,
    }
}

fn working_copy(
    asked: &mut AskedMachine<'_>,
    place: &Utf8Path,
    stats: &BTreeMap<Utf8PathBuf, Stat>,
) -> Result<Option<CapturedResource>, Failure> {
    let git = place.join(GIT_MARK);
    let texts = asked.texts(["config", "HEAD"].map(|name| git.join(name)))?;
    let text = |name: &str| match texts.get(&git.join(name)) {
        Some(FileText::Text(text)) => text.as_str(),
        _ => "",
    };
    let mut section = "";
    let mut address = None;
    for line in text("config").lines().map(str::trim) {
        if line.starts_with('[') {
            section = line;
        } else if section == "[remote \"origin\"]"
            && let Some((name, value)) = line.split_once('=')
            && name.trim() == "url"
        {
            address = Some(value.trim().to_owned());
        }
    }
    let Some(address) = address else { return Ok(None) };
    let head = text("HEAD").trim();
    let revision = head.strip_prefix("ref: refs/heads/").unwrap_or(head);
    // A login in the address is nobody else's business.
    let (address, had_login) = without_login(&address);
    let mut declaration =
        CapturedResource::new("git", place.as_str()).with("repository", address).with("revision", revision);
    if had_login {
        declaration = declaration.because("its remote has a login in the address, which is left out");
    }
    Ok(Some(of_owner(declaration, place, stats)))
}
