//! Files, directories, links, and paths at which nothing is.

use camino::Utf8PathBuf;

use crate::model::content::Content;
use crate::model::step::{Attributes, Command};

/// A regular file.
#[derive(Debug, Clone, Default)]
pub struct PortableFile {
    pub path: Utf8PathBuf,
    /// Content. `None` leaves it as it is; a new file is empty.
    pub content: Option<Content>,
    /// Owner, group and mode. Those that are not set stay as they are; the mode of a new file is then 0644.
    pub attributes: Attributes,
    /// Commands that must succeed on the new content before it is put in place. `{path}` stands for its path.
    pub verify: Vec<Command>,
    /// Whether a file that is there stays as it is.
    pub only_if_missing: bool,
    /// Whether a link, device or socket at the path may be replaced.
    pub replace: bool,
    /// Whether the file is managed that a link at the path leads to.
    pub follow_link: bool,
    /// Whether a secret is in it, or nobody should see the content for another reason.
    pub secret: bool,
}

/// A directory.
#[derive(Debug, Clone, Default)]
pub struct PortableDirectory {
    pub path: Utf8PathBuf,
    /// Owner, group and mode. Those that are not set stay as they are; the mode of a new directory is then 0755.
    pub attributes: Attributes,
    /// Whether missing parents are made.
    pub recursive: bool,
    /// Owner, group and mode of the parents that are made.
    pub parents: Attributes,
}

/// A symbolic or hard link.
#[derive(Debug, Clone, Default)]
pub struct PortableLink {
    pub path: Utf8PathBuf,
    /// Where it leads, as written.
    pub to: String,
    pub hard: bool,
    /// Owner and group of a symbolic link itself.
    pub attributes: Attributes,
    /// Whether a file at the path may be replaced. A directory never is.
    pub replace: bool,
}

/// What must not be at a path.
#[derive(Debug, Clone)]
pub struct PortableAbsence {
    pub path: Utf8PathBuf,
    /// What may be removed. Anything else at the path is an error.
    pub kind: PortableKind,
    /// Whether a directory is removed with its content.
    pub recursive: bool,
}

/// A kind of thing at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortableKind {
    File,
    /// A symbolic link.
    Link,
    Directory,
    /// Anything but a directory.
    NoDirectory,
}
