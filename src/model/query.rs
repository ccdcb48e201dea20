//! What a provider may want to know of a machine: a closed vocabulary, answered by every target.

use std::hash::{Hash, Hasher};
use std::mem;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use super::error::Failure;
use super::journal::{Journal, Lock, RunRecord};
use super::step::Command;

mod file;
mod machine;
mod outcome;
mod path;

pub use file::{AccessList, BY_GROUP, BY_OTHERS, FileKind, FileText, STICKY, Stat};
pub use machine::{
    Enabled, Group, Host, Init, Interface, OfferedPackage, OfflineUnit, PackageState, ServiceCourse,
    ServiceState, User,
};
pub use outcome::{CommandResult, End, HttpRequest, HttpResult, LONGER};
pub(super) use path::hash as hash_path;

/// One question. Equal questions are asked once a batch; asking never changes the machine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Query {
    /// What is at a path; a last link is not followed.
    Stat(Utf8PathBuf),
    /// What is at a path after all links.
    Resolve(Utf8PathBuf),
    /// SHA-256 of a regular file's bytes.
    Digest(Utf8PathBuf),
    /// Bytes of a regular file, up to [`READ_LIMIT`].
    Read(Utf8PathBuf),
    /// Names in a directory, sorted.
    List(Utf8PathBuf),
    /// Whether this process may create, replace or remove the path.
    Writable(Utf8PathBuf),
    /// A user account, by name.
    User(String),
    /// A group, by name.
    Group(String),
    /// State of a package.
    Package {
        /// Package manager: `apt`.
        manager: String,
        name: String,
    },
    /// The version of a package that an install would bring.
    Candidate {
        /// Package manager: `apt`.
        manager: String,
        name: String,
    },
    /// All versions of a package that the sources offer.
    Versions {
        /// Package manager: `apt`.
        manager: String,
        name: String,
    },
    /// The packages that the sources offer in the place of a virtual one.
    Providers {
        /// Package manager: `apt`.
        manager: String,
        /// Name of the virtual package.
        name: String,
    },
    /// Whether the package database was left interrupted.
    PackageDatabase {
        /// Package manager: `apt`.
        manager: String,
    },
    /// State of a service, as this machine's init system tells it.
    Service(String),
    /// The init system, and who we are.
    Host,
    /// Network interfaces and their addresses.
    Interfaces,
    /// Runs a read-only command. Boxed, as the next, because a batch may hold many thousand questions about files.
    Command(Box<Command>),
    /// Fetches a page from the machine itself.
    Http(Box<HttpRequest>),
    /// The resource for which this run will restart the machine.
    Restart,
    /// The notifications that earlier runs still owe here.
    Journal,
    /// Who holds the lock.
    Lock,
    /// The last runs here.
    History,
}

/// Where the kernel tells a process what is mounted where it looks: proc(5).
pub const MOUNTS: &str = "/proc/self/mountinfo";

/// Largest number of bytes that a [`Query::Read`] brings: 1 MiB.
pub const READ_LIMIT: u64 = 1 << 20;

impl Query {
    /// Whether the answer is only worth something at the resource's own turn, because it runs things.
    #[must_use]
    pub fn is_live(&self) -> bool {
        matches!(self, Self::Command(_) | Self::Http(_))
    }

    /// All questions that are about this path.
    #[must_use]
    pub fn about(path: &Utf8Path) -> [Self; ABOUT_PATHS.len()] {
        ABOUT_PATHS.map(|question| question(path.to_owned()))
    }

    /// The same question about another path.
    #[must_use]
    pub fn of(&self, path: &Utf8Path) -> Self {
        match self.place() {
            Some((question, _)) => question(path.to_owned()),
            None => self.clone(),
        }
    }

    /// The file that the question is about.
    #[must_use]
    pub fn path(&self) -> Option<&Utf8Path> {
        self.place().map(|(_, path)| path)
    }
}

/// Says once which questions are about a path. Every question stands on one side or the other, or this does not compile.
macro_rules! about_paths {
    ($($question:ident),*; others: $($other:ident),*) => {
        /// The questions about a path, each still without one.
        const ABOUT_PATHS: [fn(Utf8PathBuf) -> Query; [$(stringify!($question)),*].len()] = [$(Query::$question),*];

        impl Query {
            /// The question without its path, and the path; nothing for one that is about something else.
            fn place(&self) -> Option<(fn(Utf8PathBuf) -> Self, &Utf8Path)> {
                match self {
                    $(Self::$question(path) => Some((Self::$question, path)),)*
                    $(Self::$other { .. })|* => None,
                }
            }
        }
    };
}

