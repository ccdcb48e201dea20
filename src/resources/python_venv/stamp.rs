//! What was installed, as the environment remembers it.

use serde::{Deserialize, Serialize};

use super::PythonVenv;

/// Content of the file `.chefrs` in an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    /// As declared.
    python: String,
    system_site_packages: bool,
    packages: Vec<String>,
    /// SHA-256 over the requirements and all files that they name.
    requirements: Option<String>,
}

impl Stamp {
    /// What is declared.
    pub(super) fn of(venv: &PythonVenv, requirements: Option<String>) -> Self {
        Self {
            python: venv.python.clone(),
            system_site_packages: venv.system_site_packages,
            packages: venv.packages.0.clone(),
            requirements,
        }
    }

    /// What was written; nothing where that is damaged.
    pub(super) fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// As it is written.
    pub(super) fn text(&self) -> String {
        format!("{:#}\n", serde_json::json!(self))
    }

    /// Whether an environment with this stamp can take other packages without being built anew.
    pub(super) fn same_python(&self, other: &Self) -> bool {
        self.python == other.python && self.system_site_packages == other.system_site_packages
    }
}
