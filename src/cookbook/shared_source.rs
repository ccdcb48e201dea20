//! A cookbook that is somewhere else: the table with `path` or `git` in `chefrs.toml` and `cookbook.toml`.

use serde_json::{Map, Value};

use super::document::{Document, dotted};
use super::keys;
use super::naming::{NAMES, is_plain_name};
use super::range::{FORMS, VersionRange};
use crate::model::error::{Diagnostic, Location};

/// Keys of sources that don't exist yet, with what they would be.
const NOT_YET: &[(&str, &str)] =
    &[("oci", "OCI registries"), ("url", "archives"), ("sum", "archives"), ("registry", "registries")];
/// Ways to name a commit. At most one is given.
const PICKS: [&str; 4] = ["version", "tag", "branch", "revision"];
/// Kinds of addresses that git may use.
const SCHEMES: [&str; 5] = ["https", "ssh", "file", "http", "git"];

/// A declared source of a cookbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SharedSource {
    /// Name of the cookbook for the one who declares it.
    pub(super) alias: String,
    /// The cookbook's own name.
    pub(super) name: String,
    pub(super) origin: Origin,
    pub(super) version: VersionRange,
    /// Who declares it: `chefrs.toml`, or a cookbook.
    pub(super) by: String,
    pub(super) location: Location,
}

/// Where the cookbook is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// A directory, as it was written.
    Path(String),
    Git(GitOrigin),
}

/// A directory in a git repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GitOrigin {
    pub(super) url: String,
    /// Empty for the root of the repository.
    pub(super) subdirectory: String,
    pub(super) pick: GitPick,
}

/// Which commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum GitPick {
    /// The tag of the newest version in the range.
    Version,
    Tag(String),
    Branch(String),
    /// A commit, perhaps shortened.
    Revision(String),
    /// The commit of the cookbook beside it in the same repository.
    Beside(String),
}

impl SharedSource {
    /// An error at its place.
    pub(super) fn wrong(&self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(message).at(self.location.clone())
    }
}

impl GitOrigin {
    /// Whether another one is the same directory of the same repository.
    pub(super) fn is_same_place(&self, other: &Self) -> bool {
        self.url == other.url && self.subdirectory == other.subdirectory
    }

    /// The place for messages.
    pub(super) fn shown(&self) -> String {
        match self.subdirectory.as_str() {
            "" => self.url.clone(),
            below => format!("{} (directory `{below}`)", self.url),
        }
    }
}

/// Parses the table `[cookbooks]` or `[override]` of `chefrs.toml`.
pub(super) fn read_all(document: &Document, table: &str, wrong: &mut Vec<Diagnostic>) -> Vec<SharedSource> {
    let entries = match document.values.get(table) {
        None => return Vec::new(),
        Some(Value::Object(entries)) => entries,
        Some(_) => {
            let mistake = document.wrong(table, format!("`{table}` must be a table"));
            wrong.push(
                mistake.hint(format!("write `[{table}]`, and below it `base = {{ path = \"../base\" }}`")),
            );
            return Vec::new();
        }
    };
    let mut found = Vec::new();
    for (alias, value) in entries {
        let path = dotted(table, alias);
        match value {
            Value::Object(_) => found.extend(read(document, (table, alias), &document.origin, wrong)),
            Value::String(text) if text.contains('/') => wrong.push(not_yet(document, &path, "registries")),
            _ => wrong.push(
                document
                    .wrong(&path, format!("`{path}` must be a table that says where the cookbook is"))
                    .hint(format!("write `{alias} = {{ path = \"…\" }}` or `{alias} = {{ git = \"…\" }}`"))
                    .hint("a cookbook in `cookbooks/` or of the program needs no entry"),
            ),
        }
    }
    found
}

/// The error for a source that chefrs can't fetch from yet.
pub(super) fn not_yet(document: &Document, path: &str, what: &str) -> Diagnostic {
    document
        .wrong(path, format!("{what} are not supported as sources of cookbooks"))
        .hint("name a directory or a git repository: `{ path = \"…\" }` or `{ git = \"…\" }`")
}

/// Whether a dependency says where it is.
pub(super) fn is_meant(table: &Map<String, Value>) -> bool {
    ["path", "git"].iter().chain(NOT_YET.iter().map(|(key, _)| key)).any(|key| table.contains_key(*key))
}

