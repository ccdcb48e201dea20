//! Steps: the fixed set of changes that targets can make. A step is done completely or not at all.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

use super::content::Content;
use super::journal::{Holder, Record, Restarted};

mod command;
mod download;
mod published;
mod reach;
mod shell;

pub use command::Command;
pub(in crate::model) use download::without_tokens;
pub use download::{Download, DownloadLack, Downloader};
pub use published::{LIST_LIMIT, PublishedChecksum};
pub use shell::SimpleCommand;

/// Size limit for backups in bytes: 256 MiB. A larger file is replaced or removed without a copy.
pub const BACKUP_LIMIT: u64 = 256 << 20;

/// A change to make on the machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Writes content to a path: writes a temporary file beside it, sets owner and mode, verifies, makes a backup, and
    /// renames.
    WriteFile(WriteFile),
    /// Sets owner, group or mode. A symlink as the last component is not followed.
    SetAttributes {
        path: Utf8PathBuf,
        attributes: Attributes,
    },
    MakeDirectory {
        path: Utf8PathBuf,
        /// Owner, group and mode of the last component.
        attributes: Attributes,
        /// Whether missing parents are created too, owned by the current user with mode 0755.
        parents: bool,
    },
    /// Creates or replaces a symlink atomically.
    Symlink {
        /// Path of the symlink.
        path: Utf8PathBuf,
        /// Target of the symlink, as written.
        to: String,
        /// Owner and group of the symlink itself.
        attributes: Attributes,
    },
    /// Creates or replaces a hard link atomically.
    Hardlink {
        /// Path of the new name.
        path: Utf8PathBuf,
        /// Path of the existing file.
        to: Utf8PathBuf,
    },
    /// Removes a file, a symlink, or a directory.
    Remove {
        path: Utf8PathBuf,
        /// Whether a directory is removed with its content.
        recursive: bool,
        /// Number of old versions of a regular file to keep.
        backup: u32,
    },
    /// Sets the times of a file to now, and creates it if it is missing.
    Touch {
        path: Utf8PathBuf,
    },
    Run(Command),
    /// Runs a command of a package manager, when its lock is free.
    Packages {
        /// Package manager: `apt`.
        manager: String,
        /// The command without the packages.
        command: Command,
        /// The packages, which are appended to the command. Consecutive steps with the same command are joined.
        packages: Vec<String>,
    },
    /// Downloads a file.
    Fetch(Fetch),
    /// Unpacks an archive into a new directory, completely or not at all.
    Unpack(Unpack),
    /// Schedules a restart of the machine at the end of the run, or cancels it. The step itself does not restart the
    /// machine.
    Restart(Option<Box<Restart>>),
    /// Takes the lock of the target for the rest of the run. Fails immediately if another run holds it; [`Query::Lock`]
    /// tells which one.
    Lock(Holder),
    /// Adds an entry to the state that the target keeps.
    Record(Record),
}

impl Step {
    /// The command that the step runs, if it runs one.
    #[must_use]
    pub fn command(&self) -> Option<&Command> {
        match self {
            Self::Run(command) | Self::Packages { command, .. } => Some(command),
            _ => None,
        }
    }
}

/// Progress while a step is being applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// A command printed a line.
    Output(String),
    /// The step waits for something, which the text names.
    Waiting(String),
}

/// Owner, group and mode. Those that are not set stay as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attributes {
    /// Name or uid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Name or gid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<u32>,
}

impl Attributes {
    /// Whether no attribute is set.
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
    /// Owner, group and mode. The default mode of a new file is 0644.
    pub attributes: Attributes,
    /// Commands that must succeed on the temporary file. `{path}` stands for its path.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub verify: Vec<Command>,
    /// Number of old versions to keep.
    #[serde(default)]
    pub backup: u32,
    /// Whether a symlink or a special file may be replaced.
    #[serde(default)]
    pub unlink: bool,
}

/// Arguments of [`Step::Fetch`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fetch {
    /// Addresses to try in order: `http://`, `https://` or `file://`.
    pub urls: Vec<String>,
    /// Where to put it.
    pub path: Utf8PathBuf,
    /// SHA-256 of the file, or at least its first 8 digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checksum: Option<String>,
    /// A list that has the checksum. It is downloaded first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<PublishedChecksum>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Owner, group and mode.
    pub attributes: Attributes,
    /// Number of old versions to keep.
    #[serde(default)]
    pub backup: u32,
    /// Timeout of the whole download in seconds.
    pub timeout: u64,
    /// Size limit in bytes. 0 means no limit.
    #[serde(default)]
    pub size_limit: u64,
    /// Whether a symlink or a special file may be replaced.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unlink: bool,
    /// Whether the addresses or headers contain a secret.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub secret: bool,
    /// Commands that must succeed on the temporary file. `{path}` stands for its path.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub verify: Vec<Command>,
    /// Whether the target remembers what the server told of the version of the file.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub remember: bool,
}

impl Fetch {
    /// What the step requires of a download program.
    #[must_use]
    pub fn download(&self) -> Download<'_> {
        Download { urls: &self.urls, headers: !self.headers.is_empty(), secret: self.secret }
    }

    /// Why a program can't do this download, or that of the list of checksums, if it can't.
    #[must_use]
    pub fn lack(&self, downloader: Downloader) -> Option<DownloadLack> {
        let list = self.published.as_ref().map(|list| std::slice::from_ref(&list.url));
        let of_list = list.and_then(|urls| Download { urls, ..self.download() }.lack(downloader));
        self.download().lack(downloader).or(of_list)
    }
}

/// Arguments of [`Step::Unpack`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unpack {
    /// Archive on the machine: tar (plain, gzip, bzip2, xz or zstd) or zip, recognised by its first bytes.
    pub archive: Utf8PathBuf,
    /// SHA-256 of the archive. It is checked when the archive is opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checksum: Option<String>,
    /// Directory for the content.
    pub destination: Utf8PathBuf,
    /// Number of leading components to drop from the paths in the archive.
    pub strip_components: u32,
    /// Owner and group of all files. The mode is that of the directory.
    pub attributes: Attributes,
    /// Whether an existing destination is replaced.
    pub replace: bool,
    /// Limit for the total size of the files in bytes. 0 means no limit.
    #[serde(default)]
    pub size_limit: u64,
    /// A file to write after the archive was unpacked successfully and before the destination is replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Box<WriteFile>>,
}

/// Arguments of [`Step::Restart`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restart {
    /// Id of the resource, as `type[name]`. `converge` fills it in.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// Action of the resource. `converge` fills it in.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub action: String,
    pub reason: String,
    /// Whether the run ends here, and continues after the restart.
    #[serde(default)]
    pub now: bool,
    /// Minutes from the end of the run to the restart.
    #[serde(default)]
    pub delay: u32,
    /// The command that restarts the machine after the run.
    pub command: Command,
}

impl Restart {
    /// The entry for the list of restarts. `boot` is the present boot id of the kernel.
    #[must_use]
    pub fn asked_by(&self, run: &str, boot: &str) -> Restarted {
        let (by, action, run, boot) = (self.by.clone(), self.action.clone(), run.to_owned(), boot.to_owned());
        Restarted { by, action, run, boot, made: false, earlier: 0 }
    }
}
