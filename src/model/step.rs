//! What a target can do: a closed vocabulary of steps, each whole or not at all.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

use super::content::Content;
use super::journal::{Holder, Record, Restarted};

mod command;
mod download;
mod reach;
mod shell;

pub use command::Command;
pub use download::{Download, DownloadLack, Downloader};
pub use shell::SimpleCommand;

/// Largest file of which a copy is kept when it is replaced or removed, in bytes: 256 MiB.
pub const BACKUP_LIMIT: u64 = 256 << 20;

/// One thing to do on the machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Puts content at a path: temporary file beside it, owner and mode, checks, backup, rename.
    WriteFile(WriteFile),
    /// Sets owner, group or mode of what is there; a last link is not followed.
    SetAttributes {
        path: Utf8PathBuf,
        attributes: Attributes,
    },
    MakeDirectory {
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
        path: Utf8PathBuf,
        /// Whether a directory goes with all that is in it.
        recursive: bool,
        /// Copies of a regular file to keep.
        backup: u32,
    },
    /// Sets a file's times to now, and makes it if it is missing.
    Touch {
        path: Utf8PathBuf,
    },
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

impl Step {
    /// The command that it starts, if it is one that starts one.
    #[must_use]
    pub fn command(&self) -> Option<&Command> {
        match self {
            Self::Run(command) | Self::Packages { command, .. } => Some(command),
            _ => None,
        }
    }
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
    pub path: Utf8PathBuf,
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
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Owner, group and mode.
    pub attributes: Attributes,
    /// Copies of replaced content to keep.
    #[serde(default)]
    pub backup: u32,
    /// Seconds for the whole download.
    pub timeout: u64,
    /// Most bytes that are taken; 0 for any number.
    #[serde(default)]
    pub size_limit: u64,
    /// Whether the addresses, or what is with them, hold a secret.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub secret: bool,
}

impl Fetch {
    /// What it asks of the program that downloads.
    #[must_use]
    pub fn download(&self) -> Download<'_> {
        Download { urls: &self.urls, headers: !self.headers.is_empty(), secret: self.secret }
    }
}

/// Arguments of [`Step::Unpack`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unpack {
    /// Archive on the machine: tar (plain, gzip, bzip2, xz, zstd) or zip, told by its first bytes.
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
    /// Most bytes that all its files may have together; 0 for any number.
    #[serde(default)]
    pub size_limit: u64,
    /// A file that is written once the archive has proved good, before the destination is touched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Box<WriteFile>>,
}

/// Arguments of [`Step::Restart`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restart {
    /// `type[name]` of the resource that asks; whoever converges it fills that in.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// The action of it; filled in likewise.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub action: String,
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

impl Restart {
    /// What is written down of it: in which run it was asked for, and what the kernel calls the time since its start.
    #[must_use]
    pub fn asked_by(&self, run: &str, boot: &str) -> Restarted {
        let (by, action, run, boot) = (self.by.clone(), self.action.clone(), run.to_owned(), boot.to_owned());
        Restarted { by, action, run, boot, made: false }
    }
}
