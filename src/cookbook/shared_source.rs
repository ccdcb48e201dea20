//! A cookbook that is somewhere else: the table with `path`, `git`, `oci` or `url` in `chefrs.toml` and `cookbook.toml`,
//! or the text `"acme/nginx ^1.4"`, which names one of a registry.

use serde_json::{Map, Value};

use super::document::{Document, dotted};
use super::keys;
use super::lock_file::digits;
use super::range::{FORMS, VersionRange};
use super::scoped_name::{SCOPED, forms, is_full_name, is_name, is_scoped, short};
use super::shared_origin::{ArchiveOrigin, FetchedOrigin, GitOrigin, GitPick, Origin, SharedSource};
use super::source_address::{PASSWORD, is_inside, misfit_oci, misfit_url, misfit_web};
use crate::model::error::Diagnostic;

/// Keys that say where a cookbook is. One is given.
const PLACES: [&str; 4] = ["path", "git", "oci", "url"];
/// Ways to name a commit. At most one is given.
const PICKS: [&str; 4] = ["version", "tag", "branch", "revision"];
/// Keys that only go with some others.
const BELONGS: [(&str, &[&str]); 6] = [
    ("subdirectory", &["git"]),
    ("tag", &["git"]),
    ("branch", &["git"]),
    ("revision", &["git"]),
    ("sum", &["url"]),
    ("version", &PLACES),
];

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
            Value::String(text) if text.contains('/') => {
                found.extend(of_text(document, (&path, alias, text), &document.origin, wrong));
            }
            _ => wrong.push(
                document
                    .wrong(&path, format!("`{path}` must be a table that says where the cookbook is"))
                    .hint(format!("write `{alias} = {{ path = \"…\" }}` or `{alias} = {{ git = \"…\" }}`"))
                    .hint(format!(
                        "one of a registry is named with its scope: `{alias} = \"acme/{alias} ^1.4\"`"
                    ))
                    .hint("a cookbook in `cookbooks/` or of the program needs no entry"),
            ),
        }
    }
    found
}

/// Whether a dependency says where it is.
pub(super) fn is_meant(table: &Map<String, Value>) -> bool {
    PLACES.iter().any(|key| table.contains_key(*key))
}

/// Parses `acme/nginx ^1.4`: a name with a scope, and perhaps a range.
pub(super) fn of_text(
    document: &Document,
    (path, alias, text): (&str, &str, &str),
    by: &str,
    wrong: &mut Vec<Diagnostic>,
) -> Option<SharedSource> {
    let (name, range) = text.trim().split_once(' ').unwrap_or((text.trim(), "*"));
    let before = wrong.len();
    if !is_scoped(name) {
        wrong.push(document.wrong(path, format!("`{name}` is not the name of a cookbook")).hint(SCOPED));
    }
    check_alias(document, path, alias, wrong);
    let version = VersionRange::read(range.trim());
    if version.is_none() {
        let message = format!("`{}` is not a range of versions", range.trim());
        wrong.push(document.wrong(path, message).hint(FORMS));
    }
    let source = SharedSource {
        alias: alias.to_owned(),
        name: name.to_owned(),
        origin: Origin::OfScope,
        version: version?,
        by: by.to_owned(),
        location: document.place(path),
    };
    (wrong.len() == before).then_some(source)
}

