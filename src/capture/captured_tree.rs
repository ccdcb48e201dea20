//! Directories of plain files that are copied as a whole.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::declaration::CapturedResource;
use super::file_resources::decoded;
use super::large_things::{OF_TREES, is_usual, thing_of};
use super::machine::Machine;
use super::secret_text;
use crate::model::query::{FileKind, FileText, Stat};

/// Fewest files of a directory that is copied as a whole.
const FEWEST: usize = 2;

/// A directory of files that all have the same owner and the usual modes, without secrets.
pub(super) struct CapturedTree {
    pub(super) top: Utf8PathBuf,
    owner: Option<String>,
    group: Option<String>,
    /// Paths below the top, with their bytes.
    files: Vec<(String, Vec<u8>)>,
}

impl CapturedTree {
    /// All of a machine.
    pub(super) fn of(machine: &Machine) -> Vec<Self> {
        let found = &machine.found;
        let captured = found.decisions.iter().filter(|(_, decision)| decision.is_captured());
        let mut parts: BTreeMap<&Utf8Path, Vec<(&Utf8Path, &Stat)>> = BTreeMap::new();
        for (path, _) in captured {
            let thing = thing_of(path).filter(|thing| OF_TREES.iter().any(|place| thing.starts_with(place)));
            if let (Some(thing), Some(stat)) = (thing, found.stats.get(path)) {
                parts.entry(thing).or_default().push((path, stat));
            }
        }
        // What is not captured, as a virtual environment is, makes it no plain directory.
        let is_whole =
            |top: &Utf8Path| !machine.environments.places.iter().any(|place| place.starts_with(top));
        parts
            .into_iter()
            .filter(|(top, _)| is_whole(top))
            .filter_map(|(top, parts)| Self::plain(top, &parts, machine))
            .collect()
    }

    fn plain(top: &Utf8Path, parts: &[(&Utf8Path, &Stat)], machine: &Machine) -> Option<Self> {
        let first = parts.iter().find(|(path, _)| *path == top)?.1;
        let mut tree = Self {
            top: top.to_owned(),
            owner: (first.uid != 0).then(|| first.owner.clone()),
            group: (first.gid != 0).then(|| first.group.clone()),
            files: Vec::new(),
        };
        let mut with_files: Vec<&Utf8Path> = Vec::new();
        if !parts.iter().all(|(_, stat)| is_usual(stat, first)) {
            return None;
        }
        for (path, _) in parts.iter().filter(|(_, stat)| stat.kind == FileKind::File) {
            let bytes = match machine.texts.get(*path)? {
                FileText::Text(text) if secret_text::find(path, text).is_empty() => text.as_bytes().to_vec(),
                FileText::Binary if !secret_text::is_secret_file(path) => {
                    machine.bytes.get(*path).and_then(|text| decoded(text))?
                }
                _ => return None,
            };
            tree.files.push((path.strip_prefix(top).ok()?.to_string(), bytes));
            with_files.extend(path.ancestors().skip(1));
        }
        // A cookbook keeps no empty directories.
        let has_empty =
            parts.iter().any(|(path, stat)| stat.kind == FileKind::Directory && !with_files.contains(path));
        (tree.files.len() >= FEWEST && !has_empty).then_some(tree)
    }

    pub(super) fn declaration(&self) -> CapturedResource {
        let source = self.top.as_str().trim_start_matches('/');
        let mut declaration =
            CapturedResource::new("remote_directory", self.top.as_str()).with("source", source);
        for (property, value) in [("owner", &self.owner), ("group", &self.group)] {
            if let Some(value) = value {
                declaration = declaration.with(property, value.as_str());
            }
        }
        let files = self.files.iter().map(|(path, bytes)| (format!("files/{source}/{path}"), bytes.clone()));
        declaration.files = files.collect();
        declaration
    }
}
