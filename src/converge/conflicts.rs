//! Rows that may stand in conflict: where two of them change one thing, what is possible as the machine is now may not be
//! so once the first has. That is a suspicion, no more: for it the whole is planned before anything is run.

use camino::{Utf8Path, Utf8PathBuf};
use rustc_hash::FxHashMap;

use crate::model::change::Change;
use crate::model::query::{Answer, FileKind, Query};

/// What rows would change as the machine is now.
#[derive(Debug, Default)]
pub(super) struct Conflicts {
    /// What will be at paths, each with the first row that says so.
    paths: FxHashMap<Utf8PathBuf, (usize, Option<FileKind>)>,
    /// Accounts and packages, each with the first row that changes it.
    others: FxHashMap<Query, usize>,
    /// Paths that rows look at which can't be planned as the machine is now.
    needed: Vec<(usize, Utf8PathBuf)>,
    /// Paths that such rows are about, each with the first row that is.
    own: FxHashMap<Utf8PathBuf, usize>,
    /// Whether two rows say different things of a path, or change one account or package.
    found: bool,
}

impl Conflicts {
    /// Takes in what a row would change.
    pub(super) fn changes(&mut self, row: usize, changes: &[Change]) {
        for (query, answer) in changes.iter().flat_map(|change| &change.then) {
            match (query, answer) {
                (Query::Stat(path), Answer::Stat(stat)) => {
                    let kind = stat.as_ref().map(|stat| stat.kind);
                    match self.paths.get(path) {
                        Some((other, there)) => self.found |= *other != row && *there != kind,
                        None => drop(self.paths.insert(path.clone(), (row, kind))),
                    }
                }
                (Query::User(_) | Query::Group(_) | Query::Package { .. }, _) => match self.others.get(query)
                {
                    Some(other) => self.found |= *other != row,
                    None => drop(self.others.insert(query.clone(), row)),
                },
                _ => {}
            }
        }
    }

    /// Takes in a path that a row looks at of which nobody can tell yet what it would change.
    pub(super) fn needs(&mut self, row: usize, path: &Utf8Path) {
        self.needed.push((row, path.to_owned()));
    }

    /// Takes in the path that such a row is about. Of two that are about one nobody can tell yet whether they agree.
    pub(super) fn is_about(&mut self, row: usize, path: &Utf8Path) {
        self.needs(row, path);
        match self.own.get(path) {
            Some(other) => self.found |= *other != row,
            None => drop(self.own.insert(path.to_owned(), row)),
        }
    }

    /// Whether any two rows may.
    pub(super) fn any(&self) -> bool {
        let is_no_directory = |path: &Utf8Path, row: usize| {
            let there = self.paths.get(path).filter(|(other, _)| *other != row);
            there.is_some_and(|(_, kind)| kind.is_some_and(|kind| kind != FileKind::Directory))
        };
        let is_changed_by_another =
            |path: &Utf8Path, row: usize| self.paths.get(path).is_some_and(|(other, _)| *other != row);
        let is_below_one = |path: &Utf8Path, row: usize| path.ancestors().any(|at| is_no_directory(at, row));
        self.found
            || self
                .paths
                .iter()
                .any(|(path, (row, _))| path.parent().is_some_and(|directory| is_below_one(directory, *row)))
            || self.needed.iter().any(|(row, path)| is_below_one(path, *row))
            || self.own.iter().any(|(path, row)| is_changed_by_another(path, *row))
    }
}
