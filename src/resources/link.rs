//! `link`: a symbolic or hard link.

use camino::{Utf8Path, Utf8PathBuf};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::change::Change;
use crate::model::content::AbsolutePath;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::{Answer, FileKind, Query, Stat};
use crate::model::step::{Attributes, Step};
use crate::provider::backups;

mod hard;
mod provider;
mod symbolic;

/// A symbolic or hard link.
///
/// An existing link is replaced by rename, so it is never missing. A regular file at the path is replaced only with
/// `force_unlink`, and a directory never.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Link {
    /// Where the link is.
    target_file: AbsolutePath,
    /// What the link points to. For a symbolic link: the text of the link, which may be relative to its directory and
    /// need not exist. For a hard link: the absolute path of an existing file.
    to: Option<String>,
    /// Kind of the link: symbolic, or a hard link, which is a second name of the same file.
    #[serde(default)]
    link_type: LinkType,
    /// Owner of the symbolic link itself, by name or number.
    owner: Option<String>,
    /// Group of the symbolic link itself, by name or number.
    group: Option<String>,
    /// Whether a regular file, device or socket at the path may be replaced. A directory is never replaced.
    #[serde(default)]
    force_unlink: bool,
    /// Number of old versions of a replaced file to keep on the machine, in the state directory of chefrs. Default: 5, or
    /// 0 for a sensitive resource.
    backup: Option<u32>,
    /// Whether the resource is sensitive.
    #[serde(skip)]
    secret: bool,
}

/// The two kinds of links.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum LinkType {
    /// A name that points at another name.
    #[default]
    Symbolic,
    /// A second name of the same file.
    Hard,
}

impl Link {
    fn path(&self) -> Utf8PathBuf {
        self.target_file.to_path_buf()
    }

    fn to(&self) -> &str {
        self.to.as_deref().unwrap_or_default()
    }

    fn attributes(&self) -> Attributes {
        Attributes { owner: self.owner.clone(), group: self.group.clone(), mode: None }
    }

    /// What is at the path. An earlier change that is not known yet does not matter, since the link replaces its
    /// result.
    fn there<'k>(&self, known: &'k Known) -> Result<Option<&'k Stat>, Stop> {
        match known.stat(&self.target_file) {
            Err(Stop::Unknown(_)) => Ok(None),
            other => other,
        }
    }

    /// Words for the replacement of what is at the path, if that is allowed.
    fn replaces(&self, stat: &Stat, noun: &str) -> Result<String, Failure> {
        let (path, to) = (self.path(), self.to());
        if self.force_unlink && stat.kind != FileKind::Directory {
            return Ok(format!("replace {} by a {noun} to {to}", stat.kind.noun()));
        }
        let failure = Failure::impossible(format!("`{path}` is {}, not a link to `{to}`", stat.kind.noun()));
        Err(match stat.kind {
            FileKind::Directory => {
                failure.hint(format!("remove it first: directory \"{path}\" {{ action = \"delete\" }}"))
            }
            _ => failure
                .hint("say `force_unlink = true` to put the link in its place; a copy of a file is kept"),
        })
    }

    /// The step before the link is made: only a regular file needs one, to keep a backup.
    fn removes(&self, known: &Known) -> Result<Option<Step>, Stop> {
        let there = self.there(known)?;
        let file = there.is_some_and(|stat| stat.kind == FileKind::File);
        let (backup, _) = backups::keep(backups::wanted(self.backup, self.secret), there);
        Ok((file && self.force_unlink && backup > 0).then(|| Step::Remove {
            path: self.path(),
            recursive: false,
            backup,
        }))
    }

    fn plan_delete(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        let Some(stat) = known.stat(&self.target_file)? else { return Ok(Vec::new()) };
        match self.link_type {
            LinkType::Symbolic if stat.kind != FileKind::Link => {
                return Err(self
                    .not_ours(format!("`{}` is {}, not a link", self.path(), stat.kind.noun()))
                    .into());
            }
            LinkType::Hard => {
                let to = Utf8Path::new(self.to());
                if !known.stat(to)?.is_some_and(|file| same_file(stat, file)) {
                    let message = format!("`{}` is not a name of the file `{to}`", self.path());
                    return Err(self.not_ours(message).into());
                }
            }
            LinkType::Symbolic => {}
        }
        let step = Step::Remove { path: self.path(), recursive: false, backup: 0 };
        Ok(vec![
            Change::new("delete link", step)
                .then(Query::Stat(self.path()), Answer::Stat(None))
                .then(Query::Resolve(self.path()), Answer::Stat(None))
                .then(Query::Digest(self.path()), Answer::Digest(None))
                .then(Query::Read(self.path()), Answer::Read(None))
                .then(Query::List(self.path()), Answer::List(None)),
        ])
    }

    fn not_ours(&self, message: String) -> Failure {
        Failure::impossible(message).hint(format!(
            "to remove it anyway, declare what it is: file \"{}\" {{ action = \"delete\" }}",
            self.path()
        ))
    }
}

/// Whether both are names of the same regular file.
fn same_file(one: &Stat, other: &Stat) -> bool {
    one.kind == FileKind::File && other.kind == FileKind::File && one.inode == other.inode
}
