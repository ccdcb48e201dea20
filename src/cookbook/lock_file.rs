//! `chefrs.lock`: the commit and the sum of every cookbook that comes from elsewhere.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use super::document::Document;
use super::keys;
use super::shared_source::{GitOrigin, GitPick, SharedSource};
use crate::model::error::{Diagnostic, Diagnostics, Location};
use crate::model::sorted;

/// Name of the file.
pub(super) const FILE: &str = "chefrs.lock";
/// Version of its form.
const VERSION: i64 = 1;
/// Begin of the lines that git writes around what it could not merge.
const MARKS: [&str; 3] = ["<<<<<<< ", ">>>>>>> ", "||||||| "];
/// What stands above the entries.
const HEAD: &str = "# Written by chefrs, for people to read and to commit. `chefrs update` changes it.\n";

/// The content of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct LockFile {
    pub(super) entries: BTreeMap<String, LockedCookbook>,
}

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LockedCookbook {
    pub(super) source: LockedSource,
    /// `alias = name version`, for those that are in the lock too.
    pub(super) dependencies: Vec<String>,
}

/// Where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LockedSource {
    /// A directory, which is used as it is.
    Path(String),
    Git(LockedCommit),
}

/// A commit of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LockedCommit {
    /// What was asked for: a tag, a branch, or a version.
    pub(super) origin: GitOrigin,
    pub(super) commit: String,
    pub(super) version: String,
    pub(super) sum: String,
}

impl LockFile {
    /// Parses the text.
    pub(super) fn read(text: &str) -> Result<Self, Diagnostics> {
        if let Some((index, line)) =
            text.lines().enumerate().find(|(_, line)| MARKS.iter().any(|mark| line.starts_with(mark)))
        {
            let line_number = u32::try_from(index + 1).unwrap_or(u32::MAX);
            let place = Location { file: FILE.to_owned(), line: line_number, excerpt: line.to_owned() };
            return Err(Diagnostic::error("the file has marks of a merge conflict")
                .at(place)
                .hint(format!(
                    "take one side, `git checkout --ours {FILE}`, and let `chefrs fetch` add what is missing"
                ))
                .into());
        }
        let document = Document::toml(FILE, text)?;
        match document.values.get("version").map(Value::as_i64) {
            Some(Some(VERSION)) => {}
            Some(Some(later)) if later > VERSION => {
                let message =
                    format!("the file has version {later}, and this chefrs knows version {VERSION}");
                return Err(document.wrong("version", message).hint("upgrade chefrs").into());
            }
            _ => {
                let mistake = document.wrong("version", "the file does not say its version");
                return Err(mistake.hint(HOW).into());
            }
        }
        let mut wrong = document.unknown_keys("", keys::LOCK);
        let mut entries = BTreeMap::new();
        let tables = match document.values.get("cookbook") {
            None => &Vec::new(),
            Some(Value::Array(tables)) => tables,
            Some(_) => return Err(document.wrong("cookbook", "`cookbook` must be a list").hint(HOW).into()),
        };
        for (index, table) in tables.iter().enumerate() {
            match entry(table) {
                Ok((name, entry)) if !entries.contains_key(&name) => drop(entries.insert(name, entry)),
                Ok((name, _)) => wrong.push(at(&document, index, format!("`{name}` is there twice"))),
                Err(message) => wrong.push(at(&document, index, message)),
            }
        }
        if wrong.is_empty() { Ok(Self { entries }) } else { Err(Diagnostics(wrong)) }
    }

    /// The text of the file.
    pub(super) fn text(&self) -> String {
        let mut text = format!("{HEAD}version = {VERSION}\n");
        for (name, entry) in &self.entries {
            let mut line = |key: &str, value: &str| {
                // A JSON string is a TOML string too. Writing to a string does not fail.
                let _ = writeln!(text, "{key} = {}", Value::from(value));
            };
            line("\n[[cookbook]]\nname", name);
            match &entry.source {
                LockedSource::Path(path) => line("source", &format!("path+{path}")),
                LockedSource::Git(git) => {
                    line("version", &git.version);
                    line("source", &git.shown());
                    line("sum", &git.sum);
                }
            }
            if !entry.dependencies.is_empty() {
                text.push_str("dependencies = [\n");
                for dependency in &entry.dependencies {
                    let _ = writeln!(text, "  {},", Value::from(dependency.as_str()));
                }
                text.push_str("]\n");
            }
        }
        text
    }

    /// Name and version of each cookbook.
    pub(super) fn names_and_versions(&self) -> Vec<String> {
        let shown = |name: &String| match self.commit(name) {
            Some(git) => format!("{name} {}", git.version),
            None => name.clone(),
        };
        self.entries.keys().map(shown).collect()
    }

