//! The answers that are known, with typed lookups for providers.

use std::cell::RefCell;
use std::hash::Hash;

use camino::{Utf8Path, Utf8PathBuf};
use indexmap::{Equivalent, IndexMap};
use rustc_hash::{FxBuildHasher, FxHashMap};

use super::downloaded::Downloaded;
use super::error::Failure;
use super::notification::BegunAction;
use super::query::{
    Answer, CommandResult, FileText, Group, Host, HttpRequest, HttpResult, OfferedPackage, PackageState,
    Query, ServiceState, Stat, User,
};
use super::step::{Command, Step};
use below::Below;
use path_query::PathQuery;

mod below;
mod links;
mod names;
mod path_query;

pub use links::{LastComponent, Links};

/// The answers that are known, with typed lookups for providers.
///
/// The hash function has no key. That is safe: paths come from recipes, which may run commands as root anyway.
#[derive(Debug, Default)]
pub struct Known {
    /// A map with entries in one array. A hash table that holds the large entries itself would be half empty.
    answers: IndexMap<Query, Answer, FxBuildHasher>,
    /// Index of the paths in `answers`. Built on the first change, because most runs change nothing.
    below: Option<Below>,
    /// Symlinks that are known on the way to the paths.
    links: Links,
    /// Paths in `answers`, by the paths that they resolve to.
    names: FxHashMap<Utf8PathBuf, Vec<Utf8PathBuf>>,
    /// Queries in `answers` whose answers any step may outdate.
    live: Vec<Query>,
    /// Present answers of the machine, for queries whose future answer is unknown.
    now: FxHashMap<Query, Answer>,
    /// What the action that is planned was about, if it was begun and broken off.
    begun: Option<BegunAction>,
    /// Indexes of the answers that were read, if recording is on.
    read: Option<RefCell<Vec<usize>>>,
    /// Indexes of the unknown answers of which the present ones were read instead, if recording is on.
    presumed: RefCell<Vec<usize>>,
}

/// Why a plan can't be made now, or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// These queries must be answered first.
    Wanted(Vec<Query>),
    /// The plan depends on what the named resource will do.
    Unknown(String),
    /// The plan fails in the present state of the machine, but the named resource may change that.
    Hindered(String, Failure),
    /// The plan fails.
    Failed(Failure),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// Defines a typed lookup for each kind of answer.
