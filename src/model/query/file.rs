//! What a machine tells of a path.

use serde::{Deserialize, Serialize};

/// The permission bit by which everybody may write: inode(7).
pub const BY_OTHERS: u32 = 0o002;
/// The one by which the group may.
pub const BY_GROUP: u32 = 0o020;
/// The one of a directory in which each may remove and rename only what is theirs.
pub const STICKY: u32 = 0o1000;

/// What kind of thing a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    File,
    Directory,
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
    pub kind: FileKind,
    /// Permission bits, with setuid, setgid and sticky.
    pub mode: u32,
    /// Owner's name, or its number where no account has it.
    pub owner: String,
    /// Group's name, or its number.
    pub group: String,
    #[serde(default)]
    pub uid: u32,
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
    /// What an access control list says beyond the mode, where there is one; asked after a link it is not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<Box<AccessList>>,
}

/// What an access control list says beyond the mode, which shows the list's mask in place of the group's permissions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessList {
    /// Whom it lets in, for people: `user deploy rw`, `group adm r`, `default user deploy rwx`; never empty.
    pub grants: Vec<String>,
    /// The permission bits that are left where the list goes and nobody says a mode.
    pub mode: u32,
}

/// Bytes of a file, as far as they were asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileText {
    /// Valid UTF-8.
    #[serde(rename = "text")]
    Text(String),
    /// Anything else, or more than [`READ_LIMIT`](super::READ_LIMIT).
    #[serde(rename = "binary")]
    Binary,
}
