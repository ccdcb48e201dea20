//! What dpkg knows of packages.

use super::installed::{InstalledPackage, InstalledPackages};

/// The file.
pub(super) const STATUS: &str = "/var/lib/dpkg/status";

/// `Status` of a package: what is wanted, whether it is in order, and how far it is.
#[derive(Default)]
struct DpkgStatus<'a> {
    want: &'a str,
    flag: &'a str,
    state: &'a str,
}

impl<'a> DpkgStatus<'a> {
    fn read(text: &'a str) -> Self {
        let mut words = text.split_ascii_whitespace();
        let mut word = || words.next().unwrap_or_default();
        Self { want: word(), flag: word(), state: word() }
    }

    fn is_installed(&self) -> bool {
        matches!(self.want, "install" | "hold") && self.flag == "ok" && self.state == "installed"
    }

    /// The database can't be worked with before this one is finished.
    fn is_half_done(&self) -> bool {
        let unfinished = matches!(
            self.state,
            "half-installed" | "unpacked" | "half-configured" | "triggers-awaited" | "triggers-pending"
        );
        self.flag == "reinstreq" || (unfinished && matches!(self.want, "install" | "hold"))
    }

    fn residue(&self) -> Option<String> {
        match self.state {
            "not-installed" | "" => None,
            "config-files" => Some("configuration files".into()),
            "installed" if self.flag == "ok" => Some(format!("installed, but marked for {}", self.want)),
            "installed" => Some("installed, but must be reinstalled".into()),
            other => Some(other.into()),
        }
    }
}

/// Reads the text of dpkg's status file.
pub(super) fn parse_status(text: &str) -> InstalledPackages {
    let mut all = InstalledPackages::default();
    for paragraph in text.split("\n\n") {
        let (mut name, mut provides, mut version, mut architecture) = ("", "", "", "");
        let mut status = DpkgStatus::default();
        for line in paragraph.lines() {
            // Only a handful of fields counts, and most lines tell by their first byte that they are none of them.
            let Some(b'P' | b'S' | b'V' | b'A') = line.as_bytes().first() else { continue };
            let Some((field, value)) = line.split_once(':') else { continue };
            let value = value.trim();
            match field {
                "Package" => name = value,
                "Provides" => provides = value,
                "Version" => version = value,
                "Architecture" => architecture = value,
                "Status" => status = DpkgStatus::read(value),
                _ => {}
            }
        }
        if name.is_empty() {
            continue;
        }
        if status.is_half_done() {
            all.leave_half_done();
        }
        let is_installed = status.is_installed();
        if is_installed {
            let names = provides.split(',').map(|word| word.split('(').next().unwrap_or_default().trim());
            for provided in names.filter(|provided| !provided.is_empty()) {
                all.provide(provided, name);
            }
        }
        let package = InstalledPackage {
            architecture: if architecture == "all" { String::new() } else { architecture.to_owned() },
            version: is_installed.then(|| version.to_owned()),
            residue: if is_installed { None } else { status.residue() },
            held: status.want == "hold",
        };
        all.add(name, package);
    }
    all
}
