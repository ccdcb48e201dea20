//! Queries about the names in one directory.

use camino::Utf8Path;

use crate::model::query::{Answer, Query, READ_LIMIT};

/// Queries that can be asked for many names at once.
#[derive(Clone, Copy)]
pub(super) enum NamesQuestion {
    Stat,
    Resolve,
    Digest,
    Read,
}

impl NamesQuestion {
    pub(super) const ALL: [Self; 4] = [Self::Stat, Self::Resolve, Self::Digest, Self::Read];

    /// The path of a query of this kind.
    pub(super) fn path(self, query: &Query) -> Option<&Utf8Path> {
        match (self, query) {
            (Self::Stat, Query::Stat(path))
            | (Self::Resolve, Query::Resolve(path))
            | (Self::Digest, Query::Digest(path))
            | (Self::Read, Query::Read(path)) => Some(path),
            _ => None,
        }
    }

    /// The answer if nothing is there.
    pub(super) fn nothing(self) -> Answer {
        match self {
            Self::Stat | Self::Resolve => Answer::Stat(None),
            Self::Digest => Answer::Digest(None),
            Self::Read => Answer::Read(None),
        }
    }

    /// The shell function that asks it, without the names.
    pub(super) fn words(self) -> Vec<String> {
        match self {
            Self::Stat => vec!["ask_stat".into()],
            Self::Resolve => vec!["ask_resolve".into()],
            Self::Digest => vec!["ask_digest".into()],
            // One byte more than the limit shows that a file is too large.
            Self::Read => vec!["ask_read".into(), (READ_LIMIT + 1).to_string()],
        }
    }
}

/// The directory and the name of a path.
pub(super) fn place(path: &Utf8Path) -> (&str, &str) {
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => (parent.as_str(), name),
        _ => (path.as_str(), "."),
    }
}