fn check_alias(document: &Document, path: &str, alias: &str, wrong: &mut Vec<Diagnostic>) {
    if !is_name(alias) {
        let mistake = document.wrong(path, format!("`{alias}` can't name a cookbook")).hint(forms("x"));
        wrong.push(if is_scoped(alias) {
            mistake.hint(format!("the alias has no scope: write `{0} = \"{alias}\"`", short(alias)))
        } else {
            mistake
        });
    }
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
    let before = wrong.len();
    wrong.extend(table.unknown_keys("", keys::SHARED));
    let text = |key: &str, wrong: &mut Vec<Diagnostic>| table.string(key, wrong);
    let name = text("cookbook", wrong).unwrap_or_else(|| alias.to_owned());
    // What is put into the place of another one is called as that is.
    if above != OVERRIDE || !is_scoped(alias) {
        check_alias(document, path, alias, wrong);
    }
    if !is_full_name(&name) && name != alias {
        wrong.push(document.wrong(path, format!("`{name}` can't name a cookbook")).hint(forms(&name)));
    }
    let version = text("version", wrong).map_or(Some(VersionRange::any()), |written| {
        let range = VersionRange::read(&written);
        if range.is_none() {
            wrong.push(table.wrong("version", format!("`{written}` is not a range of versions")).hint(FORMS));
        }
        range
    });
    let given: Vec<&str> = PLACES.into_iter().filter(|key| table.values.contains_key(*key)).collect();
    let origin = match given.as_slice() {
        [] => {
            if wrong.len() == before {
                let mistake = document.wrong(path, format!("`{alias}` does not say where the cookbook is"));
                let mistake = mistake.hint("write `path = \"…\"` or `git = \"…\"` into it");
                wrong.push(if is_scoped(&name) {
                    mistake.hint(format!("one of a registry is written as a text: `{alias} = \"{name} ^1\"`"))
                } else {
                    mistake
                });
            }
            None
        }
        [one] => {
            for (key, with) in BELONGS.iter().filter(|(_, with)| !with.contains(one)) {
                if table.values.contains_key(*key) {
                    let what = if *one == "path" { "a path".to_owned() } else { format!("`{one}`") };
                    let message = format!("`{key}` belongs to `{}`, but this is {what}", with[0]);
                    let mistake = table.wrong(key, message);
                    wrong.push(match *one {
                        "path" => mistake.hint("a path is used as it is; leave it out"),
                        _ => mistake.hint("leave it out"),
                    });
                }
            }
            text(one, wrong).map(|written| origin(&table, one, written, wrong))
        }
        [first, second, ..] => {
            let mistake = document.wrong(path, format!("`{alias}` has both `{first}` and `{second}`"));
            wrong.push(mistake.hint("leave out one of them"));
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

/// The place that a key names.
fn origin(table: &Document, key: &str, written: String, wrong: &mut Vec<Diagnostic>) -> Origin {
    match key {
        "path" => {
            if written.is_empty() {
                wrong.push(table.wrong("path", "the path is empty"));
            }
            Origin::Path(written)
        }
        "git" => {
            wrong.extend(misfit_url(&written).map(|why| {
                let forms =
                    "write `https://HOST/PATH`, `ssh://USER@HOST/PATH`, `USER@HOST:PATH`, or `file:///PATH`";
                bad_url(table, (key, &written), why).hint(forms)
            }));
            let subdirectory = table.string("subdirectory", wrong).unwrap_or_default();
            let subdirectory = subdirectory.trim_end_matches('/').to_owned();
            if !is_inside(&subdirectory) {
                let message = format!("`{subdirectory}` is not a directory inside of the repository");
                let hint = "write it without `..`: `cookbooks/nginx`";
                wrong.push(table.wrong("subdirectory", message).hint(hint));
            }
            let pick = pick(table, wrong);
            Origin::Fetched(FetchedOrigin::Git(GitOrigin { url: written, subdirectory, pick }))
        }
        "oci" => {
            let name = written.strip_prefix("oci://").unwrap_or(&written).to_owned();
            wrong.extend(misfit_oci(&name).map(|why| bad_url(table, (key, &written), why)));
            Origin::Fetched(FetchedOrigin::Oci(name))
        }
        _ => {
            wrong.extend(misfit_web(&written).map(|why| bad_url(table, (key, &written), why)));
            let sum = table.string("sum", wrong);
            if let Some(sum) = sum.as_deref().filter(|sum| digits(sum).is_none()) {
                let message = format!("`{sum}` is not a sum");
                let hint = "a sum is `h1:sha256:` and 64 digits; leave it out, and `chefrs.lock` keeps that of the first time";
                wrong.push(table.wrong("sum", message).hint(hint));
            }
            Origin::Fetched(FetchedOrigin::Archive(ArchiveOrigin { url: written, sum }))
        }
    }
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

fn bad_url(table: &Document, (key, url): (&str, &str), why: &str) -> Diagnostic {
    let mut mistake =
        table.wrong(key, format!("`{url}` is not a URL that cookbooks are fetched from: {why}"));
    if why == PASSWORD {
        // The line must not be repeated.
        mistake.message = format!("the URL in `{key}` is not used: {why}");
        if let Some(location) = &mut mistake.location {
            location.excerpt.clear();
        }
    }
    mistake
}

/// Table of directories in the place of cookbooks.
pub(super) const OVERRIDE: &str = "override";