macro_rules! lookups {
    ($($(#[$doc:meta])* $name:ident($($arg:ident: $type:ty),*) -> $answer:ty = $query:expr, $variant:pat => $value:expr;)*) => {
        $(
            $(#[$doc])*
            ///
            /// # Errors
            /// The query was not asked yet, its answer is not known yet, or the target could not answer it.
            pub fn $name(&self, $($arg: $type),*) -> Result<$answer, Stop> {
                let query = $query;
                match self.look_up(&query)? {
                    $variant => Ok($value),
                    other => {
                        let query = Query::from(query);
                        Err(Failure::new(format!("the target answered {query:?} with {other:?}")).into())
                    }
                }
            }
        )*
    };
}

impl Known {
    /// Creates the set from a list of answers, for specs and plans.
    pub fn from_answers(answers: impl IntoIterator<Item = (Query, Answer)>) -> Self {
        let mut known = Self::default();
        for (query, answer) in answers {
            known.insert(query, answer);
        }
        known
    }

    /// Reserves capacity for more answers.
    pub fn reserve(&mut self, answers: usize) {
        self.answers.reserve(answers);
    }

    /// Sets an answer, replacing an earlier one for the same query.
    pub fn insert(&mut self, query: Query, answer: Answer) {
        if let Some(below) = &mut self.below
            && let Some(path) = query.path()
        {
            below.add(path);
        }
        if query.is_live() && !self.answers.contains_key(&query) {
            self.live.push(query.clone());
        }
        self.answers.insert(query, answer);
    }

    /// Records that an answer is unknown until the named resource has converged. `now` is the present answer.
    pub fn insert_unknown(&mut self, query: Query, until: String, now: Option<Answer>) {
        if let Some(now) = now {
            self.now.insert(query.clone(), now);
        }
        self.insert(query, Answer::Unknown(until));
    }

    /// Removes all answers that match the predicate.
    pub fn forget(&mut self, mut stale: impl FnMut(&Query, &Answer) -> bool) {
        self.answers.retain(|query, answer| !stale(query, answer));
    }

    /// Removes the answers that a step may have outdated, according to [`Step::affects`]. Returns the number of answers
    /// that were checked.
    ///
    /// For steps on files, an index finds these answers. Otherwise a first run, with thousands of steps and answers,
    /// would take quadratic time.
    pub fn forget_after(&mut self, step: &Step) -> usize {
        let Some(path) = step.path() else {
            let looked_at = self.answers.len() + self.live.len();
            self.answers.retain(|query, _| !step.affects(query));
            self.live.retain(|query| self.answers.contains_key(query));
            self.links.clear();
            return looked_at;
        };
        let mut looked_at = self.live.len();
        for query in std::mem::take(&mut self.live) {
            self.answers.swap_remove(&query);
        }
        let mut places = self.links.other_names(path, LastComponent::Kept);
        places.push(path.to_owned());
        for path in places {
            looked_at += path.ancestors().map(|at| self.forget_at(at)).sum::<usize>();
            self.links.forget(&path);
            for inside in self.below().take(&path) {
                looked_at += self.forget_at(&inside);
                self.links.forget(&inside);
            }
        }
        if step.is_read_by_others() {
            looked_at += self.answers.len();
            self.answers.retain(|query, _| query.path().is_some() || !step.affects(query));
        }
        looked_at
    }

    fn below(&mut self) -> &mut Below {
        let Self { below, answers, names, .. } = self;
        below.get_or_insert_with(|| {
            let mut below = Below::default();
            for path in answers.keys().filter_map(Query::path).chain(names.keys().map(Utf8PathBuf::as_path)) {
                below.add(path);
            }
            below
        })
    }

    /// Removes the answers about a path and all its other names. Returns the number of queries that were checked.
    fn forget_at(&mut self, path: &Utf8Path) -> usize {
        let mut looked_at = 0;
        let others = self.names.get(path).cloned().unwrap_or_default();
        for query in others.iter().map(Utf8PathBuf::as_path).chain([path]).flat_map(Query::about) {
            looked_at += 1;
            self.answers.swap_remove(&query);
        }
        looked_at
    }

    /// Whether the query has an answer.
    #[must_use]
    pub fn has(&self, query: &Query) -> bool {
        self.answers.contains_key(query)
    }

    /// The answer as it is. This is not recorded as a read.
    #[must_use]
    pub fn peek(&self, query: &Query) -> Option<&Answer> {
        self.answers.get(query)
    }

    /// The present answer of the machine to a query whose future answer is unknown. Only for providers whose plan does
    /// not depend on the future answer: the plan stays certain.
    #[must_use]
    pub fn now(&self, query: &Query) -> Option<&Answer> {
        let now = self.now.get(query)?;
        if self.read.is_some() {
            self.presumed.borrow_mut().extend(self.answers.get_index_of(query));
        }
        Some(now)
    }

    /// Set if the action that is planned was begun before, in this run or an earlier one, and broken off. Then a step that
    /// the machine does not show may be missing, even where everything else is as declared. See `Change::unseen`.
    #[must_use]
    pub fn begun(&self) -> Option<BegunAction> {
        self.begun
    }

    /// Sets [`Self::begun`], for the plan of one action.
    pub fn set_begun(&mut self, begun: Option<BegunAction>) {
        self.begun = begun;
    }

    /// Starts to record which answers are read.
    pub fn watch(&mut self) {
        self.read = Some(RefCell::default());
        self.presumed.borrow_mut().clear();
    }

    /// The resource until which one of the answers is unknown that were read with [`Self::now`] since [`Self::watch`].
    #[must_use]
    pub fn presumed_until(&self) -> Option<&str> {
        let presumed = self.presumed.borrow();
        let answers = presumed.iter().filter_map(|index| self.answers.get_index(*index));
        answers.map(|(_, answer)| answer).find_map(|answer| match answer {
            Answer::Unknown(until) | Answer::Present(until) => Some(until.as_str()),
            _ => None,
        })
    }

    /// The queries whose answers were read since [`Self::watch`], with the answers.
    pub fn looked_at(&self) -> impl Iterator<Item = (&Query, &Answer)> {
        let read = self.read.as_ref().map(|read| read.borrow().clone()).unwrap_or_default();
        read.into_iter().filter_map(|index| self.answers.get_index(index))
    }

    /// Checks that all queries have answers, so that the missing ones can be asked in one batch.
    ///
    /// # Errors
    /// `Stop::Wanted` with the queries that have no answer.
    pub fn want(&self, queries: impl IntoIterator<Item = Query>) -> Result<(), Stop> {
        let missing: Vec<Query> = queries.into_iter().filter(|query| !self.has(query)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(Stop::Wanted(missing))
    }

    /// The answer to a query.
    ///
    /// # Errors
    /// The query was not asked yet, its answer is not known yet, or the target could not answer it.
    pub fn get(&self, query: &Query) -> Result<&Answer, Stop> {
        self.look_up(query)
    }

    fn look_up<Q: Hash + Equivalent<Query> + Clone + Into<Query>>(&self, query: &Q) -> Result<&Answer, Stop> {
        let Some((index, _, answer)) = self.answers.get_full(query) else {
            return Err(Stop::Wanted(vec![query.clone().into()]));
        };
        if let Some(read) = &self.read {
            read.borrow_mut().push(index);
        }
        match answer {
            Answer::Unknown(until) | Answer::Present(until) => Err(Stop::Unknown(until.clone())),
            Answer::Failed(failure) => Err(Stop::Failed(failure.clone())),
            answer => Ok(answer),
        }
    }

    /// Whether something exists at a path. Symlinks are followed.
    ///
    /// # Errors
    /// The query was not asked yet, its answer is not known yet, or the target could not answer it.
    pub fn is_there(&self, path: &Utf8Path) -> Result<bool, Stop> {
        match self.answers.get(&Query::Resolve(path.to_owned())) {
            Some(Answer::Present(_)) => Ok(true),
            _ => Ok(self.resolve(path)?.is_some()),
        }
    }

    lookups! {
        /// What is at a path. A symlink as the last component is not followed.
        stat(path: &Utf8Path) -> Option<&Stat> = PathQuery::new(Query::Stat, path), Answer::Stat(stat) => stat.as_ref();
        /// What is at a path. Symlinks are followed.
        resolve(path: &Utf8Path) -> Option<&Stat> = PathQuery::new(Query::Resolve, path), Answer::Stat(stat) => stat.as_ref();
        /// SHA-256 of a regular file.
        digest(path: &Utf8Path) -> Option<&str> = PathQuery::new(Query::Digest, path), Answer::Digest(digest) => digest.as_deref();
        /// Text of a regular file.
        read(path: &Utf8Path) -> Option<&FileText> = PathQuery::new(Query::Read, path), Answer::Read(text) => text.as_ref();
        /// Names of the entries of a directory.
        list(path: &Utf8Path) -> Option<&[String]> = PathQuery::new(Query::List, path), Answer::List(names) => names.as_deref();
        /// A user account.
        user(name: &str) -> Option<&User> = Query::User(name.to_owned()), Answer::User(user) => user.as_deref();
        /// A group.
        group(name: &str) -> Option<&Group> = Query::Group(name.to_owned()), Answer::Group(group) => group.as_ref();
        /// State of a package.
        package(manager: &str, name: &str) -> &PackageState = Query::Package { manager: manager.to_owned(), name: name.to_owned() }, Answer::Package(state) => state;
        /// The version that an installation would install.
        candidate(manager: &str, name: &str) -> Option<&str> = Query::Candidate { manager: manager.to_owned(), name: name.to_owned() }, Answer::Candidate(version) => version.as_deref();
        /// All available versions.
        versions(manager: &str, name: &str) -> &[String] = Query::Versions { manager: manager.to_owned(), name: name.to_owned() }, Answer::Versions(versions) => versions;
        /// The available packages that provide a virtual package.
        providers(manager: &str, name: &str) -> &[OfferedPackage] = Query::Providers { manager: manager.to_owned(), name: name.to_owned() }, Answer::Providers(providers) => providers;
        /// Whether an operation on the package database was interrupted.
        interrupted(manager: &str) -> bool = Query::PackageDatabase { manager: manager.to_owned() }, Answer::PackageDatabase { interrupted } => *interrupted;
        /// State of a service.
        service(name: &str) -> &ServiceState = Query::Service(name.to_owned()), Answer::Service(state) => state;
        /// The init system, the current user, and other properties of the machine.
        host() -> &Host = Query::Host, Answer::Host(host) => host;
        /// The resource for which this run will restart the machine, if any.
        restart() -> Option<&str> = Query::Restart, Answer::Restart(by) => by.as_deref();
        /// Result of a read-only command.
        command(command: &Command) -> &CommandResult = Query::Command(Box::new(command.clone())), Answer::Command(result) => result;
        /// What is at an address, in base64, or why it can't be downloaded.
        download(url: &str) -> &Result<String, String> = Query::Download(url.to_owned()), Answer::Download(result) => result;
        /// What the machine remembers of files that it downloaded.
        downloads() -> &[Downloaded] = Query::Downloads, Answer::Downloads(list) => list;
        /// Response to an HTTP request.
        http(request: &HttpRequest) -> &HttpResult = Query::Http(Box::new(request.clone())), Answer::Http(result) => result;
    }
}
