//! Answers about a path.

use serde::{Deserialize, Serialize};

/// The permission bit that lets everybody write: inode(7).
pub const BY_OTHERS: u32 = 0o002;
/// The permission bit that lets the group write.
pub const BY_GROUP: u32 = 0o020;
/// The sticky bit: only the owner of a file may remove or rename it in such a directory.
pub const STICKY: u32 = 0o1000;

/// The type of a file.
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
    /// The noun for messages, with its article.
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
    /// Permission bits, including setuid, setgid and sticky.
    pub mode: u32,
    /// Name of the owner, or the uid if there is no such account.
    pub owner: String,
    /// Name of the group, or the gid if there is no such group.
    pub group: String,
    #[serde(default)]
    pub uid: u32,
    #[serde(default)]
    pub gid: u32,
    /// Size in bytes.
    #[serde(default)]
    pub size: u64,
    /// Last change of the content, in seconds since 1970.
    #[serde(default)]
    pub modified: i64,
    /// Device and inode number. Two names of one file have the same.
    #[serde(default)]
    pub inode: (u64, u64),
    /// Target of a symlink, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The access control list, if there is one. Not filled in if symlinks were followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<Box<AccessList>>,
}

/// An access control list. With one, the group bits of the mode are the mask of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessList {
    /// Its entries, for people: `user deploy rw`, `group adm r`, `default user deploy rwx`. Never empty.
    pub grants: Vec<String>,
    /// The permission bits after the list is removed and no mode is declared.
    pub mode: u32,
}

/// The content of a file, up to a limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileText {
    /// Valid UTF-8.
    #[serde(rename = "text")]
    Text(String),
    /// Content that is not UTF-8, or larger than [`READ_LIMIT`](super::READ_LIMIT).
    #[serde(rename = "binary")]
    Binary,
}
