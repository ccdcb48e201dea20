//! The installed packages, from their own records, and whether their files still exist.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use super::interpreter;
use super::version;
use super::wanted::{NamedPackage, normal};
use super::{PythonVenv, VenvWork};
use crate::model::content::without_dots;
use crate::model::known::{Known, Stop};
use crate::model::query::{FileText, Query};
use crate::model::sorted;

/// Number of directories of a package that are checked, those nearest to the top first.
const DIRECTORIES: usize = 100;

impl PythonVenv {
    /// Whether an environment without a stamp, such as one that was made by hand, has all that is declared.
    ///
    /// # Errors
    /// An answer is missing.
    pub(super) fn has_all(&self, configuration: &str, known: &Known) -> Result<bool, Stop> {
        if interpreter::version(configuration).is_none() || !self.is_named(known)? {
            return Ok(false);
        }
        let mut wanted = self.wanted(known)?;
        if wanted.is_empty() {
            // The last that comes into a new environment.
            wanted.push(NamedPackage { name: "pip".to_owned(), specifier: String::new() });
        }
        Ok(self.what_packages_lack(configuration, &wanted, false, known)?.is_none())
    }

    /// The work that is needed to get the wanted packages, complete and in their versions. If a stamp says that all were
    /// installed, one without a record of its files is taken as it is.
    ///
    /// # Errors
    /// An answer is missing.
    pub(super) fn what_packages_lack(
        &self,
        configuration: &str,
        wanted: &[NamedPackage],
        is_stamped: bool,
        known: &Known,
    ) -> Result<Option<VenvWork>, Stop> {
        let Some(python) = interpreter::version(configuration) else { return Ok(None) };
        let site = self.inside(&format!("lib/python{python}/site-packages"));
        let Some(names) = known.list(&site)? else {
            return Ok((!wanted.is_empty()).then(|| VenvWork::Rebuild("its packages are gone".to_owned())));
        };
        let found: BTreeMap<String, (&str, &str)> =
            sorted::collected(names.iter().filter_map(|name| distribution(name)));
        let mut records = BTreeMap::new();
        for package in wanted {
            match found.get(&package.name) {
                Some((version, _)) if !version::accepts(&package.specifier, version) => {
                    return Ok(Some(VenvWork::Install(Some(format!("it has {} {version}", package.name)))));
                }
                Some((_, directory)) => {
                    records.insert(package.name.as_str(), site.join(directory).join("RECORD"));
                }
                // It may be in the system's packages, or be an editable installation, which has another kind of record.
                None if (is_stamped && self.system_site_packages) || has_other_list(names, &package.name) => {
                }
                None => {
                    return Ok(Some(VenvWork::Install(Some(format!("it has no {}", package.name)))));
                }
            }
        }
        known.want(records.values().cloned().map(Query::Read))?;
        for (name, record) in &records {
            // pip writes it last.
            if !is_stamped && known.read(record)?.is_none() {
                return Ok(Some(VenvWork::Install(Some(format!("{name} has no record of its files")))));
            }
        }
        let files =
            records.iter().map(|(name, record)| Ok((*name, self.recorded(&site, known.read(record)?))));
        let files: Vec<(&str, Directories)> = files.collect::<Result<_, Stop>>()?;
        let directories: BTreeSet<&Utf8PathBuf> =
            sorted::collected(files.iter().flat_map(|(_, files)| files.keys()));
        known.want(directories.into_iter().cloned().map(Query::List))?;
        for (name, directories) in files {
            for (directory, files) in directories {
                let there = known.list(&directory)?.unwrap_or_default();
                if files.iter().any(|file| there.binary_search(file).is_err()) {
                    return Ok(Some(VenvWork::Rebuild(format!("files of {name} are gone"))));
                }
            }
        }
        Ok(None)
    }

    /// The files of a package by directory, inside the environment, without cached bytecode.
    fn recorded(&self, site: &Utf8Path, record: Option<&FileText>) -> Directories {
        let Some(FileText::Text(text)) = record else { return Directories::new() };
        let mut directories = Directories::new();
        for line in text.lines() {
            let path = match line.strip_prefix('"') {
                Some(quoted) => quoted.split("\",").next().unwrap_or_default(),
                None => line.split(',').next().unwrap_or_default(),
            };
            if path.is_empty() || path.contains("__pycache__") {
                continue;
            }
            // Paths in a record are relative to `site-packages`.
            let path = without_dots(&site.join(path));
            if path.starts_with(&*self.path)
                && let (Some(directory), Some(name)) = (path.parent(), path.file_name())
            {
                directories.entry(directory.to_owned()).or_default().push(name.to_owned());
            }
        }
        let mut nearest: Vec<(Utf8PathBuf, Vec<String>)> = directories.into_iter().collect();
        sorted::sort_by_key(&mut nearest, |(directory, _)| directory.components().count());
        nearest.into_iter().take(DIRECTORIES).collect()
    }
}

type Directories = BTreeMap<Utf8PathBuf, Vec<String>>;

/// Name, version and directory of a package: `demo-2.0.dist-info`.
fn distribution(directory: &str) -> Option<(String, (&str, &str))> {
    let (name, version) = directory.strip_suffix(".dist-info")?.rsplit_once('-')?;
    Some((normal(name), (version, directory)))
}

/// Whether a package has an older kind of record: `demo.egg-link`, `demo-2.0-py3.11.egg-info`.
fn has_other_list(names: &[String], package: &str) -> bool {
    names.iter().any(|name| {
        let stem = name
            .strip_suffix(".egg-link")
            .or_else(|| name.strip_suffix(".egg-info"))
            .or_else(|| name.strip_suffix(".egg"));
        stem.is_some_and(|stem| {
            normal(stem.split('-').next().unwrap_or_default()) == package || normal(stem) == package
        })
    })
}
