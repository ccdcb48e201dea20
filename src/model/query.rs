//! Queries: the fixed set of questions that providers can ask about a machine. Every target can answer all of them.

use std::hash::{Hash, Hasher};
use std::mem;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use super::downloaded::Downloaded;
use super::error::Failure;
use super::journal::{Journal, Lock, RunRecord};
use super::step::Command;

mod file;
mod machine;
mod outcome;

pub use file::{AccessList, BY_GROUP, BY_OTHERS, FileKind, FileText, STICKY, Stat};
pub use machine::{
    Enabled, Group, Host, Init, Interface, OfferedPackage, OfflineUnit, PackageState, PasswordAging,
    ServiceCourse, ServiceState, User,
};
pub use outcome::{CommandResult, End, HttpMethod, HttpRequest, HttpResult, LONGER};

/// A question about a machine. Equal queries are asked once a batch. Asking never changes the machine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Query {
    /// What is at a path. A symlink as the last component is not followed.
    Stat(Utf8PathBuf),
    /// What is at a path. Symlinks are followed.
    Resolve(Utf8PathBuf),
    /// SHA-256 of a regular file.
    Digest(Utf8PathBuf),
    /// Content of a regular file, up to [`READ_LIMIT`].
    Read(Utf8PathBuf),
    /// Names of the entries of a directory, sorted.
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
    /// The version of a package that an installation would install.
    Candidate {
        /// Package manager: `apt`.
        manager: String,
        name: String,
    },
    /// All available versions of a package.
    Versions {
        /// Package manager: `apt`.
        manager: String,
        name: String,
    },
    /// The available packages that provide a virtual package.
    Providers {
        /// Package manager: `apt`.
        manager: String,
        /// Name of the virtual package.
        name: String,
    },
    /// All installed packages.
    InstalledPackages {
        /// Package manager: `apt`.
        manager: String,
    },
    /// Whether an operation on the package database was interrupted.
    PackageDatabase {
        /// Package manager: `apt`.
        manager: String,
    },
    /// State of a service, according to the init system.
    Service(String),
    /// The init system, the current user, and other properties of the machine.
    Host,
    /// Network interfaces and their addresses.
    Interfaces,
    /// Runs a read-only command. It is boxed, like the next one, because a batch may have thousands of queries about
    /// files.
    Command(Box<Command>),
    /// Fetches a page. The machine itself makes the request.
    Http(Box<HttpRequest>),
    /// Downloads what is at an address, up to [`READ_LIMIT`]: `http://` or `https://`. The machine itself makes the request.
    Download(String),
    /// What the machine remembers of files that it downloaded.
    Downloads,
    /// The resource for which this run will restart the machine.
    Restart,
    /// The owed notifications of earlier runs.
    Journal,
    /// The state of the lock.
    Lock,
    /// The last runs on this machine.
    History,
}

/// The mount table of the own process: proc(5).
pub const MOUNTS: &str = "/proc/self/mountinfo";

/// Most bytes that [`Query::Read`] returns: 1 MiB.
pub const READ_LIMIT: u64 = 1 << 20;

impl Query {
    /// Whether the answer is only useful at the turn of the resource, because the query runs something.
    #[must_use]
    pub fn is_live(&self) -> bool {
        matches!(self, Self::Command(_) | Self::Http(_) | Self::Download(_))
    }

    /// Whether the answer may take long to come, and is worth nothing while a change is pending.
    #[must_use]
    pub fn is_patient(&self) -> bool {
        matches!(self, Self::Http(request) if !request.of_version)
            || matches!(self, Self::Command(command) if command.waits)
    }

    /// All queries about a path.
    #[must_use]
    pub fn about(path: &Utf8Path) -> [Self; ABOUT_PATHS.len()] {
        ABOUT_PATHS.map(|question| question(path.to_owned()))
    }

    /// The same query for another path.
    #[must_use]
    pub fn of(&self, path: &Utf8Path) -> Self {
        match self.place() {
            Some((question, _)) => question(path.to_owned()),
            None => self.clone(),
        }
    }

    /// The path that the query is about.
    #[must_use]
    pub fn path(&self) -> Option<&Utf8Path> {
        self.place().map(|(_, path)| path)
    }
}

