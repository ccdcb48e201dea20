//! `python_venv`: a virtual environment with packages.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::change::Change;
use crate::model::content::{AbsolutePath, Strings};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::{FileText, Query};
use crate::model::step::{Command, Step};
use crate::provider::{Action, Provider, action, fresh, parents};

use stamp::Stamp;

mod change;
mod installer;
mod requirements;
mod stamp;

/// A Python virtual environment with packages.
///
/// What was installed is written to the file `.chefrs` inside, last of all, so that nothing runs where nothing
/// changed and an interrupted installation is completed. It is built anew when its interpreter is gone, or when
/// `python` or `system_site_packages` changes. Packages that are no longer declared stay, as with pip itself.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PythonVenv {
    /// Directory of the environment.
    path: AbsolutePath,
    /// Interpreter to build it with: an absolute path, or a name such as `python3.12`.
    #[serde(default = "python3")]
    python: String,
    /// Packages to install, as pip takes them: `"gunicorn==23.0.0"`.
    #[serde(default)]
    packages: Strings,
    /// Requirements file on the machine. It is installed anew when its text changes, or that of a file that it names
    /// with `-r` or `-c`.
    requirements: Option<AbsolutePath>,
    /// Address of the package index that is used instead of PyPI.
    index_url: Option<String>,
    /// Directory with packages that is searched too, for machines without a network.
    find_links: Option<AbsolutePath>,
    /// Whether no package index is used at all, `find_links` alone.
    #[serde(default)]
    no_index: bool,
    /// Whether the packages of the system's Python can be imported too.
    #[serde(default)]
    system_site_packages: bool,
    /// User who builds and owns it.
    user: Option<String>,
    /// Variables for Python and pip.
    #[serde(default)]
    environment: BTreeMap<String, String>,
    /// Seconds until one of the commands is stopped.
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    /// Nothing is there.
    Make,
    /// It is there and can't be used as it is.
    Rebuild(&'static str),
    /// It was left in the middle.
    Complete,
    /// Other packages are declared.
    Install,
}

