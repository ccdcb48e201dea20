//! What a plan must believe: answers as they will be once the changes planned so far have been made.

use camino::{Utf8Path, Utf8PathBuf};

use crate::model::change::Change;
use crate::model::content::Content;
use crate::model::query::{Answer, Enabled, End, Init, Query, ServiceState};
use crate::model::step::{Step, WriteFile};

/// Changes planned so far whose effects go beyond their predicted answers.
#[derive(Debug, Default)]
pub(super) struct Overlay {
    pending: Vec<Pending>,
    /// Directories whose inside depends on the named resource.
    obscured: Vec<(Utf8PathBuf, String)>,
    /// Directories that will have been removed.
    removed: Vec<Utf8PathBuf>,
    /// Services that will be there once a file is, with what the init system will say of them.
    services: Vec<(String, Answer)>,
}

/// A planned change.
#[derive(Debug)]
struct Pending {
    id: String,
    /// Packages it installs.
    packages: Vec<String>,
    /// Whether it runs something whose effects nobody told.
    opaque: bool,
}

impl Overlay {
    /// Takes a planned change in.
    pub(super) fn add(&mut self, id: &str, change: &Change, init: Option<Init>) {
        self.obscured.extend(change.obscures.iter().map(|directory| (directory.clone(), id.to_owned())));
        let mut packages = Vec::new();
        let mut opaque = false;
        for step in &change.steps {
            match step {
                Step::Packages { packages: names, .. } => {
                    packages
                        .extend(names.iter().map(|name| name.split('=').next().unwrap_or(name).to_owned()));
                    opaque = true;
                }
                Step::Run(_) => opaque = true,
                Step::Remove { path, recursive: true, .. } => {
                    self.obscured.retain(|(directory, _)| !directory.starts_with(path));
                    self.removed.push(path.clone());
                }
                Step::WriteFile(file) => self.services.extend(init.and_then(|init| service(id, file, init))),
                _ => {}
            }
        }
        self.pending.push(Pending { id: id.to_owned(), packages, opaque });
    }

    /// The last planned change that ran something whose effects nobody told.
    pub(super) fn opaque(&self) -> Option<&str> {
        self.pending.iter().rev().find(|pending| pending.opaque).map(|pending| pending.id.as_str())
    }

    /// Whether an answer given before the last change has to be looked at again.
    pub(super) fn doubts(&self, query: &Query, answer: &Answer) -> bool {
        // What could not be told of a service can be told once its unit is written.
        let told = matches!((query, answer), (Query::Service(name), Answer::Unknown(_)) if self.unit(name).is_some());
        told || self.instead(query).is_some() || self.amend(query, answer.clone()) != *answer
    }

    /// The answer that holds whatever the machine says now.
    pub(super) fn instead(&self, query: &Query) -> Option<Answer> {
        if let (Query::Http(_), Some(last)) = (query, self.pending.last()) {
            return Some(Answer::Unknown(last.id.clone()));
        }
        let path = query.path()?;
        if matches!(query, Query::Writable(_)) {
            return None;
        }
        let inside = |directory: &Utf8Path| path != directory && path.starts_with(directory);
        if let Some((_, id)) = self.obscured.iter().rev().find(|(directory, _)| inside(directory)) {
            return Some(Answer::Unknown(id.clone()));
        }
        self.removed.iter().any(|directory| inside(directory)).then(|| absent(query)).flatten()
    }

    /// The machine's answer, with what the pending changes may make of it.
    pub(super) fn amend(&self, query: &Query, answer: Answer) -> Answer {
        let until = match (query, &answer) {
            (Query::Service(name), Answer::Service(state)) if !state.exists => {
                if let Some(answer) = self.unit(name) {
                    return answer.clone();
                }
                self.brings_service(name)
            }
            (Query::Stat(path) | Query::Resolve(path), Answer::Stat(None))
            | (Query::Digest(path), Answer::Digest(None))
            | (Query::Read(path), Answer::Read(None))
            | (Query::List(path), Answer::List(None)) => self.brings_path(path),
            (Query::Candidate { .. }, Answer::Candidate(None)) => self.opaque(),
            (Query::Command(_), Answer::Command(result)) if could_not_run(&result.end) => {
                self.pending.last().map(|pending| pending.id.as_str())
            }
            _ => None,
        };
        match until {
            Some(id) => Answer::Unknown(id.to_owned()),
            None => answer,
        }
    }

    /// What the init system will say of a service whose unit is written before.
    fn unit(&self, name: &str) -> Option<&Answer> {
        let found = self.services.iter().rev().find(|(unit, _)| is_unit(name, unit));
        found.map(|(_, answer)| answer)
    }

    fn brings_service(&self, name: &str) -> Option<&str> {
        let by_name = self
            .pending
            .iter()
            .rev()
            .find(|pending| pending.packages.iter().any(|package| stem(name).starts_with(stem(package))));
        by_name.map(|pending| pending.id.as_str()).or_else(|| self.opaque())
    }

    /// The package that may bring a path: one whose name leads one of the path's components, in a system directory.
    fn brings_path(&self, path: &Utf8Path) -> Option<&str> {
        let system = ["/etc", "/usr", "/var", "/lib", "/run", "/opt", "/bin", "/sbin"];
        if !system.iter().any(|root| path.starts_with(root)) {
            return None;
        }
        let named = |package: &str| {
            path.components().skip(1).any(|component| component.as_str().starts_with(stem(package)))
        };
        let found = self.pending.iter().rev().find(|pending| pending.packages.iter().any(|name| named(name)));
        found.map(|pending| pending.id.as_str())
    }
}

/// The service that a file makes, and what the init system will say of it.
fn service(id: &str, file: &WriteFile, init: Init) -> Option<(String, Answer)> {
    let directories: &[&str] = match init {
        Init::Systemd => &["/etc/systemd/system", "/lib/systemd/system", "/usr/lib/systemd/system"],
        Init::Sysv => &["/etc/init.d"],
        Init::None => &[],
    };
    let name = file.path.file_name()?;
    if !directories.iter().any(|directory| file.path.parent() == Some(Utf8Path::new(directory))) {
        return None;
    }
    let answer = match (&file.content, init) {
        (Content::Text(text), Init::Systemd) => {
            let installable = text.lines().any(|line| line.trim() == "[Install]");
            let enabled = if installable { Enabled::No } else { Enabled::Static };
            Answer::Service(ServiceState {
                exists: true,
                running: false,
                enabled,
                needs_reload: false,
                failed: false,
                script: false,
            })
        }
        _ => Answer::Unknown(id.to_owned()),
    };
    Some((name.to_owned(), answer))
}

/// Whether a service's name means the unit: `nginx` is `nginx.service`.
fn is_unit(name: &str, unit: &str) -> bool {
    name == unit || unit.strip_suffix(".service") == Some(name)
}

/// A command that could not run now may run once what is pending is there.
fn could_not_run(end: &End) -> bool {
    matches!(end, End::NotStarted(_) | End::Exit(126 | 127))
}

/// `nginx` of `nginx-light`, `python3` of `python3.11-venv`.
fn stem(name: &str) -> &str {
    name.split(['-', '.', ':', '@']).next().unwrap_or(name)
}

fn absent(query: &Query) -> Option<Answer> {
    Some(match query {
        Query::Stat(_) | Query::Resolve(_) => Answer::Stat(None),
        Query::Digest(_) => Answer::Digest(None),
        Query::Read(_) => Answer::Read(None),
        Query::List(_) => Answer::List(None),
        _ => return None,
    })
}
