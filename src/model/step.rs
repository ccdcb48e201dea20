//! What a target can do: a closed vocabulary of steps, each whole or not at all.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use super::content::Content;
use super::journal::{Holder, Record};
use super::query::Query;

/// One thing to do on the machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Puts content at a path: temporary file beside it, owner and mode, checks, backup, rename.
    WriteFile(WriteFile),
    /// Sets owner, group or mode of what is there; a last link is not followed.
    SetAttributes {
        /// Path.
        path: Utf8PathBuf,
        /// What to set.
        attributes: Attributes,
    },
    /// Makes a directory.
    MakeDirectory {
        /// Path.
        path: Utf8PathBuf,
        /// Owner, group and mode of the last component.
        attributes: Attributes,
        /// Makes missing parents too, owned by the caller, mode 0755.
        parents: bool,
    },
    /// Makes or replaces a symbolic link by rename.
    Symlink {
        /// Path of the link.
        path: Utf8PathBuf,
        /// What it says.
        to: String,
        /// Owner and group of the link itself.
        attributes: Attributes,
    },
    /// Makes or replaces a hard link by rename.
    Hardlink {
        /// Path of the new name.
        path: Utf8PathBuf,
        /// The existing name.
        to: Utf8PathBuf,
    },
    /// Removes a file or link, or a directory (whole where `recursive`).
    Remove {
        /// Path.
        path: Utf8PathBuf,
        /// Whether a directory goes with all that is in it.
        recursive: bool,
        /// Copies of a regular file to keep.
        backup: u32,
    },
    /// Sets a file's times to now, and makes it if it is missing.
    Touch {
        /// Path.
        path: Utf8PathBuf,
    },
    /// Runs a command.
    Run(Command),
    /// Runs a package manager's command on some packages, after its lock is free.
    Packages {
        /// Package manager: `apt`.
        manager: String,
        /// The command without the packages.
        command: Command,
        /// The packages, appended to the command. Adjacent steps with the same command become one.
        packages: Vec<String>,
    },
    /// Downloads to a path.
    Fetch(Fetch),
    /// Unpacks an archive into a directory that this step makes, all or nothing.
    Unpack(Unpack),
    /// Asks for a restart of the machine at the end of the run, or takes that back. Nothing restarts by this step alone.
    Restart(Option<Box<Restart>>),
    /// Takes the target's lock for as long as the target is held, or fails at once: [`Query::Lock`] tells who has it.
    Lock(Holder),
    /// Writes to the state that the target keeps of its runs.
    Record(Record),
}

/// What happens while a step is being applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// A command printed a line.
    Output(String),
    /// Nothing moves until somebody else is ready; says who.
    Waiting(String),
}

/// Owner, group and mode; what is not said stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attributes {
    /// User name or number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Group name or number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Permission bits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<u32>,
}

impl Attributes {
    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self == &Self::default()
    }
}

/// Arguments of [`Step::WriteFile`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteFile {
    /// Path.
    pub path: Utf8PathBuf,
    /// New bytes.
    pub content: Content,
    /// Owner, group and mode; for a new file the mode is 0644 unless said.
    pub attributes: Attributes,
    /// Commands that must succeed on the temporary file; `{path}` stands for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub verify: Vec<Command>,
    /// Copies of replaced content to keep.
    #[serde(default)]
    pub backup: u32,
    /// Whether a link or other thing that is no regular file may be replaced.
    #[serde(default)]
    pub unlink: bool,
}

/// A program with its surroundings. No shell sees it unless the argument list names one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Command {
    /// Program and arguments.
    pub argv: Vec<String>,
    /// Working directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cwd: Option<Utf8PathBuf>,
    /// User to run as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Group to run as; the user's own unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Variables over a small fixed environment (PATH, HOME, USER, LANG=C.UTF-8).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: BTreeMap<String, String>,
    /// File mode creation mask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub umask: Option<u32>,
    /// Text for standard input; otherwise it is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// Seconds until it is stopped; 0 stands for the default of its use.
    #[serde(default)]
    pub timeout: u64,
    /// Exit statuses that mean success; 0 where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub returns: Vec<i32>,
    /// Program and arguments that tell why it failed; what they print is added to the failure. They change nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub diagnose: Vec<String>,
}

impl Command {
    /// A command without special surroundings.
    pub fn new<S: Into<String>>(argv: impl IntoIterator<Item = S>) -> Self {
        Self { argv: argv.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    /// Whether an exit status means success.
    #[must_use]
    pub fn accepts(&self, status: i32) -> bool {
        if self.returns.is_empty() { status == 0 } else { self.returns.contains(&status) }
    }

    /// As a person would type it; a shell's script stands alone.
    #[must_use]
    pub fn display(&self) -> String {
        match self.argv.as_slice() {
            [sh, flag, script] if sh == "/bin/sh" && flag == "-c" => script.clone(),
            argv => argv
                .iter()
                .map(|word| {
                    if word.is_empty() || word.contains(char::is_whitespace) {
                        format!("'{word}'")
                    } else {
                        word.clone()
                    }
                })
                .collect::<Vec<_>>()
                .join(" "),
        }
    }
}

/// Arguments of [`Step::Fetch`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fetch {
    /// Addresses to try in order: `http://`, `https://`, `file://`.
    pub urls: Vec<String>,
    /// Where to put it.
    pub path: Utf8PathBuf,
    /// SHA-256 that it must have (a prefix of at least 8 digits is enough, as in Chef).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checksum: Option<String>,
    /// Request headers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Owner, group and mode.
    pub attributes: Attributes,
    /// Copies of replaced content to keep.
    #[serde(default)]
    pub backup: u32,
    /// Seconds for the whole download.
    pub timeout: u64,
}

/// Arguments of [`Step::Unpack`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unpack {
    /// Archive on the machine: tar (plain, gzip, xz, zstd) or zip, told by its first bytes.
    pub archive: Utf8PathBuf,
    /// SHA-256 that the archive must have when it is opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checksum: Option<String>,
    /// Directory that will hold the content.
    pub destination: Utf8PathBuf,
    /// Leading components dropped from each entry's path.
    pub strip_components: u32,
    /// Owner and group of everything unpacked; mode is the directory's.
    pub attributes: Attributes,
    /// Whether an existing destination is replaced.
    pub replace: bool,
}

