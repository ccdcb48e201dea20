//! What a provider may want to know of a machine: a closed vocabulary, answered by every target.

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use super::error::Failure;
use super::journal::{Journal, Lock, RunRecord};
use super::step::Command;

/// One question. Equal questions are asked once a batch; asking never changes the machine.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
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
        /// Package name.
        name: String,
    },
    /// The version of a package that an install would bring.
    Candidate {
        /// Package manager: `apt`.
        manager: String,
        /// Package name.
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
    pub fn about(path: &Utf8Path) -> [Self; 6] {
        [Self::Stat, Self::Resolve, Self::Digest, Self::Read, Self::List, Self::Writable]
            .map(|question: fn(Utf8PathBuf) -> Self| question(path.to_owned()))
    }

    /// The file that the question is about.
    #[must_use]
    pub fn path(&self) -> Option<&Utf8Path> {
        match self {
            Self::Stat(path)
            | Self::Resolve(path)
            | Self::Digest(path)
            | Self::Read(path)
            | Self::List(path)
            | Self::Writable(path) => Some(path),
            _ => None,
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
    /// To `Read`.
    Read(Option<FileText>),
    /// To `List`; nothing when there is no directory.
    List(Option<Vec<String>>),
    /// To `Writable`.
    Writable(bool),
    /// To `User`.
    User(Option<Box<User>>),
    /// To `Group`.
    Group(Option<Group>),
    /// To `Package`.
    Package(PackageState),
    /// To `Candidate`; nothing when no source offers it.
    Candidate(Option<String>),
    /// To `PackageDatabase`: whether it must be repaired before anything else.
    PackageDatabase {
        /// Whether a transaction was cut off in the middle.
        interrupted: bool,
    },
    /// To `Service`.
    Service(ServiceState),
    /// To `Host`.
    Host(Box<Host>),
    /// To `Interfaces`.
    Interfaces(Vec<Interface>),
    /// To `Command`.
    Command(CommandResult),
    /// To `Http`.
    Http(HttpResult),
    /// To `Restart`: `type[name]`; nothing when no restart was asked for.
    Restart(Option<String>),
    /// To `Journal`.
    Journal(Journal),
    /// To `Lock`.
    Lock(Lock),
    /// To `History`, oldest first.
    History(Vec<RunRecord>),
    /// It could not be found out.
    Failed(Failure),
    /// It can't be known before the named resource has converged (made by a plan, never by a target).
    Unknown(String),
}

/// What kind of thing a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// Regular file.
    File,
    /// Directory.
    Directory,
    /// Symbolic link.
    Link,
    /// Device, socket or pipe.
    Other,
}

impl FileKind {
    /// As a message names it, with its article.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::File => "a file",
            Self::Directory => "a directory",
            Self::Link => "a link",
            Self::Other => "a device, socket or pipe",
        }
    }
}

/// What is at a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stat {
    /// Kind.
    pub kind: FileKind,
    /// Permission bits, with setuid, setgid and sticky.
    pub mode: u32,
    /// Owner's name, or its number where no account has it.
    pub owner: String,
    /// Group's name, or its number.
    pub group: String,
    /// Owner's number.
    #[serde(default)]
    pub uid: u32,
    /// Group's number.
    #[serde(default)]
    pub gid: u32,
    /// Bytes.
    #[serde(default)]
    pub size: u64,
    /// Seconds since 1970 of the last change of content.
    #[serde(default)]
    pub modified: i64,
    /// Device and inode: equal for two names of one file.
    #[serde(default)]
    pub inode: (u64, u64),
    /// Where a link points, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
}

/// Bytes of a file, as far as they were asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileText {
    /// Valid UTF-8.
    #[serde(rename = "text")]
    Text(String),
    /// Anything else, or more than [`READ_LIMIT`].
    #[serde(rename = "binary")]
    Binary,
}

/// A user account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Number.
    pub uid: u32,
    /// Number of the primary group.
    pub gid: u32,
    /// Name of the primary group, or its number.
    pub group: String,
    /// Comment field.
    #[serde(default)]
    pub comment: String,
    /// Home directory.
    #[serde(default)]
    pub home: String,
    /// Login shell.
    #[serde(default)]
    pub shell: String,
    /// Password hash from the shadow file; nothing where that may not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// Day of expiry since 1970, from the shadow file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<i64>,
    /// Days after a password's end until the account is disabled, from the shadow file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inactive: Option<i64>,
}

