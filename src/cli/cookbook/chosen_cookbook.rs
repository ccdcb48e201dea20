//! The cookbook that a command for authors is about.

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;
use clap_complete::engine::ArgValueCompleter;

use crate::cli::complete;
use crate::cli::early_end::EarlyEnd;
use crate::cli::project::{open, root};
use crate::cookbook::Project;
use crate::cookbook::own_files::{OwnFiles, own_files};
use crate::model::english::{one_line, suggestion};
use crate::model::error::Diagnostic;
use crate::model::exit::Exit;

#[derive(Debug, Args)]
pub(in crate::cli) struct OwnCookbook {
    /// The cookbook, one of the project's own. Default: the one that contains this directory.
    #[arg(value_name = "COOKBOOK", add = ArgValueCompleter::new(complete::own_cookbooks))]
    name: Option<String>,
    /// Directory of the project. Default: this directory, or the project that it is a part of.
    #[arg(long, value_name = "DIR")]
    project: Option<Utf8PathBuf>,
}

/// A cookbook of a project.
pub(in crate::cli) struct FoundCookbook {
    pub(in crate::cli) project: Project,
    pub(in crate::cli) name: String,
    pub(in crate::cli) directory: Utf8PathBuf,
}

impl OwnCookbook {
    /// Finds it.
    pub(in crate::cli) fn find(&self) -> Result<FoundCookbook, EarlyEnd> {
        let project = open(self.project.as_deref())?;
        let found = match &self.name {
            Some(wanted) => Some(named(&project, wanted)?),
            None => around(&project),
        };
        let (name, directory) = found.ok_or_else(|| {
            let wrong = Diagnostic::error("no cookbook is named, and this directory is not in one");
            EarlyEnd::usage(match own_names(&project).as_slice() {
                [] => wrong.hint("`chefrs new cookbook NAME` makes one"),
                some => wrong.hint(suggestion("", some, "the project has")),
            })
        })?;
        Ok(FoundCookbook { project, name, directory })
    }
}

impl FoundCookbook {
    /// The cookbook in a directory, read anew.
    pub(in crate::cli) fn at(directory: &Utf8Path, name: String) -> Result<Self, EarlyEnd> {
        let project = open(Some(&Project::directory_around(directory)))?;
        Ok(Self { project, name, directory: directory.to_owned() })
    }

    /// Its version.
    pub(in crate::cli) fn version(&self) -> String {
        self.project.cookbook(&self.name).map(|book| book.version.clone()).unwrap_or_default()
    }

    /// Its files.
    pub(in crate::cli) fn files(&self) -> Result<OwnFiles, EarlyEnd> {
        own_files(&self.directory).map_err(|wrong| EarlyEnd::Findings(Exit::Failed, vec![wrong]))
    }
}

fn own_names(project: &Project) -> Vec<&str> {
    project.cookbook_names().into_iter().filter(|name| project.is_own(name)).collect()
}

/// One of the project's own cookbooks, with its directory.
pub(in crate::cli) fn named(project: &Project, wanted: &str) -> Result<(String, Utf8PathBuf), EarlyEnd> {
    if project.is_own(wanted) {
        return Ok((wanted.to_owned(), folder(project, wanted)));
    }
    let wrong = Diagnostic::error(format!("the project has no cookbook `{}`", one_line(wanted)));
    Err(EarlyEnd::usage(match (project.cookbook(wanted), own_names(project).as_slice()) {
        (Some(book), _) if book.is_shipped() => wrong.note("one of that name ships with chefrs"),
        (Some(_), _) => wrong.note("one of that name comes from elsewhere: change it there"),
        (None, []) => wrong.hint(format!("`chefrs new cookbook {}` makes it", one_line(wanted))),
        (None, some) => wrong.hint(suggestion(wanted, some, "it has")),
    }))
}

/// The project's own cookbook that contains the current directory, or that is the project.
pub(in crate::cli) fn around(project: &Project) -> Option<(String, Utf8PathBuf)> {
    let here = Utf8Path::new(".").canonicalize_utf8().ok()?;
    let root = root(project);
    let all = own_names(project).into_iter().map(|name| (name.to_owned(), folder(project, name)));
    // One may be in the directory of another.
    all.filter(|(_, folder)| here.starts_with(folder) || *folder == root)
        .max_by_key(|(_, folder)| folder.as_str().len())
}

/// The directory of a cookbook of the project.
fn folder(project: &Project, name: &str) -> Utf8PathBuf {
    let root = root(project);
    root.join("cookbooks").join(name).canonicalize_utf8().unwrap_or(root)
}
