//! Debian's package database, read from its own file once it has changed.

use std::collections::HashMap;
use std::os::unix::fs::MetadataExt as _;
use std::time::SystemTime;

use crate::model::query::PackageState;
use crate::model::step::Command;

/// Where dpkg keeps it.
pub(super) const STATUS: &str = "/var/lib/dpkg/status";
/// Where dpkg notes what it is in the middle of.
const UPDATES: &str = "/var/lib/dpkg/updates";

/// All packages that dpkg knows of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dpkg {
    packages: HashMap<String, Vec<Paragraph>>,
    providers: HashMap<String, Vec<String>>,
    half_done: bool,
}

/// One paragraph of the status file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Paragraph {
    architecture: String,
    version: String,
    want: String,
    flag: String,
    status: String,
}

impl Paragraph {
    fn is_installed(&self) -> bool {
        matches!(self.want.as_str(), "install" | "hold") && self.flag == "ok" && self.status == "installed"
    }

    /// The database can't be worked with before this one is finished.
    fn is_half_done(&self) -> bool {
        let unfinished = matches!(
            self.status.as_str(),
            "half-installed" | "unpacked" | "half-configured" | "triggers-awaited" | "triggers-pending"
        );
        self.flag == "reinstreq" || (unfinished && matches!(self.want.as_str(), "install" | "hold"))
    }

    fn residue(&self) -> Option<String> {
        match self.status.as_str() {
            "not-installed" | "" => None,
            "config-files" => Some("configuration files".into()),
            "installed" if self.flag == "ok" => Some(format!("installed, but marked for {}", self.want)),
            "installed" => Some("installed, but must be reinstalled".into()),
            other => Some(other.into()),
        }
    }
}

impl Dpkg {
    /// Reads the text of a status file.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut all = Self::default();
        for paragraph in text.split("\n\n") {
            all.take(paragraph);
        }
        for names in all.providers.values_mut() {
            names.sort();
            names.dedup();
        }
        all
    }

    fn take(&mut self, paragraph: &str) {
        let (mut name, mut provides) = ("", "");
        let mut entry = Paragraph::default();
        for line in paragraph.lines() {
            // Only a handful of fields counts, and most lines tell by their first byte that they are none of them.
            let Some(b'P' | b'S' | b'V' | b'A') = line.as_bytes().first() else { continue };
            let Some((field, value)) = line.split_once(':') else { continue };
            let value = value.trim();
            match field {
                "Package" => name = value,
                "Provides" => provides = value,
                "Version" => value.clone_into(&mut entry.version),
                "Architecture" => value.clone_into(&mut entry.architecture),
                "Status" => {
                    let mut words = value.split_ascii_whitespace().map(str::to_owned);
                    entry.want = words.next().unwrap_or_default();
                    entry.flag = words.next().unwrap_or_default();
                    entry.status = words.next().unwrap_or_default();
                }
                _ => {}
            }
        }
        if name.is_empty() {
            return;
        }
        self.half_done |= entry.is_half_done();
        if entry.is_installed() {
            for word in provides.split(',') {
                let virtual_name = word.split('(').next().unwrap_or_default().trim();
                if !virtual_name.is_empty() {
                    self.providers.entry(virtual_name.to_owned()).or_default().push(name.to_owned());
                }
            }
        }
        self.packages.entry(name.to_owned()).or_default().push(entry);
    }

    /// State of a package, given as `name` or `name:architecture`.
    #[must_use]
    pub fn state(&self, name: &str) -> PackageState {
        let (base, architecture) =
            name.split_once(':').map_or((name, None), |(base, arch)| (base, Some(arch)));
        let wanted = |entry: &&Paragraph| match architecture {
            None | Some("any" | "native") => true,
            Some(architecture) => entry.architecture == architecture || entry.architecture == "all",
        };
        let entries: Vec<&Paragraph> = self.packages.get(base).into_iter().flatten().filter(wanted).collect();
        let held = entries.iter().any(|entry| entry.want == "hold");
        if let Some(entry) = entries.iter().find(|entry| entry.is_installed()) {
            return PackageState { version: Some(entry.version.clone()), held, ..PackageState::default() };
        }
        let residue = entries.iter().find_map(|entry| entry.residue());
        let provided_by = self.providers.get(base).cloned().unwrap_or_default();
        PackageState { version: None, provided_by, residue, held }
    }

    /// Whether a package was left in the middle of its installation.
    #[must_use]
    pub fn is_half_done(&self) -> bool {
        self.half_done
    }
}

/// The database, reread when its file has changed.
#[derive(Debug, Default)]
pub(super) struct Database {
    dpkg: Dpkg,
    stamp: Option<(u64, u64, SystemTime)>,
}

impl Database {
    /// What dpkg knows now; an empty database where there is no dpkg.
    pub(super) fn now(&mut self) -> &Dpkg {
        let found = std::fs::metadata(STATUS).ok();
        let stamp = found.and_then(|found| Some((found.ino(), found.len(), found.modified().ok()?)));
        if stamp != self.stamp || stamp.is_none() {
            let bytes = std::fs::read(STATUS).unwrap_or_default();
            self.dpkg = Dpkg::parse(&String::from_utf8_lossy(&bytes));
            self.stamp = stamp;
        }
        &self.dpkg
    }

    /// Whether a transaction was cut off: dpkg left its journal, or a package between two states.
    pub(super) fn is_interrupted(&mut self) -> bool {
        let journal = std::fs::read_dir(UPDATES).into_iter().flatten().flatten().any(|entry| {
            let name = entry.file_name();
            !name.is_empty() && name.as_encoded_bytes().iter().all(u8::is_ascii_digit)
        });
        journal || self.now().is_half_done()
    }
}

/// Whether a command is one that wants the package lock.
pub(in crate::target) fn takes_lock(command: &Command) -> bool {
    let program = command.argv.first().map_or("", |program| program.rsplit('/').next().unwrap_or_default());
    matches!(program, "apt-get" | "apt" | "dpkg" | "aptitude")
}

/// Whether a text can be the name of a package, with or without its architecture.
pub(in crate::target) fn is_name(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "+-.:_".contains(c);
    name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(allowed)
}
