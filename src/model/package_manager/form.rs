//! What is said of a package manager: data and parsers, read by all who ask a machine about packages or change them.

use std::cmp::Ordering;
use std::collections::HashMap;

use camino::Utf8Path;

use super::commands::Commands;
use super::installed::{InstalledPackages, split};
use super::looks::PackageLooks;
use crate::model::query::OfferedPackage;

/// A package manager: how a machine that has it is asked about packages, and what changes them.
pub struct PackageManager {
    /// Its name in recipes, questions and steps.
    pub name: &'static str,
    /// For people: the systems that have it.
    pub systems: &'static str,
    /// Distributions whose own it is, as `ID` and `ID_LIKE` of `/etc/os-release` name them.
    pub distributions: &'static [&'static str],
    /// Files that are all there where it is in use.
    pub signs: &'static [&'static str],
    /// File names of the programs that take its locks.
    pub programs: &'static [&'static str],
    /// What they lock, in the order in which they take it.
    pub locks: &'static [PackageLock],
    /// Characters that names of packages have besides letters and digits.
    pub marks: &'static str,
    /// What is installed.
    pub installed: Installed,
    /// What is on offer.
    pub offered: Offered,
    /// The commands that change packages.
    pub commands: Commands,
    /// The rules of its versions.
    pub versions: Versions,
    /// Its lists of what is on offer.
    pub lists: SourceLists,
    /// How a script looks at a package.
    pub looks: PackageLooks,
}

/// A file by which a program tells others that it is at work. [`PackageLock::words`] is how the shell engine is told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackageLock {
    /// The kernel has a lock on it.
    Kernel(&'static str),
    /// It contains the number of the process.
    Number(&'static str),
    /// It is there, and the process has it open.
    Open(&'static str),
}

impl PackageLock {
    /// The file.
    #[must_use]
    pub fn path(&self) -> &'static str {
        let (Self::Kernel(path) | Self::Number(path) | Self::Open(path)) = self;
        path
    }

    /// The kind of the lock, and its file.
    #[must_use]
    pub fn words(&self) -> [&'static str; 2] {
        let kind = match self {
            Self::Kernel(_) => "kernel",
            Self::Number(_) => "number",
            Self::Open(_) => "open",
        };
        [kind, self.path()]
    }
}

/// How the machine is asked which packages are installed.
pub struct Installed {
    /// Where that is kept. A step that writes there outdates what is known.
    pub places: &'static [&'static str],
    /// Files that are different once a package is. While they stay, nothing is asked again.
    pub stamps: &'static [&'static str],
    /// What is looked at.
    pub looks: &'static [Look],
    /// Reads what the looks bring, one text each. What is not there is an empty one.
    pub parse: fn(&[String]) -> InstalledPackages,
    /// Which installed packages provide a name, where the looks do not tell. Asked for names that are not installed.
    pub providers: Option<Question<Vec<String>>>,
    /// Whether a transaction was cut off, besides what unfinished packages tell.
    pub interrupted: Option<Interrupted>,
}

/// How the machine is asked whether a transaction was cut off.
pub struct Interrupted {
    /// Where the package manager notes what it is in the middle of.
    pub look: Look,
    /// Whether what is there means that it was cut off.
    pub tells: fn(&str) -> bool,
}

/// Something to look at. It changes nothing.
pub enum Look {
    /// The text of a file.
    File {
        /// Its path.
        path: &'static str,
        /// The lines that count, as an extended regular expression: a shell sends no others.
        pattern: &'static str,
    },
    /// The names in a directory, each in a line.
    Names(&'static str),
    /// The names in all directories in a directory, each in a line: `directory/name`.
    NamesBelow(&'static str),
    /// What a program prints.
    Command(&'static [&'static str]),
}

/// How the machine is asked what its package sources offer.
pub struct Offered {
    /// Where people say which sources there are. A step that writes there changes what will be on offer.
    pub sources: &'static [&'static str],
    /// Where the lists of the sources are kept. A step that writes there outdates what is known, too.
    pub lists: &'static [&'static str],
    /// Versions of packages.
    pub versions: Question<PackageOffer>,
    /// Packages that provide a virtual one.
    pub providers: Question<Vec<OfferedPackage>>,
}