/// Lists the queries about paths and the other ones. The compiler checks that no query is missing.
macro_rules! about_paths {
    ($($question:ident),*; others: $($other:ident),*) => {
        /// Constructors of the queries about a path.
        const ABOUT_PATHS: [fn(Utf8PathBuf) -> Query; [$(stringify!($question)),*].len()] = [$(Query::$question),*];

        impl Query {
            /// The constructor of the query and its path, or `None` for a query about something else.
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
    others: User, Group, Package, Candidate, Versions, Providers, InstalledPackages, PackageDatabase, Service, Host, Interfaces,
    Command, Http, Download, Downloads, Restart, Journal, Lock, History
);

impl Hash for Query {
    /// Hashes like the derived implementation, except for paths.
    fn hash<H: Hasher>(&self, state: &mut H) {
        mem::discriminant(self).hash(state);
        match self {
            Self::Stat(path)
            | Self::Resolve(path)
            | Self::Digest(path)
            | Self::Read(path)
            | Self::List(path)
            | Self::Writable(path) => hash_path(path, state),
            Self::User(name) | Self::Group(name) | Self::Service(name) | Self::Download(name) => {
                name.hash(state);
            }
            Self::Package { manager, name }
            | Self::Candidate { manager, name }
            | Self::Versions { manager, name }
            | Self::Providers { manager, name } => (manager, name).hash(state),
            Self::InstalledPackages { manager } | Self::PackageDatabase { manager } => manager.hash(state),
            Self::Command(command) => command.hash(state),
            Self::Http(request) => request.hash(state),
            Self::Host
            | Self::Interfaces
            | Self::Downloads
            | Self::Restart
            | Self::Journal
            | Self::Lock
            | Self::History => {}
        }
    }
}

/// The answer of a target to a [`Query`]. The query decides the variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// To `Stat` and `Resolve`. None if the path does not exist.
    Stat(Option<Stat>),
    /// To `Digest`. None if it is not a regular file.
    Digest(Option<String>),
    Read(Option<FileText>),
    /// To `List`. None if it is not a directory.
    List(Option<Vec<String>>),
    Writable(bool),
    User(Option<Box<User>>),
    Group(Option<Group>),
    Package(PackageState),
    /// To `Candidate`. None if no source has the package.
    Candidate(Option<String>),
    /// To `Versions`. The version that the package manager prefers comes first.
    Versions(Vec<String>),
    /// To `Providers`: all versions of all packages that provide it.
    Providers(Vec<OfferedPackage>),
    /// To `InstalledPackages`: names and versions, sorted.
    InstalledPackages(Vec<(String, String)>),
    /// To `PackageDatabase`.
    PackageDatabase {
        /// Whether an operation was interrupted, so that the database must be repaired first.
        interrupted: bool,
    },
    Service(ServiceState),
    Host(Box<Host>),
    Interfaces(Vec<Interface>),
    Command(CommandResult),
    Http(HttpResult),
    /// To `Download`: the bytes in base64, or why nothing came.
    Download(Result<String, String>),
    Downloads(Vec<Downloaded>),
    /// To `Restart`: the resource as `type[name]`. None if no restart was asked for.
    Restart(Option<String>),
    Journal(Journal),
    Lock(Lock),
    /// To `History`: the runs, oldest first.
    History(Vec<RunRecord>),
    /// The target could not answer.
    Failed(Failure),
    /// The answer is not known before the named resource has converged. Only a plan creates this, never a target. The
    /// name is empty in the `then` of a change, where it means the resource itself.
    Unknown(String),
    /// Something will exist at the path, but its properties are not known before the named resource has converged. The
    /// name is empty in the `then` of a change.
    Present(String),
}

impl Answer {
    /// Whether the answer has the right variant for the query. A hostile target may send another one.
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
            Self::InstalledPackages(_) => matches!(query, Query::InstalledPackages { .. }),
            Self::PackageDatabase { .. } => matches!(query, Query::PackageDatabase { .. }),
            Self::Service(_) => matches!(query, Query::Service(_)),
            Self::Host(_) => matches!(query, Query::Host),
            Self::Interfaces(_) => matches!(query, Query::Interfaces),
            Self::Command(_) => matches!(query, Query::Command(_)),
            Self::Http(_) => matches!(query, Query::Http(_)),
            Self::Download(_) => matches!(query, Query::Download(_)),
            Self::Downloads(_) => matches!(query, Query::Downloads),
            Self::Restart(_) => matches!(query, Query::Restart),
            Self::Journal(_) => matches!(query, Query::Journal),
            Self::Lock(_) => matches!(query, Query::Lock),
            Self::History(_) => matches!(query, Query::History),
            Self::Failed(_) => true,
            // Only a plan creates these.
            Self::Unknown(_) | Self::Present(_) => false,
        }
    }
}

/// Hashes a path. Equal paths have the same hash, however they are written. A normalised path, which nearly all are, is
/// hashed as it is.
pub(super) fn hash_path<H: Hasher>(path: &Utf8Path, state: &mut H) {
    let bytes = path.as_str().as_bytes();
    let (mut after_slash, mut is_detour) = (false, false);
    for byte in bytes {
        is_detour |= after_slash && matches!(byte, b'/' | b'.');
        after_slash = *byte == b'/';
    }
    if is_detour || after_slash {
        let straight: Utf8PathBuf = path.components().collect();
        straight.as_str().hash(state);
    } else {
        path.as_str().hash(state);
    }
}
