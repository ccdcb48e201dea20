//! The machine of a case: what its lines say, and what holds of everything that they do not name.
//!
//! - It runs Debian with systemd and apt, as root; the clock stands at 0.
//! - The directories in [`DIRECTORIES`] are there, and those above whatever a line names. They are root's, with mode 0755.
//! - A directory holds what lines name in it, unless its own line says `holds`.
//! - What a link leads to is what the lines say of its target.
//! - The user and the group `root` are there. The package database is whole, and no restart is due.
//! - Nothing else is there: no path, no account, no package, installed or offered, no service.
//! - A file's bytes, commands and pages are known only where a line tells. A question about others is one that the case is
//!   left with: its plan says `asks`.
//!
//! `nothing is known` takes all of this back, and `list /srv, not known` one answer.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use chefrs::model::query::{Answer, FileKind, Group, PackageState, Query, ServiceState, Stat, User};
use indexmap::IndexMap;

use super::facts;
use super::grammar::Line;

/// Directories of every machine.
const DIRECTORIES: &[&str] = &[
    "/",
    "/etc",
    "/home",
    "/opt",
    "/root",
    "/run",
    "/srv",
    "/tmp",
    "/usr",
    "/usr/bin",
    "/usr/lib",
    "/usr/local",
    "/var",
    "/var/cache",
    "/var/lib",
    "/var/log",
];

/// Links that are followed one after another: more is a circle.
const LINKS: usize = 8;

/// What is known of a machine.
#[derive(Debug, Default)]
pub struct Machine {
    told: IndexMap<Query, Answer>,
    not_known: Vec<Query>,
    nothing_is_known: bool,
}

impl Machine {
    /// Takes in a line.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn learn(&mut self, text: &str) -> Result<(), String> {
        if text == "nothing is known" {
            self.nothing_is_known = true;
            return Ok(());
        }
        let line = Line::read(text)?;
        if line.clauses.last().is_some_and(|clause| *clause == ["not", "known"]) {
            let asked = line.clauses.len() - 1;
            self.not_known.push(facts::read_query(&line.clauses[..asked])?);
            return Ok(());
        }
        for (query, answer) in facts::read(&line)? {
            if self.told.insert(query.clone(), answer).is_some() {
                return Err(format!("{query:?} was answered before"));
            }
        }
        Ok(())
    }

    /// What it says to a question; nothing where that is not known.
    pub fn answer(&self, query: &Query) -> Option<Answer> {
        if self.not_known.contains(query) {
            return None;
        }
        if let Some(answer) = self.told.get(query) {
            return Some(answer.clone());
        }
        if self.nothing_is_known {
            return None;
        }
        Some(match query {
            Query::Stat(path) => self.stat(path),
            Query::Resolve(path) => self.resolve(path, LINKS),
            Query::Digest(path) | Query::Read(path) | Query::List(path) => {
                return self.inside(query, path);
            }
            Query::Writable(_) => Answer::Writable(true),
            Query::User(name) => Answer::User((name == "root").then(|| Box::new(root()))),
            Query::Group(name) => Answer::Group((name == "root").then(Group::default)),
            Query::Package { .. } => Answer::Package(PackageState::default()),
            Query::Candidate { .. } => Answer::Candidate(None),
            Query::Versions { .. } => Answer::Versions(Vec::new()),
            Query::Providers { .. } => Answer::Providers(Vec::new()),
            Query::InstalledPackages { .. } => Answer::InstalledPackages(Vec::new()),
            Query::PackageDatabase { .. } => Answer::PackageDatabase { interrupted: false },
            Query::Service(_) => Answer::Service(ServiceState::missing()),
            Query::Host => Answer::Host(Box::new(facts::usual_host())),
            Query::Restart => Answer::Restart(None),
            Query::Downloads => Answer::Downloads(Vec::new()),
            _ => return None,
        })
    }

    /// What its lines say a command prints, of whatever command.
    pub fn some_command(&self) -> Option<Answer> {
        let told = self.told.iter().find(|(query, _)| matches!(query, Query::Command(_)));
        told.map(|(_, answer)| answer.clone())
    }

    fn stat(&self, path: &Utf8Path) -> Answer {
        if let Some(answer) = self.told.get(&Query::Stat(path.to_owned())) {
            return answer.clone();
        }
        let unknown = path.ancestors().skip(1).find_map(|above| {
            let list = self.told.get(&Query::List(above.to_owned()))?;
            let stat = self.told.get(&Query::Stat(above.to_owned()))?;
            matches!(list, Answer::Unknown(_)).then_some(stat).filter(|stat| *stat == list)
        });
        if let Some(unknown) = unknown {
            return unknown.clone();
        }
        let directory = DIRECTORIES.contains(&path.as_str())
            || self.named().any(|below| below != path && below.starts_with(path));
        Answer::Stat(directory.then(facts::usual_directory))
    }

    fn resolve(&self, path: &Utf8Path, links: usize) -> Answer {
        if let Some(answer) = self.told.get(&Query::Resolve(path.to_owned())) {
            return answer.clone();
        }
        match self.stat(path) {
            Answer::Stat(Some(Stat { kind: FileKind::Link, target: Some(target), .. })) if links > 0 => {
                let parent = path.parent().unwrap_or(path);
                self.resolve(&plain(&parent.join(target)), links - 1)
            }
            Answer::Stat(Some(Stat { kind: FileKind::Link, .. })) => Answer::Stat(None),
            answer => answer,
        }
    }

    /// What a path holds: bytes or names.
    fn inside(&self, query: &Query, path: &Utf8Path) -> Option<Answer> {
        let lists = matches!(query, Query::List(_));
        match (self.stat(path), self.resolve(path, LINKS)) {
            (Answer::Stat(_), Answer::Stat(Some(Stat { kind: FileKind::Directory, .. }))) if lists => {
                let children = self.named().filter(|child| child.parent() == Some(path));
                let names: BTreeSet<&str> = children.filter_map(Utf8Path::file_name).collect();
                Some(Answer::List(Some(names.into_iter().map(str::to_owned).collect())))
            }
            (Answer::Stat(Some(Stat { kind: FileKind::File, .. })), _) if !lists => None,
            (Answer::Stat(_), _) => Some(match query {
                Query::Digest(_) => Answer::Digest(None),
                Query::Read(_) => Answer::Read(None),
                _ => Answer::List(None),
            }),
            (answer, _) => Some(answer),
        }
    }

    /// The paths that are there by what its lines say.
    fn named(&self) -> impl Iterator<Item = &Utf8Path> {
        let there = self.told.iter().filter(|(_, answer)| matches!(answer, Answer::Stat(Some(_))));
        there.filter_map(|(query, _)| query.path())
    }
}

fn root() -> User {
    User {
        group: "root".to_owned(),
        home: "/root".to_owned(),
        shell: "/bin/bash".to_owned(),
        ..User::default()
    }
}

/// A path without dots.
fn plain(path: &Utf8Path) -> Utf8PathBuf {
    chefrs::model::content::without_dots(path)
}