    /// The entry of a git cookbook.
    pub(super) fn commit(&self, name: &str) -> Option<&LockedCommit> {
        match &self.entries.get(name)?.source {
            LockedSource::Git(git) => Some(git),
            LockedSource::Path(_) => None,
        }
    }
}

/// The last hint of every error about the content.
const HOW: &str = "the file is written by chefrs: remove it, and `chefrs fetch` makes it anew";

impl LockedCommit {
    /// Whether it is what a source asks for.
    pub(super) fn fits(&self, asked: &SharedSource, origin: &GitOrigin) -> bool {
        let is_picked = match &origin.pick {
            GitPick::Revision(revision) => self.commit.starts_with(revision.as_str()),
            // One beside it may come from another commit with the same content. Who asks for a range takes the commit
            // that another one names.
            GitPick::Beside(_) | GitPick::Version => true,
            named => *named == self.origin.pick,
        };
        origin.is_same_place(&self.origin) && is_picked && asked.version.allows(&self.version)
    }

    /// The source as it is written: `git+URL?subdirectory=postgres#COMMIT`.
    pub(super) fn shown(&self) -> String {
        let mut parameters = Vec::new();
        if !self.origin.subdirectory.is_empty() {
            parameters.push(format!("subdirectory={}", escaped(&self.origin.subdirectory)));
        }
        match &self.origin.pick {
            GitPick::Tag(tag) => parameters.push(format!("tag={}", escaped(tag))),
            GitPick::Branch(branch) => parameters.push(format!("branch={}", escaped(branch))),
            GitPick::Revision(revision) => parameters.push(format!("revision={revision}")),
            _ => {}
        }
        let mark = if parameters.is_empty() { "" } else { "?" };
        format!("git+{}{mark}{}#{}", self.origin.url, parameters.join("&"), self.commit)
    }
}

fn at(document: &Document, index: usize, message: String) -> Diagnostic {
    document.wrong(&format!("cookbook.{index}.name"), message).hint(HOW)
}

fn entry(table: &Value) -> Result<(String, LockedCookbook), String> {
    let text = |key: &str| table.get(key).and_then(Value::as_str).map(str::to_owned);
    let name = text("name").ok_or("an entry has no `name`")?;
    let source = text("source").ok_or(format!("`{name}` has no `source`"))?;
    let source = if let Some(path) = source.strip_prefix("path+") {
        LockedSource::Path(path.to_owned())
    } else {
        let missing = |key: &str| format!("`{name}` has no `{key}`");
        let (origin, commit) =
            git_source(&source).ok_or(format!("the source of `{name}` is not understood"))?;
        let version = text("version").ok_or_else(|| missing("version"))?;
        let sum = text("sum").ok_or_else(|| missing("sum"))?;
        if digits(&sum).is_none() {
            return Err(format!("the sum of `{name}` is not understood"));
        }
        LockedSource::Git(LockedCommit { origin, commit, version, sum })
    };
    let dependencies = table.get("dependencies").and_then(Value::as_array).into_iter().flatten();
    let mut dependencies: Vec<String> = dependencies.filter_map(Value::as_str).map(str::to_owned).collect();
    sorted::sort_by(&mut dependencies, Ord::cmp);
    Ok((name, LockedCookbook { source, dependencies }))
}

fn git_source(text: &str) -> Option<(GitOrigin, String)> {
    let (place, commit) = text.strip_prefix("git+")?.rsplit_once('#')?;
    let (url, parameters) = place.split_once('?').unwrap_or((place, ""));
    let mut origin = GitOrigin { url: url.to_owned(), subdirectory: String::new(), pick: GitPick::Version };
    for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
        let (key, value) = parameter.split_once('=')?;
        match key {
            "subdirectory" => origin.subdirectory = unescaped(value)?,
            "tag" => origin.pick = GitPick::Tag(unescaped(value)?),
            "branch" => origin.pick = GitPick::Branch(unescaped(value)?),
            "revision" => origin.pick = GitPick::Revision(unescaped(value)?),
            _ => return None,
        }
    }
    let is_hex = commit.len() >= 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| (origin, commit.to_owned()))
}

/// The digits of a sum, if it is one.
pub(super) fn digits(sum: &str) -> Option<&str> {
    let digits = sum.strip_prefix(super::tree_sum::FORM)?;
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    (digits.len() == 64 && digits.bytes().all(is_hex)).then_some(digits)
}

/// Characters that separate the parts of a source.
const SPECIAL: &str = "%?&#=";

fn escaped(text: &str) -> String {
    let escape = |c: char| if SPECIAL.contains(c) { format!("%{:02X}", u32::from(c)) } else { c.to_string() };
    text.chars().map(escape).collect()
}

fn unescaped(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut whole = parts.next()?.to_owned();
    for part in parts {
        let code = u8::from_str_radix(part.get(..2)?, 16).ok()?;
        whole.push(char::from(code));
        whole.push_str(&part[2..]);
    }
    Some(whole)
}
