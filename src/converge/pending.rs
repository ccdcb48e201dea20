//! The changes planned so far, and how far each may reach: which answers they make uncertain.
//!
//! The rule: something that is absent now is uncertain if a pending change may bring it. Something that is present
//! stays as it is unless a change says otherwise; otherwise one unguarded command would make the whole plan uncertain.
//! Failures are stricter: a failure is certain only if no pending change may alter the answers that led to it.

use camino::Utf8Path;
use rustc_hash::FxHashMap;

use crate::model::change::Reach;
use crate::model::query::{Answer, End, Query};

/// Number of a planned change, from 1 in plan order. 0 is the machine as it is.
pub(super) type Order = usize;

/// Where packages may put files, by the Filesystem Hierarchy Standard. Everything else belongs to the administrator or
/// the users.
const SYSTEM: &[&str] = &[
    "/bin", "/boot", "/etc", "/lib", "/lib32", "/lib64", "/libx32", "/opt", "/run", "/sbin", "/usr", "/var",
];

/// Below a system directory, but left to the administrator.
const LOCAL: &str = "/usr/local";

/// Where a service puts its files when it starts.
const VARIABLE: &[&str] = &["/run", "/var"];

/// The planned changes by number.
#[derive(Debug, Default)]
pub(super) struct Pending {
    ids: Vec<String>,
    /// The last change of each resource.
    last_of: FxHashMap<String, Order>,
    offers: Order,
    running: Order,
    system: Order,
    removal: Order,
    anything: Order,
    /// The last change to packages before the current transaction. Adjacent package changes share one transaction.
    separate: Order,
}

impl Pending {
    /// Adds a change.
    pub(super) fn add(&mut self, id: &str, reach: Reach, packages: bool) -> Order {
        self.ids.push(id.to_owned());
        let order = self.ids.len();
        self.last_of.insert(id.to_owned(), order);
        if !packages {
            self.separate = self.system;
        }
        match reach {
            Reach::Told => {}
            Reach::Offers => self.offers = order,
            Reach::Running => self.running = order,
            Reach::System => self.system = order,
            Reach::Removal => self.removal = order,
            Reach::Anything => self.anything = order,
        }
        order
    }

    /// Ends the transaction of adjacent packages: those of the last change may bring those of the next resource.
    pub(super) fn end_transaction(&mut self) {
        self.separate = self.last();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// `type[name]` of the resource that makes a change.
    pub(super) fn id(&self, order: Order) -> &str {
        order.checked_sub(1).and_then(|index| self.ids.get(index)).map_or("", String::as_str)
    }

    /// The last change of a resource; 0 if it has none.
    pub(super) fn order(&self, id: &str) -> Order {
        self.last_of.get(id).copied().unwrap_or_default()
    }

    /// The last change.
    pub(super) fn last(&self) -> Order {
        self.ids.len()
    }

    /// The last change that may do more than it predicts.
    pub(super) fn last_untold(&self) -> Order {
        [self.running, self.system, self.removal, self.anything].into_iter().max().unwrap_or_default()
    }

    /// The last change that may do anything.
    pub(super) fn last_unbounded(&self) -> Order {
        self.anything
    }

    /// The last change that makes an answer uncertain; 0 if none does.
    pub(super) fn doubts(&self, query: &Query, answer: &Answer) -> Order {
        let absent = is_absent(answer);
        match query {
            query if query.is_patient() => self.last(),
            Query::List(path) => self.brings(path),
            Query::Stat(path) | Query::Resolve(path) | Query::Digest(path) | Query::Read(path) => {
                if absent {
                    self.brings(path)
                } else {
                    self.takes(path)
                }
            }
            Query::User(_) | Query::Group(_) if absent => self.anything.max(self.system),
            Query::Package { .. } if absent => self.anything.max(self.separate),
            Query::Candidate { .. } | Query::Versions { .. } | Query::Providers { .. } if absent => {
                self.anything.max(self.offers).max(self.separate)
            }
            Query::Candidate { .. } | Query::Versions { .. } | Query::Providers { .. } => {
                self.anything.max(self.offers)
            }
            Query::Service(_) if absent => self.anything.max(self.system),
            Query::Service(_) => self.removal,
            // A command that can't be run now may be runnable after the pending changes.
            Query::Command(_) if absent => self.last_untold(),
            // What can't be downloaded now, or does not answer, may be there after the pending changes.
            Query::Download(_) | Query::Http(_) if absent => self.last_untold(),
            _ => 0,
        }
    }

    /// The last change that may alter an answer at all; 0 if none may.
    pub(super) fn alters(&self, query: &Query, answer: &Answer) -> Order {
        let doubts = self.doubts(query, answer);
        let further = match query {
            Query::Stat(path)
            | Query::Resolve(path)
            | Query::Digest(path)
            | Query::Read(path)
            | Query::List(path)
            | Query::Writable(path) => {
                let by_system = self.system.max(self.removal).max(self.running);
                self.anything.max(if is_system(path) { by_system } else { 0 })
            }
            Query::Candidate { .. } | Query::Versions { .. } | Query::Providers { .. } => {
                self.anything.max(self.separate).max(self.offers)
            }
            Query::User(_)
            | Query::Group(_)
            | Query::Package { .. }
            | Query::InstalledPackages { .. }
            | Query::PackageDatabase { .. } => self.anything.max(self.system).max(self.removal),
            Query::Service(_) | Query::Command(_) => self.last_untold(),
            _ => 0,
        };
        doubts.max(further)
    }

    /// The last change that may create a path.
    fn brings(&self, path: &Utf8Path) -> Order {
        let running = if within(path, VARIABLE) { self.running } else { 0 };
        let system = if is_system(path) { self.system } else { 0 };
        self.anything.max(running).max(system)
    }

    /// The last change that may remove a path.
    fn takes(&self, path: &Utf8Path) -> Order {
        if is_system(path) { self.removal } else { 0 }
    }
}

/// Whether an answer says that something does not exist.
pub(super) fn is_absent(answer: &Answer) -> bool {
    match answer {
        Answer::Stat(None)
        | Answer::Digest(None)
        | Answer::Read(None)
        | Answer::List(None)
        | Answer::User(None)
        | Answer::Group(None)
        | Answer::Candidate(None) => true,
        Answer::Versions(versions) => versions.is_empty(),
        Answer::Providers(providers) => providers.is_empty(),
        Answer::Package(state) => state.version.is_none() && state.provided_by.is_empty(),
        Answer::Service(state) => !state.exists,
        Answer::Download(result) => result.is_err(),
        Answer::Http(result) => result.status.is_none(),
        Answer::Command(result) => matches!(result.end, End::NotStarted(_) | End::Exit(126 | 127)),
        _ => false,
    }
}

fn is_system(path: &Utf8Path) -> bool {
    within(path, SYSTEM) && !(path.starts_with(LOCAL) && path != LOCAL)
}

fn within(path: &Utf8Path, directories: &[&str]) -> bool {
    directories.iter().any(|directory| path.starts_with(directory))
}
