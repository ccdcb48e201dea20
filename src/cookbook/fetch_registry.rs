//! Cookbooks from registries, which are static indexes.

use std::collections::BTreeSet;
use std::rc::Rc;

use camino::Utf8Path;
use jiff::Timestamp;

use super::archive::unpack;
use super::cache::CacheDirectory;
use super::fetch_git::GitFetcher;
use super::index_line::IndexLine;
use super::index_place::IndexPlace;
use super::listed_version::ListedVersion;
use super::lock_file::{FILE, LockedVersion};
use super::members::FoundContent;
use super::range::by_age;
use super::registries::{Registries, shown_age};
use super::scoped_name::scope;
use super::shared_origin::SharedSource;
use super::tree_sum;
use crate::model::english::{nearest, one_line};
use crate::model::error::{Diagnostic, Location};
use crate::model::sorted;

/// Most versions of a cookbook.
const VERSIONS: usize = 10_000;

/// Reads indexes, each file once.
#[derive(Debug)]
pub(super) struct RegistryFetcher<'a> {
    cache: &'a CacheDirectory,
    root: &'a Utf8Path,
    registries: &'a Registries,
    offline: bool,
    now: Timestamp,
    known: Vec<KnownLines>,
}

/// The lines of a cookbook in an index.
#[derive(Debug)]
struct KnownLines {
    index: String,
    name: String,
    lines: Vec<Rc<IndexLine>>,
}

impl<'a> RegistryFetcher<'a> {
    pub(super) fn new(
        cache: &'a CacheDirectory,
        root: &'a Utf8Path,
        registries: &'a Registries,
        offline: bool,
    ) -> Self {
        Self { cache, root, registries, offline, now: Timestamp::now(), known: Vec::new() }
    }

    fn place(&self, index: &str) -> IndexPlace {
        let name = self.registries.of_index(index).map_or("", |registry| registry.name.as_str());
        IndexPlace::read(index, name, self.root)
    }

    fn known(&self, name: &str, index: &str) -> Option<&KnownLines> {
        self.known.iter().find(|known| known.name == name && known.index == index)
    }

