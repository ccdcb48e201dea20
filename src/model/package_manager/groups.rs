//! Groups of packages: a name for several, which a package manager installs and removes together.

/// The groups of a package manager.
pub enum GroupSupport {
    /// How they are asked for and named.
    Known(PackageGroups),
    /// There are none. What to declare instead.
    Missing(&'static str),
}

/// How groups are asked for and named.
pub struct PackageGroups {
    /// A program that tells of the groups.
    pub read: &'static [&'static str],
    /// Whether the name of one group comes behind it.
    pub read_one: bool,
    /// What its output says of a group. Nothing if no package source offers it.
    pub parse: fn(&str, &str) -> Option<GroupState>,
    /// What it prints further once a group is installed (`true`) or removed, for what a plan knows in advance.
    pub mark: fn(&str, bool) -> String,
    /// How the commands name a group.
    pub argument: fn(&str) -> String,
}

/// What is there of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupState {
    Installed,
    /// Some of its packages.
    Partly,
    Absent,
}

impl GroupState {
    /// Installed or not at all.
    pub(super) fn of(is_installed: bool) -> Self {
        if is_installed { Self::Installed } else { Self::Absent }
    }
}

/// A group of packages in a list of names: `@development-tools`.
#[must_use]
pub fn group_name(word: &str) -> Option<&str> {
    word.strip_prefix('@')
}
