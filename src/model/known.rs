//! Answers at hand, and the look-ups by which a provider reads them.

use std::cell::RefCell;
use std::hash::Hash;

use camino::{Utf8Path, Utf8PathBuf};
use indexmap::{Equivalent, IndexMap};
use rustc_hash::{FxBuildHasher, FxHashMap};

use super::error::Failure;
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

/// Answers at hand, and the look-ups by which a provider reads them.
///
/// The hash is one without a key: whoever could choose paths so that they collide may run commands as root anyway.
#[derive(Debug, Default)]
pub struct Known {
    /// Side by side: a table of its own would be half empty, and these are large.
    answers: IndexMap<Query, Answer, FxBuildHasher>,
    /// The paths that were asked about. Most runs change nothing, so it is made for the first step.
    below: Option<Below>,
    /// Links on the ways to what was asked about.
    links: Links,
    /// Paths that were asked about, by the names that they have behind links.
    names: FxHashMap<Utf8PathBuf, Vec<Utf8PathBuf>>,
    /// Questions answered here whose answers every step makes stale.
    live: Vec<Query>,
    /// What the machine says now, where the answer that will hold is unknown.
    now: FxHashMap<Query, Answer>,
    /// Numbers of the answers that were read, where somebody wants to know them.
    read: Option<RefCell<Vec<usize>>>,
}

/// Why a plan could not be made yet, or at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// These have to be asked first.
    Wanted(Vec<Query>),
    /// It depends on what the named resource will do.
    Unknown(String),
    /// As the machine is now it can't be done, and what the named resource will do may change that.
    Hindered(String, Failure),
    /// It can't be done.
    Failed(Failure),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// One typed look-up for each kind of answer.
