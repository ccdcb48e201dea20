//! The packages of this machine, asked as their package manager says, and again once its files have changed.

use std::os::unix::fs::MetadataExt as _;
use std::time::SystemTime;

use super::offers;
use super::surroundings::Surroundings;
use crate::model::error::Failure;
use crate::model::package_manager::{InstalledPackages, Look, PackageManager};

/// What tells two states of a file apart.
type FileVersion = Option<(u64, u64, SystemTime)>;

/// What is installed, asked again when what tells of it has changed.
#[derive(Debug, Default)]
pub(super) struct Database {
    manager: &'static str,
    packages: InstalledPackages,
    stamps: Vec<FileVersion>,
}

impl Database {
    /// What is installed now; nothing where the package manager is not in use.
    ///
    /// # Errors
    /// The program that tells of it failed.
    pub(super) fn now(
        &mut self,
        manager: &PackageManager,
        with: &Surroundings,
    ) -> Result<&InstalledPackages, Failure> {
        let stamps: Vec<FileVersion> = manager.installed.stamps.iter().map(|path| stamp(path)).collect();
        let same =
            self.manager == manager.name && self.stamps == stamps && stamps.iter().any(Option::is_some);
        if !same {
            let texts = manager.installed.looks.iter().map(|one| look(one, with));
            self.packages = (manager.installed.parse)(&texts.collect::<Result<Vec<_>, _>>()?);
            (self.manager, self.stamps) = (manager.name, stamps);
        }
        Ok(&self.packages)
    }

    /// Whether a transaction was cut off, or left a package between two states.
    ///
    /// # Errors
    /// The program that tells of it failed.
    pub(super) fn is_interrupted(
        &mut self,
        manager: &PackageManager,
        with: &Surroundings,
    ) -> Result<bool, Failure> {
        if let Some(interrupted) = &manager.installed.interrupted
            && (interrupted.tells)(&look(&interrupted.look, with)?)
        {
            return Ok(true);
        }
        Ok(self.now(manager, with)?.is_half_done())
    }
}

fn stamp(path: &str) -> FileVersion {
    let found = std::fs::metadata(path).ok()?;
    Some((found.ino(), found.len(), found.modified().ok()?))
}

/// What is there to be seen; nothing where nothing is.
///
/// # Errors
/// A program failed.
fn look(look: &Look, with: &Surroundings) -> Result<String, Failure> {
    match look {
        Look::File { path, .. } => {
            Ok(String::from_utf8_lossy(&std::fs::read(path).unwrap_or_default()).into_owned())
        }
        Look::Names(directory) => Ok(names(directory).join("\n")),
        Look::NamesBelow(directory) => {
            let below = |above: &String| {
                let names = names(&format!("{directory}/{above}")).into_iter();
                names.map(move |name| format!("{above}/{name}")).collect::<Vec<_>>()
            };
            Ok(names(directory).iter().flat_map(below).collect::<Vec<_>>().join("\n"))
        }
        Look::Command(argv) => offers::output_of(argv.iter().copied(), |status| status == 0, with),
    }
}

/// The names in a directory, sorted; none where there is no directory.
fn names(directory: &str) -> Vec<String> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}