/// A group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Number.
    pub gid: u32,
    /// Names of its supplementary members, sorted.
    #[serde(default)]
    pub members: Vec<String>,
}

/// State of a package on the machine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageState {
    /// Version, if it is installed entirely.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Names of installed packages that provide it, where it is a virtual one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub provided_by: Vec<String>,
    /// Anything is left of it: half-installed, half-configured, or configuration files alone.
    #[serde(default)]
    pub residue: Option<String>,
    /// Held at its version.
    #[serde(default)]
    pub held: bool,
}

/// The program that starts services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Init {
    /// systemd runs as process 1.
    Systemd,
    /// Scripts in `/etc/init.d`, with links in `/etc/rc?.d`.
    Sysv,
    /// None that chefrs speaks.
    None,
}

/// Whether a service starts with the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Enabled {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// It has nothing to enable: systemd's static, indirect, generated or alias units.
    Static,
    /// It is barred from starting.
    Masked,
}

/// State of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceState {
    /// A unit or script of that name is there.
    pub exists: bool,
    /// It runs (systemd: active, activating or reloading).
    pub running: bool,
    /// Whether it starts with the machine.
    pub enabled: Enabled,
    /// systemd: the files on disk are newer than what it has loaded.
    #[serde(default)]
    pub needs_reload: bool,
    /// systemd: the main process crashed or exited with an error.
    #[serde(default)]
    pub failed: bool,
}

/// Who and where we are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// Init system that runs now.
    pub init: Init,
    /// Name of the effective user.
    pub user: String,
    /// Whether that is the superuser.
    pub root: bool,
    /// Kernel name, node name, release, version, machine, as uname(2) tells.
    pub uname: [String; 5],
    /// Package manager, if one is there that chefrs speaks: `apt`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package_manager: Option<String>,
    /// The machine's clock, seconds since 1970, for ages of files.
    #[serde(default)]
    pub now: i64,
}

/// One network interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interface {
    /// Name.
    pub name: String,
    /// Hardware address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mac: Option<String>,
    /// Addresses with prefix length: `192.0.2.7/24`, `2001:db8::7/64`.
    pub addresses: Vec<String>,
}

/// How a command ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandResult {
    /// How.
    pub end: End,
    /// Standard output, bounded, lossy.
    #[serde(default)]
    pub stdout: String,
    /// Standard error, bounded, lossy.
    #[serde(default)]
    pub stderr: String,
}

/// How a process ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// With this exit status.
    Exit(i32),
    /// By this signal.
    Signal(i32),
    /// It was stopped after this number of seconds.
    TimedOut(u64),
    /// It could not be started: no such program, user or directory.
    NotStarted(String),
}

impl Default for End {
    fn default() -> Self {
        Self::Exit(0)
    }
}

impl std::fmt::Display for End {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exit(status) => write!(f, "exit status {status}"),
            Self::Signal(signal) => write!(f, "killed by signal {signal}"),
            Self::TimedOut(1) => f.write_str("stopped after 1 second"),
            Self::TimedOut(seconds) => write!(f, "stopped after {seconds} seconds"),
            Self::NotStarted(why) => write!(f, "not started: {why}"),
        }
    }
}

/// A page to fetch from the machine itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct HttpRequest {
    /// `http://127.0.0.1/` or `unix:/run/site.sock:/path`.
    pub url: String,
    /// Headers, `Host` among them.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// Seconds for one attempt.
    pub timeout: u32,
    /// Attempts until the status is one of `accept`.
    pub attempts: u32,
    /// Seconds between attempts.
    pub interval: u32,
    /// Ranges of statuses that end the attempts.
    pub accept: Vec<(u16, u16)>,
}

/// The last answer to an [`HttpRequest`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpResult {
    /// Status, if there was an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Begin of the body, bounded, lossy.
    #[serde(default)]
    pub body: String,
    /// Why there was no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}
