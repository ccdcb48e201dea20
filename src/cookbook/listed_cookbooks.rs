//! The cookbooks that a project and the program have.

use std::collections::BTreeMap;

use camino::Utf8Path;

use super::document::Document;
use super::manifest::{FILE, Listed, no_manifest, read};
use super::owners::Owners;
use super::path::{join, whole};
use super::scoped_name::short;
use super::shipped;
use super::source::{self, Source};
use crate::model::error::Diagnostic;
use crate::model::sorted;

/// The shipped cookbooks.
pub(super) fn shipped(wrong: &mut Vec<Diagnostic>) -> BTreeMap<String, Listed> {
    let names = shipped::cookbooks();
    let sources = names
        .into_iter()
        .map(|name| (name.to_owned(), Source::Shipped { root: join(shipped::COOKBOOKS, name) }));
    read_all(sources, wrong)
}

/// The cookbooks of a project, and the directory itself if that is one. Errors about unfinished ones go to `unfinished`,
/// because they only matter if they are used.
pub(super) fn on_disk(
    root: &Utf8Path,
    owners: &Owners,
    wrong: &mut Vec<Diagnostic>,
    unfinished: &mut BTreeMap<String, Diagnostic>,
) -> BTreeMap<String, Listed> {
    let mut sources = Vec::new();
    let itself = Source::Directory {
        root: root.to_owned(),
        label: String::new(),
        owners: owners.clone(),
        typed: None,
    };
    if itself.has(FILE) {
        sources.push((name_of(root, &itself), itself));
    }
    let entries = match root.join(shipped::COOKBOOKS).read_dir_utf8() {
        Ok(entries) => Some(entries),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => {
            let message = format!("the directory can't be listed: {}", source::plain(&error));
            wrong.push(Diagnostic::error(message).at(whole(shipped::COOKBOOKS)));
            None
        }
    };
    for entry in entries.into_iter().flatten().flatten() {
        let name = entry.file_name().to_owned();
        // The entry itself may be a symlink to anywhere. Below it, reads stay inside.
        if let Ok(real) = entry.path().canonicalize_utf8()
            && real.is_dir()
            && !name.starts_with('.')
        {
            let label = join(shipped::COOKBOOKS, &name);
            if let Err(mistake) = owners.check_path(&real, &label) {
                wrong.push(mistake);
                continue;
            }
            let source = Source::Directory { root: real, label, owners: owners.clone(), typed: None };
            if sources.iter().any(|(known, _)| *known == name) {
                let message = format!("the cookbook `{name}` has another one of its name in it");
                wrong.push(Diagnostic::error(message).at(whole(source.label(""))).hint("rename one of them"));
            } else if source.has(FILE) {
                sources.push((name, source));
            } else {
                unfinished.insert(name.clone(), no_manifest(&name, &source));
            }
        }
    }
    sorted::sort_by(&mut sources, |one, other| one.0.cmp(&other.0));
    read_all(sources.into_iter(), wrong)
}

/// A cookbook in a directory that may have any name.
pub(super) fn other(
    name: &str,
    directory: &Utf8Path,
    owners: &Owners,
    wrong: &mut Vec<Diagnostic>,
) -> BTreeMap<String, Listed> {
    let label = directory.to_string();
    let source = Source::Directory { root: directory.to_owned(), label, owners: owners.clone(), typed: None };
    read_all(std::iter::once((name.to_owned(), source)), wrong)
}

/// The name of the cookbook that the directory of the project is: what it calls itself, whatever the directory is called.
fn name_of(root: &Utf8Path, itself: &Source) -> String {
    let text = itself.text(FILE).ok().flatten();
    let document = text.and_then(|text| Document::toml(FILE, &text).ok());
    let said = document.and_then(|document| Some(document.values.get("name")?.as_str()?.to_owned()));
    short(&said.unwrap_or_else(|| root.file_name().unwrap_or_default().to_owned()))
}

fn read_all(
    sources: impl Iterator<Item = (String, Source)>,
    wrong: &mut Vec<Diagnostic>,
) -> BTreeMap<String, Listed> {
    let mut found = BTreeMap::new();
    for (name, source) in sources {
        match read(&name, source, true) {
            Ok(listed) => drop(found.insert(name, listed)),
            Err(mistakes) => wrong.extend(mistakes.0),
        }
    }
    found
}