impl Work {
    fn verb(self) -> String {
        match self {
            Self::Make => "make virtual environment".into(),
            Self::Rebuild(reason) => format!("build virtual environment anew ({reason})"),
            Self::Complete => "complete virtual environment".into(),
            Self::Install => "install into virtual environment".into(),
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

    fn plan_create(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        known.want(self.observe("create"))?;
        self.require_interpreter(known)?;
        let wanted = requirements::digest(self.requirements.as_deref().map(Utf8PathBuf::as_path), known);
        if fresh::directory(&self.path, known)?.is_none() {
            parents::require(&self.path, known)?;
            // What will be in the requirements matters little where there is no environment yet.
            let wanted = match wanted {
                Err(Stop::Unknown(until)) => Err(until),
                known => Ok(Stamp::of(self, known?)),
            };
            return Ok(vec![self.change(Work::Make, wanted, known)?]);
        }
        let wanted = Stamp::of(self, wanted?);
        let Some(work) = self.work(&wanted, known)? else { return Ok(Vec::new()) };
        Ok(vec![self.change(work, Ok(wanted), known)?])
    }

    /// What an existing directory needs.
    fn work(&self, wanted: &Stamp, known: &Known) -> Result<Option<Work>, Stop> {
        known.want([
            Query::Read(self.stamp_path()),
            Query::Read(self.inside("pyvenv.cfg")),
            Query::Resolve(self.inside("bin/python")),
        ])?;
        let stamp = match known.read(&self.stamp_path())? {
            Some(FileText::Text(text)) => Stamp::parse(text),
            _ => None,
        };
        let Some(FileText::Text(configuration)) = known.read(&self.inside("pyvenv.cfg"))? else {
            self.require_ours(stamp.is_some(), known)?;
            return Ok(Some(Work::Complete));
        };
        if known.resolve(&self.inside("bin/python"))?.is_none() {
            return Ok(Some(Work::Rebuild("its interpreter is gone")));
        }
        // An upgrade from 3.11 to 3.12 leaves `bin/python` working and every package out of reach.
        if let Some(executable) = stamp::executable(configuration)
            && known.resolve(&executable)?.is_none()
        {
            return Ok(Some(Work::Rebuild("its version of Python is gone")));
        }
        Ok(match stamp {
            None => Some(Work::Complete),
            Some(stamp) if stamp == *wanted => None,
            Some(stamp) if !stamp.same_python(wanted) => Some(Work::Rebuild("another Python is declared")),
            Some(_) => Some(Work::Install),
        })
    }

    /// Fails for a directory with other people's things in it.
    fn require_ours(&self, stamped: bool, known: &Known) -> Result<(), Stop> {
        let names = known.list(&self.path)?.unwrap_or_default();
        let begun = ["bin", "include", "lib", "lib64", "share"];
        if stamped || names.iter().all(|name| begun.contains(&name.as_str())) {
            return Ok(());
        }
        Err(Failure::new(format!("`{}` is there and is no virtual environment", *self.path))
            .hint("name another path, or move away what is there")
            .into())
    }

    fn require_interpreter(&self, known: &Known) -> Result<(), Stop> {
        if self.python.starts_with('/') && matches!(known.resolve(self.python.as_str().into()), Ok(None)) {
            return Err(Failure::new(format!("there is no interpreter `{}`", self.python))
                .hint("install it before this resource: package \"python3-venv\"")
                .into());
        }
        Ok(())
    }

    fn surrounded(&self, argv: Vec<String>) -> Command {
        Command { timeout: self.timeout, ..Command { argv, ..self.surroundings() } }
    }

    fn plan_delete(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        if fresh::directory(&self.path, known)?.is_none() {
            return Ok(Vec::new());
        }
        if known.stat(&self.inside("pyvenv.cfg"))?.is_none() {
            self.require_ours(known.stat(&self.stamp_path())?.is_some(), known)?;
        }
        let step = Step::Remove { path: self.path.to_path_buf(), recursive: true, backup: 0 };
        let change = Change::new("delete virtual environment", step);
        Ok(vec![fresh::with_stat(change, &self.path, None)])
    }
}

impl Provider for PythonVenv {
    const NAME: &'static str = "python_venv";
    const ACTIONS: &'static [Action] = &[
        action("create", "Makes the environment, and installs what is declared."),
        action("delete", "Removes the environment with all that is in it."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("path");
    const EXAMPLE: &'static str = r#"
python_venv "/srv/blog/venv" {
  requirements = "/srv/blog/src/requirements.txt",
  packages = { "gunicorn==23.0.0" },
}
"#;

    fn check(&self, action: &str) -> Result<(), Failure> {
        if action == "delete" { Ok(()) } else { self.check_arguments() }
    }

    fn observe(&self, action: &str) -> Vec<Query> {
        let mut queries = vec![Query::Stat(self.path.to_path_buf())];
        if action == "delete" {
            return queries;
        }
        queries.push(Query::Host);
        queries.push(Query::Read(self.stamp_path()));
        queries.push(Query::Read(self.inside("pyvenv.cfg")));
        queries.push(Query::Resolve(self.inside("bin/python")));
        queries.extend(parents::observe(&self.path));
        queries.extend(self.user.clone().map(Query::User));
        queries.extend(self.requirements.iter().map(|path| Query::Read(path.to_path_buf())));
        if self.python.starts_with('/') {
            queries.push(Query::Resolve(self.python.as_str().into()));
        }
        queries
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        match action {
            "delete" => self.plan_delete(known),
            _ => self.plan_create(known),
        }
    }

    fn surroundings(&self) -> Command {
        Command { user: self.user.clone(), environment: self.environment.clone(), ..Command::default() }
    }
}
