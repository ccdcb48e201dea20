//! The effects of a step: the path that it writes, the answers that it outdates, and whether it needs root.

use camino::Utf8Path;

use super::{Fetch, Step, Unpack, WriteFile};
use crate::model::package_manager::{self, PACKAGE_MANAGERS};
use crate::model::query::Query;
use crate::model::service_manager;

impl Step {
    /// Whether an answer may be outdated after this step. A command may outdate any answer.
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
        if *query == Query::Downloads {
            return matches!(self, Self::Fetch(_));
        }
        let Some(path) = self.path() else { return true };
        match query {
            // Accounts, units and packages are stored in files, so a step that writes a file may change them.
            Query::User(_) | Query::Group(_) => {
                matches!(path.as_str(), "/etc/passwd" | "/etc/group" | "/etc/shadow" | "/etc/gshadow")
            }
            Query::Service(_) => service_manager::keeps_services_at(path),
            Query::Package { manager, .. }
            | Query::InstalledPackages { manager }
            | Query::PackageDatabase { manager } => {
                package_manager::named(manager).is_some_and(|manager| manager.keeps_packages_at(path))
            }
            Query::Candidate { manager, .. }
            | Query::Versions { manager, .. }
            | Query::Providers { manager, .. } => {
                package_manager::named(manager).is_some_and(|manager| manager.keeps_offers_at(path))
            }
            Query::Interfaces
            | Query::Host
            | Query::Restart
            | Query::Journal
            | Query::Lock
            | Query::History => false,
            _ => query.path().is_some_and(|asked| related(asked, path)),
        }
    }

    /// Whether the step writes a file from which accounts, packages or services are read.
    #[must_use]
    pub(in crate::model) fn is_read_by_others(&self) -> bool {
        const ACCOUNTS: &[&str] = &["/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow"];
        let packages = |path| {
            let mut all = PACKAGE_MANAGERS.iter();
            all.any(|manager| manager.keeps_packages_at(path) || manager.keeps_offers_at(path))
        };
        self.path().is_some_and(|path| {
            ACCOUNTS.iter().any(|file| path == *file)
                || service_manager::keeps_services_at(path)
                || packages(path)
        })
    }

    /// Whether the step certainly needs root.
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

    /// Joins two steps into one that does the work of both, if one command can do it.
    #[must_use]
    pub fn joined(&self, other: &Self) -> Option<Self> {
        let (
            Self::Packages { manager, command, packages },
            Self::Packages { manager: same_manager, command: same_command, packages: more },
        ) = (self, other)
        else {
            return None;
        };
        if manager != same_manager || command != same_command {
            return None;
        }
        let mut packages = packages.clone();
        for name in more {
            if !packages.contains(name) {
                packages.push(name.clone());
            }
        }
        Some(Self::Packages { manager: manager.clone(), command: command.clone(), packages })
    }

    /// The path that the step creates, replaces or removes.
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

/// Whether a change at one path may affect an answer about another: at the path, below it, and in its parent directory.
fn related(asked: &Utf8Path, changed: &Utf8Path) -> bool {
    !apart(asked.as_str(), changed.as_str())
        && (asked.starts_with(changed) || changed.parent() == Some(asked) || changed.starts_with(asked))
}

/// Whether two paths certainly differ within a component. This is called for every step and answer, so it only compares
/// bytes; paths that are not normalised are left to the caller.
fn apart(one: &str, other: &str) -> bool {
    let plain = |byte: u8| byte != b'/' && byte != b'.';
    let mut bytes = one.bytes().zip(other.bytes());
    bytes.find(|(one, other)| one != other).is_some_and(|(one, other)| plain(one) && plain(other))
}