/// What the sources offer of a package.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackageOffer {
    /// The version that an install would bring.
    pub candidate: Option<String>,
    /// All versions, the one that the package manager prefers first.
    pub versions: Vec<String>,
}

/// A program that tells something of packages, and changes nothing.
pub struct Question<T: 'static> {
    /// The command. The names come behind it.
    pub argv: &'static [&'static str],
    /// How the names stand there.
    pub names: fn(&[&str]) -> Vec<String>,
    /// Whether an exit status means that it has answered.
    pub accepts: fn(i32) -> bool,
    /// A faster command, for the time that its cache is newer than what it was made from.
    pub from_cache: Option<FromCache>,
    /// Reads what it prints: the answer for each name of which it tells.
    pub parse: fn(&str) -> HashMap<String, T>,
}

/// A command that reads a cache, and fails where that does not do.
pub struct FromCache {
    /// The command. The names come behind it.
    pub argv: &'static [&'static str],
    /// The cache.
    pub file: &'static str,
    /// What it was made from.
    pub sources: &'static [&'static str],
}

/// The rules of versions.
pub struct Versions {
    /// How a command names a version of a package.
    pub pin: fn(&str, &str) -> String,
    /// Whether a version is the declared one, or matches the declared pattern.
    pub fits: fn(&str, &str) -> bool,
    /// Which of two versions is the newer one.
    pub compare: fn(&str, &str) -> Ordering,
    /// Whether the candidate holds even if it is older than the installed version. Otherwise what is installed may be
    /// newer than anything on offer, and stays.
    pub weighs_installed: bool,
}

/// The lists of what is on offer.
pub struct SourceLists {
    /// The command that reads them anew.
    pub refresh: &'static [&'static str],
    /// Variables that it is given.
    pub environment: &'static [(&'static str, &'static str)],
    /// Whether it upgrades all packages, too, because new lists do not fit the packages that are installed.
    pub upgrades_all: bool,
    /// Where the lists are kept.
    pub directory: &'static str,
    /// Whether a name in there is a list, or has lists in it.
    pub is_list: fn(&str) -> bool,
    /// A file that is touched after each refresh.
    pub stamp: &'static str,
    /// What to try when no source offers a package.
    pub hint: &'static str,
    /// What to try when no source offers a version of it.
    pub version_hint: &'static str,
}

impl PackageManager {
    /// Whether a word can be the name of a package: it must never be read as an option or a second word.
    #[must_use]
    pub fn is_name(&self, word: &str) -> bool {
        is_name(word, self.marks)
    }

    /// The name of a package without an architecture.
    #[must_use]
    pub fn name_of<'a>(&self, name: &'a str) -> &'a str {
        split(name).0
    }

    /// Whether a command may be given the word as a package: a name, a name with a version, a group, or the path of a file. It
    /// is never an option.
    #[must_use]
    pub fn is_argument(&self, word: &str) -> bool {
        word.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '=' | '/' | '@'))
            && word.bytes().all(|byte| byte.is_ascii_graphic())
    }

    /// Whether a step that writes a file may change what is installed.
    #[must_use]
    pub fn keeps_packages_at(&self, path: &Utf8Path) -> bool {
        self.installed.places.iter().any(|place| path.starts_with(place))
    }

    /// Whether a step that writes a file may change what is on offer.
    #[must_use]
    pub fn keeps_offers_at(&self, path: &Utf8Path) -> bool {
        self.is_source(path) || self.offered.lists.iter().any(|place| path.starts_with(place))
    }

    /// Whether a file says which package sources there are.
    #[must_use]
    pub fn is_source(&self, path: &Utf8Path) -> bool {
        self.offered.sources.iter().any(|place| path.starts_with(place))
    }
}

/// Whether a word begins with a letter or digit, and has nothing but those and some marks.
pub(super) fn is_name(word: &str, marks: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphanumeric())
        && word.chars().all(|c| c.is_ascii_alphanumeric() || marks.contains(c))
}

/// The names as they are.
pub(super) fn each_name(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Whether a program ended well.
pub(super) fn ended_well(status: i32) -> bool {
    status == 0
}
