//! `remote_directory`: a directory of the cookbook, copied to the machine with all its files.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::capability::NeededRights;
use crate::model::change::Change;
use crate::model::content::{AbsolutePath, FileMode};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portable, PortableAbsence, PortableKind, Portables};
use crate::model::query::{Answer, Query};
use crate::model::step::{Attributes, Step};
use crate::model::tree::Tree;
use crate::provider::{Action, Provider, action, at_path, backups, ownership};

use copy::TreeCopy;

mod copy;
mod copy_change;
mod link;

/// A directory of the cookbook, copied with all its files.
///
/// Each file is compared by content and replaced in one step. A file that is executable in the cookbook is executable
/// on the machine for everybody who can read it. Links are copied as links, and must point into the directory. Missing
/// parents of the directory are made.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RemoteDirectory {
    /// Where the directory is.
    path: AbsolutePath,
    /// Directory below `files/` whose content is copied.
    source: Option<Tree>,
    /// Owner of the directories, by name or number.
    owner: Option<String>,
    /// Group of the directories, by name or number.
    group: Option<String>,
    /// Permissions of the directories, in octal. Default for a new directory: `"0755"`.
    mode: Option<FileMode>,
    /// Owner of the files. Default: `owner`.
    files_owner: Option<String>,
    /// Group of the files. Default: `group`.
    files_group: Option<String>,
    /// Permissions of the files, in octal. Executable files are also executable for everybody who can read them.
    #[serde(default = "readable")]
    files_mode: FileMode,
    /// Number of old versions of each file to keep on the machine, in the state directory of chefrs. Default: 5, or 0 for
    /// a sensitive resource.
    files_backup: Option<u32>,
    /// Whether existing files are replaced when they differ.
    #[serde(default = "yes")]
    overwrite: bool,
    /// Whether everything else in the directory is removed, including hidden files.
    #[serde(default)]
    purge: bool,
    /// Whether the resource is sensitive.
    #[serde(skip)]
    secret: bool,
}

fn readable() -> FileMode {
    FileMode(0o644)
}

fn yes() -> bool {
    true
}

impl RemoteDirectory {
    fn directories(&self) -> Attributes {
        Attributes {
            owner: self.owner.clone(),
            group: self.group.clone(),
            mode: self.mode.map(|mode| mode.0),
        }
    }

    fn files(&self) -> Attributes {
        Attributes {
            owner: self.files_owner.clone().or_else(|| self.owner.clone()),
            group: self.files_group.clone().or_else(|| self.group.clone()),
            mode: Some(self.files_mode.0),
        }
    }

    fn copy<'a>(&'a self, tree: &'a Tree, only_missing: bool) -> TreeCopy<'a> {
        TreeCopy {
            path: &self.path,
            tree,
            directories: self.directories(),
            file: self.files(),
            backup: backups::wanted(self.files_backup, self.secret),
            overwrite: self.overwrite && !only_missing,
            purge: self.purge && !only_missing,
            secret: self.secret,
        }
    }

    fn plan_delete(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        if at_path::directory(&self.path, known)?.is_none() {
            return Ok(Vec::new());
        }
        let path = || self.path.to_path_buf();
        let step = Step::Remove { path: path(), recursive: true, backup: 0 };
        let change = Change::new("delete directory with all that is in it", step)
            .then(Query::List(path()), Answer::List(None));
        Ok(vec![at_path::with_stat(change, &self.path, None)])
    }
}

impl Provider for RemoteDirectory {
    const NAME: &'static str = "remote_directory";
    const ACTIONS: &'static [Action] = &[
        action("create", "Copies what is missing or differs, and sets owners, groups and modes."),
        action(
            "create_if_missing",
            "Copies the files that are missing. Existing files are left as they are, and nothing is purged.",
        ),
        action("delete", "Removes the directory with everything in it."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("path");
    const PLAN: &'static str = "Complete: each file is compared, and texts are shown as diffs.";
    const PLATFORMS: &'static str = "Any Linux.";
    const EXAMPLE: &'static str = r#"
remote_directory "/srv/blog/static" {
  source = "static",
  owner = "root",
  mode = "0755",
  purge = true,
}
"#;

    fn check(&self, action: &str) -> Result<(), Failure> {
        if self.path.parent().is_none() {
            return Err(Failure::new("the root directory can't be a copy of another"));
        }
        ownership::check(&self.directories())?;
        ownership::check(&self.files())?;
        match (&self.source, action) {
            // With an attribute as action, one declaration serves both, so `delete` may have a `source`.
            (_, "delete") => Ok(()),
            (None, _) => Err(Failure::new("it needs `source`, a directory below files/")),
            (Some(tree), _) => match copy::astray(tree) {
                Some(path) => Err(Failure::new(format!("`{path}` of `{}` leads out of it", tree.name))),
                None => Ok(()),
            },
        }
    }

    fn keep_secret(&mut self) {
        self.secret = true;
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        needs.tree(&*self.path);
        needs.directory_mode(self.mode);
        needs.mode(Some(self.files_mode));
    }

    fn observe(&self, action: &str) -> Vec<Query> {
        match &self.source {
            Some(tree) if action != "delete" => self.copy(tree, action == "create_if_missing").observe(),
            _ => vec![Query::Stat(self.path.to_path_buf())],
        }
    }

    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        match &self.source {
            Some(tree) if action != "delete" => self.copy(tree, action == "create_if_missing").portable(into),
            _ => into.add(Portable::Absence(PortableAbsence {
                path: self.path.to_path_buf(),
                kind: PortableKind::Directory,
                recursive: true,
            })),
        }
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        match &self.source {
            Some(tree) if action != "delete" => self.copy(tree, action == "create_if_missing").plan(known),
            _ => self.plan_delete(known),
        }
    }
}