    /// The lines of a cookbook, newest version first.
    fn lines(
        &mut self,
        git: &mut GitFetcher<'_>,
        asked: &SharedSource,
        index: &str,
    ) -> Result<Vec<Rc<IndexLine>>, Diagnostic> {
        let name = &asked.name;
        if let Some(known) = self.known(name, index) {
            return Ok(known.lines.clone());
        }
        if scope(name).is_none() {
            return Err(asked.wrong(format!("`{name}` has no scope, so no registry has it")));
        }
        let place = self.place(index);
        let Some(text) = place.text(name, git, (self.cache, self.offline))? else {
            let wrong = asked.wrong(format!("the registry {index} has no cookbook `{name}`"));
            let others = place.names(git).ok().flatten().unwrap_or_default();
            return Err(match nearest(name, others.iter().map(String::as_str)) {
                Some(near) => wrong.hint(format!("did you mean `{near}`?")),
                None => {
                    wrong.hint("check the name; its scope decides which registry of chefrs.toml is asked")
                }
            });
        };
        let file = format!("{}/{name}", index.trim_end_matches('/'));
        let mut found: Vec<Rc<IndexLine>> = Vec::new();
        let mut seen = BTreeSet::new();
        for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
            let location = Location::new(file.clone(), number);
            let odd = |why: &str| {
                let wrong = Diagnostic::error(format!("the index of `{name}` can't be used: {why}"));
                wrong.at(location.clone()).hint("tell the people of the registry")
            };
            let line = IndexLine::read(line, location.clone()).map_err(|why| odd(&why))?;
            if line.name != *name {
                return Err(odd(&format!("it has a version of `{}`", line.name)));
            }
            if !seen.insert(line.version.clone()) {
                return Err(odd(&format!("it has version {} twice", line.version)));
            }
            if found.len() >= VERSIONS {
                return Err(odd("it has too many versions"));
            }
            found.push(Rc::new(line));
        }
        sorted::sort_by(&mut found, |one, other| by_age(&other.version, &one.version));
        self.known.push(KnownLines { index: index.to_owned(), name: name.clone(), lines: found.clone() });
        Ok(found)
    }

    /// The versions in the index.
    pub(super) fn versions(
        &mut self,
        git: &mut GitFetcher<'_>,
        asked: &SharedSource,
        index: &str,
    ) -> Result<Vec<ListedVersion>, Diagnostic> {
        let min_age = self.registries.of_index(index).map_or(0, |registry| registry.min_age);
        let lines = self.lines(git, asked, index)?;
        let listed = lines.into_iter().map(|line| {
            let label = format!("{}@{}", line.name, line.version);
            ListedVersion {
                held_back: held_back(&line, min_age, self.now),
                line: Some(Rc::clone(&line)),
                ..ListedVersion::new(line.version.clone(), String::new(), label)
            }
        });
        Ok(listed.collect())
    }

    /// The line of a version, if the index was read, is a directory, or may be asked.
    pub(super) fn known_line(
        &mut self,
        git: &mut GitFetcher<'_>,
        (name, index, version): (&str, &str, &str),
        asks: bool,
    ) -> Option<Rc<IndexLine>> {
        let is_near = matches!(self.place(index), IndexPlace::Directory(_));
        if !asks && !is_near && self.known(name, index).is_none() {
            return None;
        }
        let asked = SharedSource::of_registry(name);
        self.line(git, &asked, (index, version)).ok()
    }

    /// The line of a version.
    pub(super) fn line(
        &mut self,
        git: &mut GitFetcher<'_>,
        asked: &SharedSource,
        (index, version): (&str, &str),
    ) -> Result<Rc<IndexLine>, Diagnostic> {
        let lines = self.lines(git, asked, index)?;
        lines.into_iter().find(|line| line.version == version).ok_or_else(|| {
            asked.wrong(format!("the registry {index} has no version {version} of `{}` any more", asked.name))
        })
    }

    /// The files of a version that the lock has.
    pub(super) fn load_locked(
        &mut self,
        git: &mut GitFetcher<'_>,
        asked: &SharedSource,
        (index, entry): (&str, &LockedVersion),
    ) -> Result<FoundContent, Diagnostic> {
        let line = self.line(git, asked, (index, &entry.version))?;
        if line.sum != entry.sum {
            return Err(changed(asked, &line, &entry.sum));
        }
        self.load(git, index, &line)
    }

    /// The files of a version.
    pub(super) fn load(
        &mut self,
        git: &mut GitFetcher<'_>,
        index: &str,
        line: &IndexLine,
    ) -> Result<FoundContent, Diagnostic> {
        let label = format!("{}@{}", line.name, line.version);
        let sum = line.sum.clone();
        let found = FoundContent { directory: self.cache.tree(&sum), label, exact: String::new(), sum };
        if self.cache.has(&line.sum) {
            return Ok(found);
        }
        let wrong = |why: String| {
            let message = format!("`{}` {} of the registry {index} {why}", line.name, line.version);
            Diagnostic::error(message).at(line.location.clone())
        };
        if !line.has_fit_source() {
            return Err(wrong("has no source that can be used".to_owned()));
        }
        if self.offline {
            return Err(wrong("was never fetched".to_owned()).hint("leave out `--offline` once"));
        }
        let packed = self.place(index).archive(&line.source, git)?;
        let files = unpack(&packed).map_err(|why| wrong(format!("is refused: {why}")))?;
        let sum = tree_sum::sum(&files);
        if sum == line.sum {
            self.cache.put(&files)?;
            return Ok(found);
        }
        Err(wrong("has other files than its line in the index says".to_owned())
            .note(format!("the line has {}, the archive {sum}", line.sum))
            .hint("one of them was changed: tell the people of the registry"))
    }
}

/// The error for a registry that has other files under a version than the lock.
pub(super) fn changed(asked: &SharedSource, line: &IndexLine, locked: &str) -> Diagnostic {
    asked
        .wrong(format!("the registry has another `{}` {} than {FILE}", line.name, line.version))
        .note(format!("{FILE} has {locked}, the registry {}, at {}", line.sum, line.location))
        .hint("ask the people of the registry: a version should never change")
        .hint(format!("`chefrs update {} --precise {}` takes what it has now", line.name, line.version))
}

/// Why a version is not taken unless the lock has it.
pub(super) fn held_back(line: &IndexLine, min_age: i64, now: Timestamp) -> Option<String> {
    if let Some(reason) = &line.yanked {
        return Some(format!("it was yanked: {}", one_line(reason)));
    }
    match line.age(now) {
        _ if min_age == 0 => None,
        None => {
            Some(format!("it does not say when it was published, and `min-age` is {}", shown_age(min_age)))
        }
        Some(age) if age < min_age => {
            let age = if age < 0 { "in the future".to_owned() } else { format!("{} ago", shown_age(age)) };
            Some(format!("it was published {age}, and `min-age` is {}", shown_age(min_age)))
        }
        Some(_) => None,
    }
}