about_paths!(
    Stat, Resolve, Digest, Read, List, Writable;
    others: User, Group, Package, Candidate, Versions, Providers, PackageDatabase, Service, Host, Interfaces, Command,
    Http, Restart, Journal, Lock, History
);

impl Hash for Query {
    /// As it would be derived, but for paths.
    fn hash<H: Hasher>(&self, state: &mut H) {
        mem::discriminant(self).hash(state);
        match self {
            Self::Stat(path)
            | Self::Resolve(path)
            | Self::Digest(path)
            | Self::Read(path)
            | Self::List(path)
            | Self::Writable(path) => hash_path(path, state),
            Self::User(name) | Self::Group(name) | Self::Service(name) => name.hash(state),
            Self::Package { manager, name }
            | Self::Candidate { manager, name }
            | Self::Versions { manager, name }
            | Self::Providers { manager, name } => (manager, name).hash(state),
            Self::PackageDatabase { manager } => manager.hash(state),
            Self::Command(command) => command.hash(state),
            Self::Http(request) => request.hash(state),
            Self::Host | Self::Interfaces | Self::Restart | Self::Journal | Self::Lock | Self::History => {}
        }
    }
}

/// What a target says to a [`Query`]; the variant follows from the query's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// To `Stat` and `Resolve`; nothing when the path is not there.
    Stat(Option<Stat>),
    /// To `Digest`; nothing when there is no regular file.
    Digest(Option<String>),
    Read(Option<FileText>),
    /// To `List`; nothing when there is no directory.
    List(Option<Vec<String>>),
    Writable(bool),
    User(Option<Box<User>>),
    Group(Option<Group>),
    Package(PackageState),
    /// To `Candidate`; nothing when no source offers it.
    Candidate(Option<String>),
    /// To `Versions`, the one that the manager prefers first.
    Versions(Vec<String>),
    /// To `Providers`: every version of every package that provides it.
    Providers(Vec<OfferedPackage>),
    /// To `PackageDatabase`: whether it must be repaired before anything else.
    PackageDatabase {
        /// Whether a transaction was cut off in the middle.
        interrupted: bool,
    },
    Service(ServiceState),
    Host(Box<Host>),
    Interfaces(Vec<Interface>),
    Command(CommandResult),
    Http(HttpResult),
    /// To `Restart`: `type[name]`; nothing when no restart was asked for.
    Restart(Option<String>),
    Journal(Journal),
    Lock(Lock),
    /// To `History`, oldest first.
    History(Vec<RunRecord>),
    /// It could not be found out.
    Failed(Failure),
    /// It can't be known before the named resource has converged (made by a plan, never by a target). A change that tells
    /// so of itself leaves the name out.
    Unknown(String),
    /// Something will be at the path, and what it is can't be known before the named resource has converged. A change
    /// that tells so of itself leaves the name out.
    Present(String),
}

impl Answer {
    /// Whether it is one to this question, whatever it says: a target may say anything.
    #[must_use]
    pub fn fits(&self, query: &Query) -> bool {
        match self {
            Self::Stat(_) => matches!(query, Query::Stat(_) | Query::Resolve(_)),
            Self::Digest(_) => matches!(query, Query::Digest(_)),
            Self::Read(_) => matches!(query, Query::Read(_)),
            Self::List(_) => matches!(query, Query::List(_)),
            Self::Writable(_) => matches!(query, Query::Writable(_)),
            Self::User(_) => matches!(query, Query::User(_)),
            Self::Group(_) => matches!(query, Query::Group(_)),
            Self::Package(_) => matches!(query, Query::Package { .. }),
            Self::Candidate(_) => matches!(query, Query::Candidate { .. }),
            Self::Versions(_) => matches!(query, Query::Versions { .. }),
            Self::Providers(_) => matches!(query, Query::Providers { .. }),
            Self::PackageDatabase { .. } => matches!(query, Query::PackageDatabase { .. }),
            Self::Service(_) => matches!(query, Query::Service(_)),
            Self::Host(_) => matches!(query, Query::Host),
            Self::Interfaces(_) => matches!(query, Query::Interfaces),
            Self::Command(_) => matches!(query, Query::Command(_)),
            Self::Http(_) => matches!(query, Query::Http(_)),
            Self::Restart(_) => matches!(query, Query::Restart),
            Self::Journal(_) => matches!(query, Query::Journal),
            Self::Lock(_) => matches!(query, Query::Lock),
            Self::History(_) => matches!(query, Query::History),
            Self::Failed(_) => true,
            // Only a plan makes it.
            Self::Unknown(_) | Self::Present(_) => false,
        }
    }
}