/// Arguments of [`Step::Restart`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restart {
    /// `type[name]` of the resource that asks; whoever converges it fills that in.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// Why, for people.
    pub reason: String,
    /// Whether the run ends here, and goes on after the restart.
    #[serde(default)]
    pub now: bool,
    /// Minutes from the end of the run until the machine goes down.
    #[serde(default)]
    pub delay: u32,
    /// What restarts the machine once the run has ended.
    pub command: Command,
}

impl Step {
    /// Whether an answer may be outdated once this step has run. Commands may have touched everything.
    #[must_use]
    pub fn affects(&self, query: &Query) -> bool {
        match self {
            Self::Lock(_) | Self::Record(_) => return false,
            Self::Restart(_) => return *query == Query::Restart,
            _ => {}
        }
        if query.is_live() {
            return true;
        }
        let Some(path) = self.path() else { return true };
        match query {
            // Accounts, units and packages are read from files, so a file step reaches them too.
            Query::User(_) | Query::Group(_) => {
                matches!(path.as_str(), "/etc/passwd" | "/etc/group" | "/etc/shadow" | "/etc/gshadow")
            }
            Query::Service(_) => {
                path.starts_with("/etc/systemd")
                    || path.starts_with("/etc/init.d")
                    || path.starts_with("/lib/systemd")
                    || path.starts_with("/usr/lib/systemd")
            }
            Query::Package { .. } | Query::PackageDatabase { .. } => path.starts_with("/var/lib/dpkg"),
            Query::Candidate { .. } => path.starts_with("/etc/apt") || path.starts_with("/var/lib/apt"),
            Query::Interfaces
            | Query::Host
            | Query::Restart
            | Query::Journal
            | Query::Lock
            | Query::History => false,
            _ => query.path().is_some_and(|asked| related(asked, path)),
        }
    }

    /// The path above, at and below which lies all that it may change; nothing where it may reach further.
    #[must_use]
    pub fn confined(&self) -> Option<&Utf8Path> {
        let read_by_others = ["/etc", "/lib", "/usr/lib", "/var/lib/dpkg", "/var/lib/apt"];
        self.path().filter(|path| !read_by_others.iter().any(|directory| path.starts_with(directory)))
    }

    /// Why an ordinary user can't do it, if that is certain from the step alone.
    #[must_use]
    pub fn needs_root(&self, user: &str) -> bool {
        let other = |name: &Option<String>| name.as_deref().is_some_and(|name| name != user);
        match self {
            Self::Packages { .. } | Self::Restart(_) => true,
            Self::Run(command) => other(&command.user),
            Self::WriteFile(WriteFile { attributes, .. })
            | Self::SetAttributes { attributes, .. }
            | Self::MakeDirectory { attributes, .. }
            | Self::Symlink { attributes, .. }
            | Self::Fetch(Fetch { attributes, .. })
            | Self::Unpack(Unpack { attributes, .. }) => other(&attributes.owner),
            Self::Remove { .. }
            | Self::Touch { .. }
            | Self::Hardlink { .. }
            | Self::Lock(_)
            | Self::Record(_) => false,
        }
    }

    /// The path that it creates, replaces or removes.
    #[must_use]
    pub fn path(&self) -> Option<&Utf8Path> {
        match self {
            Self::WriteFile(WriteFile { path, .. })
            | Self::SetAttributes { path, .. }
            | Self::MakeDirectory { path, .. }
            | Self::Symlink { path, .. }
            | Self::Hardlink { path, .. }
            | Self::Remove { path, .. }
            | Self::Touch { path }
            | Self::Fetch(Fetch { path, .. })
            | Self::Unpack(Unpack { destination: path, .. }) => Some(path),
            Self::Run(_) | Self::Packages { .. } | Self::Restart(_) | Self::Lock(_) | Self::Record(_) => None,
        }
    }
}

/// A change at one path may show at the path, below it, and in the directory that lists it.
fn related(asked: &Utf8Path, changed: &Utf8Path) -> bool {
    !apart(asked.as_str(), changed.as_str())
        && (asked.starts_with(changed) || changed.parent() == Some(asked) || changed.starts_with(asked))
}

/// Whether two paths surely part ways inside a component. Every step asks this of every answer, so it looks at bytes
/// alone, and leaves to the others what needless slashes and dots may hide.
fn apart(one: &str, other: &str) -> bool {
    let plain = |byte: u8| byte != b'/' && byte != b'.';
    let mut bytes = one.bytes().zip(other.bytes());
    bytes.find(|(one, other)| one != other).is_some_and(|(one, other)| plain(one) && plain(other))
}