/// Parses one table, below another one. `by` is who declares it.
pub(super) fn read(
    document: &Document,
    (above, alias): (&str, &str),
    by: &str,
    wrong: &mut Vec<Diagnostic>,
) -> Option<SharedSource> {
    let table = document.inner(above)?.inner(alias)?;
    let path = &dotted(above, alias);
    if let Some((key, what)) = NOT_YET.iter().find(|(key, _)| table.values.contains_key(*key)) {
        wrong.push(not_yet(document, &dotted(path, key), what));
        return None;
    }
    let before = wrong.len();
    wrong.extend(table.unknown_keys("", keys::SHARED));
    let text = |key: &str, wrong: &mut Vec<Diagnostic>| table.string(key, wrong);
    let name = text("cookbook", wrong).unwrap_or_else(|| alias.to_owned());
    for name in [alias, &name] {
        if !is_plain_name(name) {
            wrong.push(document.wrong(path, format!("`{name}` can't name a cookbook")).hint(NAMES));
        }
    }
    let version = text("version", wrong).map_or(Some(VersionRange::any()), |written| {
        let range = VersionRange::read(&written);
        if range.is_none() {
            wrong.push(table.wrong("version", format!("`{written}` is not a range of versions")).hint(FORMS));
        }
        range
    });
    let origin = match (text("path", wrong), text("git", wrong)) {
        (Some(directory), None) => {
            let git_keys = ["subdirectory", "tag", "branch", "revision"];
            if let Some(key) = git_keys.iter().find(|key| table.values.contains_key(**key)) {
                let message = format!("`{key}` belongs to `git`, but this is a path");
                wrong.push(table.wrong(key, message).hint("a path is used as it is; leave it out"));
            }
            if directory.is_empty() {
                wrong.push(table.wrong("path", "the path is empty"));
            }
            Some(Origin::Path(directory))
        }
        (None, Some(url)) => {
            wrong.extend(misfit_url(&url).map(|why| bad_url(&table, &url, why)));
            let subdirectory = text("subdirectory", wrong).unwrap_or_default();
            let subdirectory = subdirectory.trim_end_matches('/').to_owned();
            if !is_inside(&subdirectory) {
                let message = format!("`{subdirectory}` is not a directory inside of the repository");
                wrong.push(
                    table.wrong("subdirectory", message).hint("write it without `..`: `cookbooks/nginx`"),
                );
            }
            Some(Origin::Git(GitOrigin { url, subdirectory, pick: pick(&table, wrong) }))
        }
        (Some(_), Some(_)) => {
            let mistake = document.wrong(path, format!("`{alias}` has both `path` and `git`"));
            wrong.push(mistake.hint("leave out one of them"));
            None
        }
        (None, None) => {
            if wrong.len() == before {
                let mistake = document.wrong(path, format!("`{alias}` does not say where the cookbook is"));
                wrong.push(mistake.hint("write `path = \"…\"` or `git = \"…\"` into it"));
            }
            None
        }
    };
    if wrong.len() > before {
        return None;
    }
    let location = document.place(path);
    Some(SharedSource {
        alias: alias.to_owned(),
        name,
        origin: origin?,
        version: version?,
        by: by.to_owned(),
        location,
    })
}

fn pick(table: &Document, wrong: &mut Vec<Diagnostic>) -> GitPick {
    let given: Vec<&str> = PICKS.into_iter().filter(|key| table.values.contains_key(*key)).collect();
    if let [first, second, ..] = given.as_slice() {
        let message = format!("`{first}` and `{second}` both say which commit is used");
        wrong.push(table.wrong(second, message).hint("leave out one of them"));
    }
    let Some(key) = given.first().filter(|key| **key != "version") else { return GitPick::Version };
    let Some(text) = table.string(key, wrong) else { return GitPick::Version };
    match *key {
        "tag" => GitPick::Tag(text),
        "branch" => GitPick::Branch(text),
        _ => {
            let is_hex = text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
            if !is_hex || !(7..=64).contains(&text.len()) {
                let message = format!("`{text}` is not a commit");
                let hint = "write its 40 hexadecimal digits, or at least the first 7; a name is a `tag` or a `branch`";
                wrong.push(table.wrong(key, message).hint(hint));
            }
            GitPick::Revision(text)
        }
    }
}

fn bad_url(table: &Document, url: &str, why: &str) -> Diagnostic {
    let mistake = table.wrong("git", format!("`{url}` is not a URL that cookbooks are fetched from: {why}"));
    let mut mistake = mistake
        .hint("write `https://HOST/PATH`, `ssh://USER@HOST/PATH`, `USER@HOST:PATH`, or `file:///PATH`");
    if why == PASSWORD {
        // The line must not be repeated.
        mistake.message = format!("the URL in `git` is not used: {why}");
        if let Some(location) = &mut mistake.location {
            location.excerpt.clear();
        }
    }
    mistake
}

const PASSWORD: &str = "it holds a password, which git should get from its credential helper";

/// Why a URL is refused.
pub(super) fn misfit_url(url: &str) -> Option<&'static str> {
    let has = |odd: fn(char) -> bool| url.contains(odd);
    if url.is_empty() || has(|c| c.is_control() || c.is_whitespace() || "#?%\"\\".contains(c)) {
        return Some("it is empty, or has characters that don't belong into one");
    }
    if url.starts_with('-') {
        return Some("it begins with `-`, as an option does");
    }
    if url.contains("::") {
        return Some("it would start another program");
    }
    let Some((scheme, rest)) = url.split_once("://") else {
        let is_remote = url.split_once(':').is_some_and(|(host, _)| !host.contains('/') && !host.is_empty());
        let is_fit = url.starts_with('/') || is_remote;
        return (!is_fit).then_some("it is neither absolute nor on another machine");
    };
    let host = rest.split('/').next().unwrap_or_default();
    if !SCHEMES.contains(&scheme) {
        return Some("git must not use this kind of address");
    }
    if host.starts_with('-') {
        return Some("its host begins with `-`, as an option does");
    }
    host.rsplit_once('@').is_some_and(|(who, _)| who.contains(':')).then_some(PASSWORD)
}

/// Whether a path is relative and has no odd parts. The empty one is the root.
pub(super) fn is_inside(path: &str) -> bool {
    let is_fit = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(|c: char| c.is_control());
    path.is_empty() || path.split('/').all(is_fit)
}
