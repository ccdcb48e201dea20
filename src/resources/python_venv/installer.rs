//! The commands that build an environment and install into it.

use crate::model::english::list;
use crate::model::error::Failure;
use crate::model::step::{Attributes, Command};
use crate::provider::ownership;

use super::PythonVenv;

impl PythonVenv {
    /// Builds the environment.
    pub(super) fn build(&self) -> Command {
        let mut argv = vec![self.python.clone(), "-m".into(), "venv".into()];
        if self.system_site_packages {
            argv.push("--system-site-packages".into());
        }
        argv.push(self.path.to_string());
        self.surrounded(argv)
    }

    /// Installs the declared packages, if there are any.
    pub(super) fn install(&self) -> Option<Command> {
        if self.packages.0.is_empty() && self.requirements.is_none() {
            return None;
        }
        let python = self.inside("bin/python");
        let mut argv: Vec<String> =
            [python.as_str(), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
                .map(str::to_owned)
                .into();
        let mut option = |name: &str, value: &str| argv.extend([name.to_owned(), value.to_owned()]);
        if let Some(url) = &self.index_url {
            option("--index-url", url);
        }
        if let Some(directory) = &self.find_links {
            option("--find-links", directory.as_str());
        }
        if let Some(file) = &self.requirements {
            option("--requirement", file.as_str());
        }
        if self.no_index {
            argv.push("--no-index".into());
        }
        if !self.packages.0.is_empty() {
            argv.push("--".into());
            argv.extend(self.packages.0.iter().cloned());
        }
        Some(self.surrounded(argv))
    }

    /// ` with python3.12 and the system's packages, owner deploy`: the options of a new environment.
    pub(super) fn with(&self, attributes: &Attributes) -> String {
        let python = (self.python != super::python3()).then(|| self.python.clone());
        let system = self.system_site_packages.then(|| "the system's packages".to_owned());
        let with: Vec<String> = [python, system].into_iter().flatten().collect();
        let with = if with.is_empty() { String::new() } else { format!(" with {}", list(&with, "and")) };
        with + &ownership::describe(attributes)
    }

    /// `: gunicorn and /srv/blog/requirements.txt`, for the summary.
    pub(super) fn describe(&self) -> String {
        let mut text = String::new();
        match self.packages.0.as_slice() {
            [] => {}
            packages if packages.len() <= 3 => text = format!(": {}", packages.join(", ")),
            packages => text = format!(": {} packages", packages.len()),
        }
        if let Some(file) = &self.requirements {
            text.push_str(if text.is_empty() { ": " } else { " and " });
            text.push_str(file.as_str());
        }
        text
    }

    /// Checks the declaration alone.
    pub(super) fn check_arguments(&self) -> Result<(), Failure> {
        let python = &self.python;
        let relative = python.contains('/') && !python.starts_with('/');
        if python.is_empty() || python.starts_with('-') || relative || python.contains(char::is_whitespace) {
            return Err(Failure::new(format!(
                "`{python}` is not the name or absolute path of an interpreter"
            )));
        }
        for package in &self.packages.0 {
            if package.trim().is_empty() || package.starts_with('-') || package.contains('\n') {
                return Err(Failure::new(format!("`{package}` is not a package as pip takes it"))
                    .hint("options of pip are properties here: `index_url`, `find_links`, `no_index`, `requirements`"));
            }
        }
        if let Some(url) = self.index_url.as_deref().filter(|url| url.starts_with('-')) {
            return Err(Failure::new(format!("`{url}` is not the address of a package index")));
        }
        if self.no_index && self.index_url.is_some() {
            return Err(Failure::new("`no_index` and `index_url` exclude each other"));
        }
        Ok(())
    }
}
