//! The commands of a package manager that change packages.

use super::groups::GroupSupport;
use super::options::OptionRules;
use crate::model::error::Failure;

/// The commands that change packages. The packages come behind them.
pub struct Commands {
    /// Variables that all of them are given.
    pub environment: &'static [(&'static str, &'static str)],
    /// Installs packages, upgrades them, or moves them to a version.
    pub install: &'static [&'static str],
    /// Moves a package to an older version, where `install` does not.
    pub downgrade: Option<&'static [&'static str]>,
    /// Removes packages and keeps their configuration files.
    pub remove: &'static [&'static str],
    /// Removes packages with their configuration files.
    pub purge: &'static [&'static str],
    /// Holds packages at their version, and lets them move again.
    pub hold: Hold,
    /// Finishes an interrupted transaction.
    pub repair: &'static [&'static str],
    /// Exit statuses of all of them that mean success. Empty means just 0.
    pub returns: &'static [i32],
    /// Whether `install` leaves an installed package as it is that is named without a version, or moves it to another one
    /// than the candidate.
    pub pins_upgrades: bool,
    /// Whether a package that is installed in a declared version is held at it.
    pub pin_holds: bool,
    /// Whether a hold names the version, so that only what is installed can be held.
    pub hold_needs_version: bool,
    /// What a hold means for a package that is not installed.
    pub absent_hold: AbsentHold,
    /// Whether `remove` and `purge` can be told a version, because several of one package may be installed.
    pub pins_removal: bool,
    /// The options that people may add.
    pub options: OptionRules,
    /// Files that hold one package each. Nothing where none can be installed.
    pub files: Option<PackageFiles>,
    /// Groups of packages.
    pub groups: GroupSupport,
}

/// Files that hold one package each.
pub struct PackageFiles {
    /// What their names have in or at their end.
    pub endings: &'static [&'static str],
    /// A program that tells which package a file holds. The path comes behind it.
    pub read: &'static [&'static str],
    /// Reads what it prints.
    pub parse: fn(&str) -> Option<FilePackage>,
    /// Installs them, where `install` does not. The paths come behind it.
    pub install: Option<&'static [&'static str]>,
}

/// The package in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePackage {
    /// Its name, without an architecture.
    pub name: String,
    /// Its version, as [`super::InstalledPackages`] tells it once it is installed.
    pub version: String,
}

impl FilePackage {
    /// A package whose name and version stand beside each other.
    pub(super) fn from_words(text: &str) -> Option<Self> {
        let [name, version] = text.split_ascii_whitespace().collect::<Vec<_>>()[..] else { return None };
        Some(Self { name: name.to_owned(), version: version.to_owned() })
    }
}

/// What a hold means for a package that is not installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AbsentHold {
    /// Nothing: it can be installed.
    Nothing,
    /// It can't be installed.
    KeepsOut,
    /// Only some of its versions can be installed.
    Narrows,
}

/// What holds packages at their version.
pub enum Hold {
    /// Commands. The packages come behind them.
    Commands {
        /// Holds packages.
        lock: &'static [&'static str],
        /// Lets them move again.
        unlock: &'static [&'static str],
    },
    /// A text file.
    File {
        /// Its path.
        path: &'static str,
        /// Whether it is made where it is missing.
        ours: bool,
        /// The text with these packages held, or not any more. Text that belongs to others stays as it is.
        edit: EditHolds,
    },
}

/// An edit of a text that holds packages. It fails for a package that can't be held there.
pub type EditHolds = fn(&str, &[HeldPackage<'_>], bool) -> Result<String, Failure>;

/// A package that is to be held, or not any more.
pub struct HeldPackage<'a> {
    /// Its name.
    pub name: &'a str,
    /// The version that it has, if it is installed.
    pub version: Option<&'a str>,
}
