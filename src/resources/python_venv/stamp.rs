//! The stamp of an environment: what was installed in it.

use serde::{Deserialize, Serialize};

use super::PythonVenv;

/// Content of the file `.chefrs` in an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    python: String,
    system_site_packages: bool,
    packages: Vec<String>,
    /// SHA-256 over the requirements file and all files that it includes.
    requirements: Option<String>,
}

impl Stamp {
    /// The stamp of the declaration.
    pub(super) fn of(venv: &PythonVenv, requirements: Option<String>) -> Self {
        Self {
            python: venv.python.clone(),
            system_site_packages: venv.system_site_packages,
            packages: venv.packages.0.clone(),
            requirements,
        }
    }

    /// Parses a stamp. `None` if it is damaged.
    pub(super) fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    pub(super) fn text(&self) -> String {
        format!("{:#}\n", serde_json::json!(self))
    }

    /// Whether an environment with this stamp can get other packages without a rebuild.
    pub(super) fn same_python(&self, other: &Self) -> bool {
        self.python == other.python && self.system_site_packages == other.system_site_packages
    }
}