macro_rules! lookups {
    ($($(#[$doc:meta])* $name:ident($($arg:ident: $type:ty),*) -> $answer:ty = $query:expr, $variant:pat => $value:expr;)*) => {
        $(
            $(#[$doc])*
            ///
            /// # Errors
            /// It was not asked yet, can't be known yet, or could not be found out.
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
    /// Answers from a list, for specs and plans.
    pub fn from_answers(answers: impl IntoIterator<Item = (Query, Answer)>) -> Self {
        let mut known = Self::default();
        for (query, answer) in answers {
            known.insert(query, answer);
        }
        known
    }

    /// Makes room for so many further answers.
    pub fn reserve(&mut self, answers: usize) {
        self.answers.reserve(answers);
    }

    /// Lays an answer down; a former one to the same query goes.
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

    /// Lays down that an answer is unknown until the named resource has converged, with what the machine says now.
    pub fn insert_unknown(&mut self, query: Query, until: String, now: Option<Answer>) {
        if let Some(now) = now {
            self.now.insert(query.clone(), now);
        }
        self.insert(query, Answer::Unknown(until));
    }

    /// Forgets every answer for which the function holds.
    pub fn forget(&mut self, mut stale: impl FnMut(&Query, &Answer) -> bool) {
        self.answers.retain(|query, answer| !stale(query, answer));
    }

    /// Forgets what a step may have changed: whatever [`Step::affects`].
    ///
    /// A first run has thousands of steps and of answers, so what a file's step can touch is looked up rather than
    /// looked for. The number of answers that were looked at comes back.
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

    /// Forgets what was said of a path, under whatever name. The number of questions that this takes comes back.
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

    /// The answer, whatever it is, without the notice that it was read.
    #[must_use]
    pub fn peek(&self, query: &Query) -> Option<&Answer> {
        self.answers.get(query)
    }

    /// What the machine says now to a question whose answer is unknown until another resource has converged. For a
    /// provider that comes to the same whatever the answer will be: reading it leaves the plan certain.
    #[must_use]
    pub fn now(&self, query: &Query) -> Option<&Answer> {
        self.now.get(query)
    }

    /// From here on it is noted which answers are read.
    pub fn watch(&mut self) {
        self.read = Some(RefCell::default());
    }

    /// The questions whose answers were read since [`Self::watch`], with these.
    pub fn looked_at(&self) -> impl Iterator<Item = (&Query, &Answer)> {
        let read = self.read.as_ref().map(|read| read.borrow().clone()).unwrap_or_default();
        read.into_iter().filter_map(|index| self.answers.get_index(index))
    }

    /// Makes sure that all of these have answers, so that several can be asked in one batch.
    ///
    /// # Errors
    /// `Stop::Wanted` with those that have none.
    pub fn want(&self, queries: impl IntoIterator<Item = Query>) -> Result<(), Stop> {
        let missing: Vec<Query> = queries.into_iter().filter(|query| !self.has(query)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(Stop::Wanted(missing))
    }

    /// The raw answer.
    ///
    /// # Errors
    /// It was not asked yet, can't be known yet, or could not be found out.
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

    /// Whether anything is at a path after all links.
    ///
    /// # Errors
    /// It was not asked yet, can't be known yet, or could not be found out.
    pub fn is_there(&self, path: &Utf8Path) -> Result<bool, Stop> {
        match self.answers.get(&Query::Resolve(path.to_owned())) {
            Some(Answer::Present(_)) => Ok(true),
            _ => Ok(self.resolve(path)?.is_some()),
        }
    }

    lookups! {
        /// What is at a path; a last link is not followed.
        stat(path: &Utf8Path) -> Option<&Stat> = PathQuery::new(Query::Stat, path), Answer::Stat(stat) => stat.as_ref();
        /// What is at a path after all links.
        resolve(path: &Utf8Path) -> Option<&Stat> = PathQuery::new(Query::Resolve, path), Answer::Stat(stat) => stat.as_ref();
        /// SHA-256 of a regular file.
        digest(path: &Utf8Path) -> Option<&str> = PathQuery::new(Query::Digest, path), Answer::Digest(digest) => digest.as_deref();
        /// Text of a regular file.
        read(path: &Utf8Path) -> Option<&FileText> = PathQuery::new(Query::Read, path), Answer::Read(text) => text.as_ref();
        /// Names in a directory.
        list(path: &Utf8Path) -> Option<&[String]> = PathQuery::new(Query::List, path), Answer::List(names) => names.as_deref();
        /// A user account.
        user(name: &str) -> Option<&User> = Query::User(name.to_owned()), Answer::User(user) => user.as_deref();
        /// A group.
        group(name: &str) -> Option<&Group> = Query::Group(name.to_owned()), Answer::Group(group) => group.as_ref();
        /// State of a package.
        package(manager: &str, name: &str) -> &PackageState = Query::Package { manager: manager.to_owned(), name: name.to_owned() }, Answer::Package(state) => state;
        /// The version an install would bring.
        candidate(manager: &str, name: &str) -> Option<&str> = Query::Candidate { manager: manager.to_owned(), name: name.to_owned() }, Answer::Candidate(version) => version.as_deref();
        /// All versions on offer.
        versions(manager: &str, name: &str) -> &[String] = Query::Versions { manager: manager.to_owned(), name: name.to_owned() }, Answer::Versions(versions) => versions;
        /// The packages on offer in the place of a virtual one.
        providers(manager: &str, name: &str) -> &[OfferedPackage] = Query::Providers { manager: manager.to_owned(), name: name.to_owned() }, Answer::Providers(providers) => providers;
        /// Whether the package database was left interrupted.
        interrupted(manager: &str) -> bool = Query::PackageDatabase { manager: manager.to_owned() }, Answer::PackageDatabase { interrupted } => *interrupted;
        /// State of a service.
        service(name: &str) -> &ServiceState = Query::Service(name.to_owned()), Answer::Service(state) => state;
        /// Who and where we are.
        host() -> &Host = Query::Host, Answer::Host(host) => host;
        /// The resource for which this run will restart the machine.
        restart() -> Option<&str> = Query::Restart, Answer::Restart(by) => by.as_deref();
        /// Result of a read-only command.
        command(command: &Command) -> &CommandResult = Query::Command(Box::new(command.clone())), Answer::Command(result) => result;
        /// Result of fetching a page.
        http(request: &HttpRequest) -> &HttpResult = Query::Http(Box::new(request.clone())), Answer::Http(result) => result;
    }
}
