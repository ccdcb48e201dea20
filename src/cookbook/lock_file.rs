//! `chefrs.lock`: the version, the source and the sum of every cookbook that comes from elsewhere.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use super::document::Document;
use super::keys;
use super::locked_source;
use super::scoped_name::{answers_to, is_full_name, short};
use super::shared_origin::{FetchedOrigin, GitPick, SharedSource};
use super::signature::is_fingerprint;
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
    /// By name in the project, which has no scope.
    pub(super) entries: BTreeMap<String, LockedCookbook>,
}

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LockedCookbook {
    /// The whole name.
    pub(super) name: String,
    pub(super) source: LockedSource,
    /// The digest of what it declares to need. Empty for a directory.
    pub(super) capabilities: String,
    /// `alias = name version`, for those that are in the lock too.
    pub(super) dependencies: Vec<String>,
}

/// Where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LockedSource {
    /// A directory, which is used as it is.
    Path(String),
    Fetched(LockedVersion),
}

/// A version that was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LockedVersion {
    /// What was asked for: a tag, a branch, or a version.
    pub(super) origin: FetchedOrigin,
    /// The commit, or the digest of the manifest in an OCI registry. Empty for others.
    pub(super) exact: String,
    pub(super) version: String,
    pub(super) sum: String,
    /// The fingerprint of the key that signed it, if it is signed.
    pub(super) signer: Option<String>,
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
                Ok(entry) => {
                    let message = format!("`{}` is there twice", entry.name);
                    if entries.insert(short(&entry.name), entry).is_some() {
                        wrong.push(at(&document, index, message));
                    }
                }
                Err(message) => wrong.push(at(&document, index, message)),
            }
        }
        if wrong.is_empty() { Ok(Self { entries }) } else { Err(Diagnostics(wrong)) }
    }

    /// The text of the file.
    pub(super) fn text(&self) -> String {
        let mut text = format!("{HEAD}version = {VERSION}\n");
        let mut entries: Vec<&LockedCookbook> = self.entries.values().collect();
        sorted::sort_by(&mut entries, |one, other| one.name.cmp(&other.name));
        for entry in entries {
            let mut line = |key: &str, value: &str| {
                // A JSON string is a TOML string too. Writing to a string does not fail.
                let _ = writeln!(text, "{key} = {}", Value::from(value));
            };
            line("\n[[cookbook]]\nname", &entry.name);
            match &entry.source {
                LockedSource::Path(path) => line("source", &format!("path+{path}")),
                LockedSource::Fetched(locked) => {
                    line("version", &locked.version);
                    line("source", &locked.shown());
                    line("sum", &locked.sum);
                    line("capabilities", &entry.capabilities);
                    if let Some(signer) = &locked.signer {
                        line("signer", signer);
                    }
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
        let shown = |entry: &LockedCookbook| match &entry.source {
            LockedSource::Fetched(locked) => format!("{} {}", entry.name, locked.version),
            LockedSource::Path(_) => entry.name.clone(),
        };
        self.entries.values().map(shown).collect()
    }

    /// The version of a cookbook that is fetched, by its name with or without the scope.
    pub(super) fn fetched(&self, name: &str) -> Option<&LockedVersion> {
        let entry = self.entries.get(&short(name)).filter(|entry| answers_to(&entry.name, name))?;
        match &entry.source {
            LockedSource::Fetched(locked) => Some(locked),
            LockedSource::Path(_) => None,
        }
    }
}

/// The last hint of every error about the content.
const HOW: &str = "the file is written by chefrs: remove it, and `chefrs fetch` makes it anew";

impl LockedVersion {
    /// Whether it is what a source asks for.
    pub(super) fn fits(&self, asked: &SharedSource, origin: &FetchedOrigin) -> bool {
        let is_picked = match origin.pick() {
            GitPick::Revision(revision) => self.exact.starts_with(revision.as_str()),
            // One beside it may come from another commit with the same content. Who asks for a range takes the commit
            // that another one names.
            GitPick::Beside(_) | GitPick::Version => true,
            named => named == self.origin.pick(),
        };
        let is_sum = match origin {
            FetchedOrigin::Archive(archive) => archive.sum.as_ref().is_none_or(|sum| *sum == self.sum),
            _ => true,
        };
        origin.is_same_place(&self.origin) && is_picked && is_sum && asked.version.allows(&self.version)
    }

    /// The source as it is written.
    pub(super) fn shown(&self) -> String {
        locked_source::written(&self.origin, &self.exact)
    }

    /// The version with what says which one exactly, for messages: `1.2.0 (9fceb02)`.
    pub(super) fn exactly(&self) -> String {
        match &self.origin {
            FetchedOrigin::Git(_) => format!("{} ({})", self.version, &self.exact[..7]),
            _ => self.version.clone(),
        }
    }
}

fn at(document: &Document, index: usize, message: String) -> Diagnostic {
    document.wrong(&format!("cookbook.{index}.name"), message).hint(HOW)
}

fn entry(table: &Value) -> Result<LockedCookbook, String> {
    let text = |key: &str| table.get(key).and_then(Value::as_str).map(str::to_owned);
    let name = text("name").ok_or("an entry has no `name`")?;
    if !is_full_name(&name) {
        return Err(format!("`{}` is not a name", name.escape_debug()));
    }
    let source = text("source").ok_or(format!("`{name}` has no `source`"))?;
    let source = if let Some(path) = source.strip_prefix("path+") {
        LockedSource::Path(path.to_owned())
    } else {
        let missing = |key: &str| format!("`{name}` has no `{key}`");
        let (origin, exact) =
            locked_source::read(&source).ok_or(format!("the source of `{name}` is not understood"))?;
        let version = text("version").ok_or_else(|| missing("version"))?;
        let sum = text("sum").ok_or_else(|| missing("sum"))?;
        if digits(&sum).is_none() {
            return Err(format!("the sum of `{name}` is not understood"));
        }
        let signer = text("signer");
        if signer.as_ref().is_some_and(|signer| !is_fingerprint(signer)) {
            return Err(format!("the signer of `{name}` is not understood"));
        }
        LockedSource::Fetched(LockedVersion { origin, exact, version, sum, signer })
    };
    let dependencies = table.get("dependencies").and_then(Value::as_array).into_iter().flatten();
    let mut dependencies: Vec<String> = dependencies.filter_map(Value::as_str).map(str::to_owned).collect();
    sorted::sort_by(&mut dependencies, Ord::cmp);
    let capabilities = text("capabilities").unwrap_or_default();
    Ok(LockedCookbook { name, source, capabilities, dependencies })
}

/// The digits of a sum, if it is one.
pub(super) fn digits(sum: &str) -> Option<&str> {
    let digits = sum.strip_prefix(super::tree_sum::FORM)?;
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    (digits.len() == 64 && digits.bytes().all(is_hex)).then_some(digits)
}
