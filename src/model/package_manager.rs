//! Package managers: the roster. Each is one file, and a line here makes it known to everything.

mod apk;
mod apt;
mod arch_version;
mod commands;
mod debian_version;
mod dnf;
mod dnf5;
mod dpkg_status;
mod form;
mod gentoo_version;
mod groups;
mod installed;
mod looks;
mod options;
mod pacman;
mod pacman_configuration;
mod portage;
mod rpm;
mod versions;
mod yum;
mod zypper;

use super::english::list;
pub use commands::{AbsentHold, EditHolds, FilePackage, HeldPackage, Hold, PackageFiles};
pub use form::{FromCache, Look, PackageLock, PackageManager, PackageOffer, Question, SourceLists};
pub use groups::{GroupState, GroupSupport, PackageGroups, group_name};
pub use installed::InstalledPackages;

/// All package managers.
pub static PACKAGE_MANAGERS: &[&PackageManager] = &[
    &apt::APT,
    // Where both are, this one is the system's own.
    &dnf5::DNF5,
    &dnf::DNF,
    &yum::YUM,
    &zypper::ZYPPER,
    &pacman::PACMAN,
    &portage::PORTAGE,
    &apk::APK,
];

/// The package manager of that name.
#[must_use]
pub fn named(name: &str) -> Option<&'static PackageManager> {
    PACKAGE_MANAGERS.iter().copied().find(|manager| manager.name == name)
}

/// Whether a word can be the name of a package, whatever the package manager is.
#[must_use]
pub fn is_name_anywhere(word: &str) -> bool {
    PACKAGE_MANAGERS.iter().any(|manager| manager.is_name(word))
}

/// The package manager of a machine: the one that is in use there. Where several are, the distribution decides, and then
/// the order of the roster. `distributions` brings `ID` and `ID_LIKE` of `/etc/os-release`, the nearest first; `is_there`
/// says whether a file is.
pub fn of_machine(
    is_there: impl Fn(&str) -> bool,
    distributions: impl FnOnce() -> Vec<String>,
) -> Option<&'static PackageManager> {
    let in_use = |manager: &&&'static PackageManager| manager.signs.iter().all(|sign| is_there(sign));
    let found: Vec<&'static PackageManager> = PACKAGE_MANAGERS.iter().filter(in_use).copied().collect();
    if let [] | [_] = found[..] {
        return found.first().copied();
    }
    let own = |id: &String| found.iter().find(|manager| manager.distributions.contains(&id.as_str()));
    distributions().iter().find_map(own).or(found.first()).copied()
}

/// Reads `ID` and `ID_LIKE` of `/etc/os-release`, the nearest first.
#[must_use]
pub fn distributions(os_release: &str) -> Vec<String> {
    let field = |name: &str| {
        let mut lines = os_release.lines().filter_map(|line| line.trim().split_once('='));
        lines.find(|(field, _)| *field == name).map_or("", |(_, value)| value.trim_matches(['"', '\'']))
    };
    [field("ID"), field("ID_LIKE")]
        .iter()
        .flat_map(|words| words.split_ascii_whitespace())
        .map(str::to_owned)
        .collect()
}

/// The package manager to which a program belongs that takes its locks, by the program's path or name.
#[must_use]
pub fn of_program(program: &str) -> Option<&'static PackageManager> {
    let name = program.rsplit('/').next().unwrap_or_default();
    PACKAGE_MANAGERS.iter().copied().find(|manager| manager.programs.contains(&name))
}

/// Which there are, for people: `apt (Debian, Ubuntu and their relatives)`.
#[must_use]
pub fn known() -> String {
    let words = PACKAGE_MANAGERS.iter().map(|manager| format!("{} ({})", manager.name, manager.systems));
    list(&words.collect::<Vec<_>>(), "and")
}

/// The names of all, for people.
#[must_use]
pub fn names() -> String {
    list(&PACKAGE_MANAGERS.iter().map(|manager| format!("`{}`", manager.name)).collect::<Vec<_>>(), "and")
}
