//! `python_venv`: a virtual environment with packages.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::content::{AbsolutePath, Strings};
use crate::model::step::Command;
use crate::provider::Provider;

mod change;
mod distributions;
mod installer;
mod interpreter;
mod provider;
mod rebuild;
mod requirements;
mod stamp;
mod version;
mod wanted;

/// A Python virtual environment with packages.
///
/// It is built again when its interpreter is gone or has another version, when it was moved or copied, when files of a
/// declared package are missing, and when `python` or `system_site_packages` changes. It is built in its place, because
/// its programs hold its path, so it can't be used meanwhile; if that fails, the old one is put back. If a declared
/// package is missing or has another version, pip installs it. Packages that are not declared stay. An interrupted
/// installation is completed by the next run: the file `.chefrs` in the environment is written last. One without that
/// file that has all declared packages, as one that was made by hand, is left as it is; packages with conditions, extras or
/// addresses can't be told from its records, and are installed again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PythonVenv {
    /// Directory of the environment.
    path: AbsolutePath,
    /// Interpreter to build it with: an absolute path, or a name such as `python3.12`.
    #[serde(default = "python3")]
    python: String,
    /// Packages to install, as pip takes them: `"gunicorn==23.0.0"`.
    #[serde(default)]
    packages: Strings,
    /// Requirements file on the machine. It is installed again when it changes, or when a file that it names with `-r`
    /// or `-c` changes.
    requirements: Option<AbsolutePath>,
    /// Address of the package index to use instead of PyPI.
    index_url: Option<String>,
    /// Directory with packages to search as well, for machines without a network.
    find_links: Option<AbsolutePath>,
    /// Whether only `find_links` is used, and no package index.
    #[serde(default)]
    no_index: bool,
    /// Whether the packages of the system's Python can be imported too.
    #[serde(default)]
    system_site_packages: bool,
    /// User who builds and owns the environment.
    user: Option<String>,
    /// Variables for Python and pip.
    #[serde(default)]
    environment: BTreeMap<String, String>,
    /// Seconds until a command is stopped.
    #[serde(default = "hour")]
    timeout: u64,
}

fn python3() -> String {
    "python3".to_owned()
}

fn hour() -> u64 {
    3600
}

/// What has to be done to the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
enum VenvWork {
    /// It does not exist.
    Make,
    /// It exists and can't be used.
    Rebuild(String),
    /// An earlier run was interrupted.
    Complete,
    /// Packages are missing or differ, with a reason if there is one.
    Install(Option<String>),
}

impl VenvWork {
    /// The work in words. `with`: what it is built with.
    fn verb(&self, with: &str) -> String {
        match self {
            Self::Make => format!("make virtual environment{with}"),
            Self::Rebuild(reason) => format!("rebuild virtual environment{with} ({reason})"),
            Self::Complete => "complete virtual environment".into(),
            Self::Install(None) => "install into virtual environment".into(),
            Self::Install(Some(reason)) => format!("install into virtual environment ({reason})"),
        }
    }
}

impl PythonVenv {
    fn inside(&self, path: &str) -> Utf8PathBuf {
        self.path.join(path)
    }

    fn stamp_path(&self) -> Utf8PathBuf {
        self.inside(".chefrs")
    }

    fn surrounded(&self, argv: Vec<String>) -> Command {
        Command { timeout: self.timeout, ..Command { argv, ..self.surroundings() } }
    }
}
