//! Rows that may conflict. If two rows change one thing, what is possible now may be impossible after the first one has
//! run. This is only a suspicion: it leads to a full plan before anything is run.

use camino::{Utf8Path, Utf8PathBuf};
use rustc_hash::FxHashMap;

use crate::model::change::Change;
use crate::model::query::{Answer, FileKind, Query};

/// What rows would change in the current state of the machine.
#[derive(Debug, Default)]
pub(super) struct Conflicts {
    /// What will be at paths, each with the first row that predicts it.
    paths: FxHashMap<Utf8PathBuf, (usize, Option<FileKind>)>,
    /// Accounts and packages, each with the first row that changes it.
    others: FxHashMap<Query, usize>,
    /// Paths that rows look at, for rows that can't be planned yet.
    needed: Vec<(usize, Utf8PathBuf)>,
    /// Paths that such rows are named after, each with the first such row.
    own: FxHashMap<Utf8PathBuf, usize>,
    /// Accounts, packages and absent paths that rows look at and find as declared, each with the first such row.
    held: FxHashMap<Query, usize>,
    /// Rows that fail in the current state of the machine.
    failing: Vec<usize>,
    /// Whether two rows predict different things for a path, or change the same account or package.
    found: bool,
}

impl Conflicts {
    /// Adds the planned changes of a row.
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

    /// Adds the accounts, packages and absent paths that a row is named after, if it finds them as declared.
    pub(super) fn holds(&mut self, row: usize, queries: impl IntoIterator<Item = Query>) {
        for query in queries {
            self.held.entry(query).or_insert(row);
        }
    }

    /// Adds a row that fails in the current state of the machine.
    pub(super) fn fails(&mut self, row: usize) {
        self.failing.push(row);
    }

    /// The rows that fail in the current state of the machine.
    pub(super) fn failing(&self) -> impl Iterator<Item = usize> + '_ {
        self.failing.iter().copied()
    }

    /// Adds a path that a row looks at, if the row can't be planned yet.
    pub(super) fn needs(&mut self, row: usize, path: &Utf8Path) {
        self.needed.push((row, path.to_owned()));
    }

    /// Adds the path that such a row is named after. Two of them with the same path may conflict.
    pub(super) fn is_about(&mut self, row: usize, path: &Utf8Path) {
        self.needs(row, path);
        match self.own.get(path) {
            Some(other) => self.found |= *other != row,
            None => drop(self.own.insert(path.to_owned(), row)),
        }
    }

    /// Whether any two rows may conflict.
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
            || self.held.iter().any(|(query, row)| match query {
                Query::Stat(path) => is_changed_by_another(path, *row),
                query => self.others.get(query).is_some_and(|other| other != row),
            })
            || self.own.iter().any(|(path, row)| is_changed_by_another(path, *row))
    }
}
