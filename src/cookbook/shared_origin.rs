//! Where a cookbook is that comes from elsewhere.

use super::range::VersionRange;
use super::scoped_name::short;
use crate::model::error::{Diagnostic, Location};

/// A declared source of a cookbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SharedSource {
    /// Name of the cookbook for the one who declares it.
    pub(super) alias: String,
    /// The name that is asked for, perhaps without its scope.
    pub(super) name: String,
    pub(super) origin: Origin,
    pub(super) version: VersionRange,
    /// Who declares it: `chefrs.toml`, or a cookbook.
    pub(super) by: String,
    pub(super) location: Location,
}

/// Where the cookbook is, as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// A directory.
    Path(String),
    /// The registry that has the scope of the name.
    OfScope,
    Fetched(FetchedOrigin),
}

/// A place that files are fetched from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FetchedOrigin {
    Git(GitOrigin),
    /// The index of a registry, as `chefrs.toml` has it.
    Registry(String),
    /// `HOST/NAME` in an OCI registry.
    Oci(String),
    Archive(ArchiveOrigin),
}

/// A directory in a git repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GitOrigin {
    pub(super) url: String,
    /// Empty for the root of the repository.
    pub(super) subdirectory: String,
    pub(super) pick: GitPick,
}

/// Which commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum GitPick {
    /// The tag of the newest version in the range.
    Version,
    Tag(String),
    Branch(String),
    /// A commit, perhaps shortened.
    Revision(String),
    /// The commit of the cookbook beside it in the same repository.
    Beside(String),
}

/// An archive at a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ArchiveOrigin {
    pub(super) url: String,
    /// The sum of its files. None: whatever is there when it is fetched first.
    pub(super) sum: Option<String>,
}

impl SharedSource {
    /// A cookbook of a registry that nobody asks for.
    pub(super) fn of_registry(name: &str) -> Self {
        Self {
            alias: short(name),
            name: name.to_owned(),
            origin: Origin::OfScope,
            version: VersionRange::any(),
            by: String::new(),
            location: Location::new("", 0),
        }
    }

    /// The name in the project.
    pub(super) fn key(&self) -> String {
        short(&self.name)
    }

    /// An error at its place.
    pub(super) fn wrong(&self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(message).at(self.location.clone())
    }
}

impl GitOrigin {
    /// The place for messages.
    pub(super) fn shown(&self) -> String {
        match self.subdirectory.as_str() {
            "" => self.url.clone(),
            below => format!("{} (directory `{below}`)", self.url),
        }
    }
}

impl FetchedOrigin {
    /// Whether another one is the same place.
    pub(super) fn is_same_place(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Git(one), Self::Git(two)) => one.url == two.url && one.subdirectory == two.subdirectory,
            (Self::Archive(one), Self::Archive(two)) => one.url == two.url,
            (one, two) => one == two,
        }
    }

    /// The place for messages.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Git(origin) => origin.shown(),
            Self::Registry(url) => format!("the registry {url}"),
            Self::Oci(name) => format!("oci://{name}"),
            Self::Archive(archive) => archive.url.clone(),
        }
    }

    /// The tag, branch or commit that is named.
    pub(super) fn pick(&self) -> &GitPick {
        match self {
            Self::Git(origin) => &origin.pick,
            _ => &GitPick::Version,
        }
    }
}
