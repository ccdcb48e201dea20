//! The packages that a declaration and its requirements name, with their versions.

use camino::Utf8Path;

use super::PythonVenv;
use super::requirements;
use crate::model::known::{Known, Stop};
use crate::model::sorted;

/// A package that must be installed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct NamedPackage {
    /// Normalized name.
    pub(super) name: String,
    /// Accepted versions, such as `==2.0`. Empty for any.
    pub(super) specifier: String,
}

impl PythonVenv {
    /// The named packages, sorted. Requirements with a condition, and paths and addresses without a name, are left out.
    ///
    /// # Errors
    /// An answer is missing.
    pub(super) fn wanted(&self, known: &Known) -> Result<Vec<NamedPackage>, Stop> {
        let mut wanted: Vec<NamedPackage> = self.packages.0.iter().filter_map(|text| read(text)).collect();
        let file = self.requirements.as_deref().map(|path| -> &Utf8Path { path });
        let lines = requirements::entries(file, known)?;
        wanted.extend(lines.iter().filter_map(|text| read(text)));
        sorted::sort_by(&mut wanted, Ord::cmp);
        wanted.dedup();
        Ok(wanted)
    }

    /// Whether the names and versions of [`Self::wanted`] are all that is declared: no package has a condition, extras or an
    /// address, and nothing else limits the versions.
    ///
    /// # Errors
    /// An answer is missing.
    pub(super) fn is_named(&self, known: &Known) -> Result<bool, Stop> {
        let file = self.requirements.as_deref().map(|path| -> &Utf8Path { path });
        let lines = requirements::entries(file, known)?;
        let is_option =
            |line: &str| line.starts_with(['#', '-']) && !MORE.iter().any(|option| line.starts_with(option));
        let is_plain = |text: &str| read(text).is_some() && !text.contains(['[', '@']);
        Ok(self.packages.0.iter().all(|text| is_plain(text))
            && lines.iter().all(|line| is_option(line) || is_plain(line)))
    }
}

/// Options of a requirements file that bring a package without a name, or limit versions.
const MORE: [&str; 4] = ["-e", "--editable", "-c", "--constraint"];

/// Parses one requirement: `Django[argon2] >=4.2,<5 --hash=...`.
fn read(text: &str) -> Option<NamedPackage> {
    let text = text.split(" #").next().unwrap_or_default();
    let text = text.split(" --").next().unwrap_or_default().trim();
    if text.contains(';') || text.starts_with(['#', '-', '.', '/']) {
        return None;
    }
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && !"._-".contains(c)).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let mut rest = rest.trim_start();
    if let Some(extras) = rest.strip_prefix('[') {
        rest = extras.split_once(']')?.1.trim_start();
    }
    let is_file = [".whl", ".gz", ".zip"].iter().any(|end| name.ends_with(end));
    if name.is_empty() || is_file {
        return None;
    }
    let specifier = match rest.chars().next() {
        None | Some('@') => String::new(),
        Some('=' | '<' | '>' | '!' | '~') => rest.to_owned(),
        Some('(') => rest.trim_matches(['(', ')']).to_owned(),
        _ => return None,
    };
    Some(NamedPackage { name: normal(name), specifier })
}

/// Normalizes a name by PEP 503.
pub(super) fn normal(name: &str) -> String {
    let parts = name.split(['-', '_', '.']).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}
