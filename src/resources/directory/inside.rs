//! Owner, group and modes of what is inside a directory.

use std::fmt::Write as _;

use camino::{Utf8Path, Utf8PathBuf};

use crate::model::change::Change;
use crate::model::content::FileMode;
use crate::model::english::{count, list};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Portable, PortableCommand, Portables, script};
use crate::model::query::{FileKind, Query, Stat};
use crate::model::step::Attributes;
use crate::provider::ownership;

/// Most files and directories that are looked at.
const LIMIT: usize = 10_000;

/// The bits setuid and setgid.
const SET_ID: u32 = 0o6000;

/// Number of names in a summary.
const SHOWN: usize = 3;

/// Sets them, or fails if they have to be set. A file that gets another owner or group loses setuid and setgid.
const SET_CONTENT: &str = r#"
root=$1 owner=$2 group=$3 file=$4 folder=$5 act=$6
each() {
  program=$1 value=$2
  shift 2
  if [ -n "$act" ]; then
    find "$root" -mindepth 1 -xdev "$@" -exec "$program" -- "$value" {} +
  else
    found=$(find "$root" -mindepth 1 -xdev "$@" 2>/dev/null) && [ -z "$found" ]
  fi
}
if [ -n "$owner" ]; then
  case $owner in *[!0-9]*) is=-user ;; *) is=-uid ;; esac
  each chmod ug-s -type f ! "$is" "$owner" || exit 1
  each chown "$owner" '(' -type f -o -type d ')' ! "$is" "$owner" || exit 1
fi
if [ -n "$group" ]; then
  case $group in *[!0-9]*) is=-group ;; *) is=-gid ;; esac
  each chmod ug-s -type f ! "$is" "$group" || exit 1
  each chgrp "$group" '(' -type f -o -type d ')' ! "$is" "$group" || exit 1
fi
if [ -n "$file" ]; then each chmod "$file" -type f ! -perm "$file" || exit 1; fi
if [ -n "$folder" ]; then each chmod "$folder" -type d ! -perm "$folder" || exit 1; fi
"#;

/// The attributes of all files and directories inside a directory. Links, devices, sockets and other file systems are
/// left as they are.
pub(super) struct ContentAttributes {
    pub(super) owner: Option<String>,
    pub(super) group: Option<String>,
    pub(super) file_mode: Option<u32>,
    pub(super) directory_mode: Option<u32>,
}

/// The change of one file or directory.
struct ContentChange {
    path: Utf8PathBuf,
    change: Change,
    /// Whether setuid or setgid is removed.
    loses_set_id: bool,
    /// Whether an access control list is removed.
    loses_list: bool,
}

impl ContentAttributes {
    /// Owner and group, which need accounts.
    pub(super) fn accounts(&self) -> Attributes {
        Attributes { owner: self.owner.clone(), group: self.group.clone(), mode: None }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.accounts().is_empty() && self.file_mode.is_none() && self.directory_mode.is_none()
    }

    /// The attributes in plain things, for exports: commands for all that differs.
    pub(super) fn portable(&self, root: &Utf8Path, into: &mut Portables) {
        if self.is_empty() {
            return;
        }
        let mode = |mode: Option<u32>| mode.map(|mode| FileMode(mode).to_string()).unwrap_or_default();
        let name = |name: &Option<String>| name.clone().unwrap_or_default();
        let arguments = [
            root.to_string(),
            name(&self.owner),
            name(&self.group),
            mode(self.file_mode),
            mode(self.directory_mode),
        ];
        let (mut looks, mut acts) = (arguments.to_vec(), arguments.to_vec());
        looks.push(String::new());
        acts.push("act".into());
        into.add(Portable::Command(PortableCommand::unless(
            script("content_has_attributes", SET_CONTENT, looks),
            script("set_content_attributes", SET_CONTENT, acts),
        )));
    }

    /// The change of all that differs; `None` if nothing does.
    ///
    /// # Errors
    /// There is too much inside, or an answer is missing.
    pub(super) fn plan(&self, root: &Utf8Path, device: u64, known: &Known) -> Result<Option<Change>, Stop> {
        let (mut changes, mut seen) = (Vec::new(), 0);
        let mut level = vec![root.to_owned()];
        while !level.is_empty() {
            known.want(level.iter().cloned().map(Query::List))?;
            let mut paths: Vec<Utf8PathBuf> = Vec::new();
            for directory in &level {
                paths.extend(
                    known.list(directory)?.unwrap_or_default().iter().map(|name| directory.join(name)),
                );
            }
            seen += paths.len();
            if seen > LIMIT {
                return Err(too_many(root).into());
            }
            known.want(paths.iter().cloned().map(Query::Stat))?;
            level.clear();
            for path in paths {
                let Some(stat) = known.stat(&path)? else { continue };
                let is_directory = stat.kind == FileKind::Directory;
                // A planned directory has no device yet. On an overlay, a file has the device of its layer.
                let is_mounted = stat.inode != (0, 0) && device != 0 && stat.inode.0 != device;
                if is_directory && is_mounted {
                    continue;
                }
                if let Some(change) = self.of_one(&path, stat) {
                    changes.push(change);
                }
                if is_directory {
                    level.push(path);
                }
            }
        }
        Ok(self.joined(root, changes))
    }

    /// The change of one file or directory.
    fn of_one(&self, path: &Utf8Path, stat: &Stat) -> Option<ContentChange> {
        let mode = match stat.kind {
            FileKind::Directory => self.directory_mode,
            FileKind::File => self.file_mode,
            // A link of root is trusted, so no link becomes one.
            FileKind::Link | FileKind::Other => return None,
        };
        let mut wanted = Attributes { mode, ..self.accounts() };
        let mut change = ownership::plan(path, stat, &wanted)?;
        if stat.kind == FileKind::File && mode.is_none() {
            // The old owner chose what is in the file: it must not get the rights of the new one. The mode is said in any
            // case, in case setuid is set meanwhile.
            let shown = stat.access.as_ref().map_or(stat.mode, |list| list.mode);
            wanted.mode = Some(shown & !SET_ID);
            change = ownership::plan(path, &Stat { mode: shown | SET_ID, ..stat.clone() }, &wanted)?;
        }
        Some(ContentChange {
            path: path.to_owned(),
            loses_set_id: stat.kind == FileKind::File && stat.mode & SET_ID != 0,
            loses_list: stat.access.is_some() && wanted.mode.is_some(),
            change,
        })
    }

    /// One change of all.
    fn joined(&self, root: &Utf8Path, changes: Vec<ContentChange>) -> Option<Change> {
        if changes.is_empty() {
            return None;
        }
        let mode = |noun: &str, mode: Option<u32>| mode.map(|mode| format!("{noun} mode {}", FileMode(mode)));
        let said = [
            self.owner.as_ref().map(|owner| format!("owner {owner}")),
            self.group.as_ref().map(|group| format!("group {group}")),
            mode("file", self.file_mode),
            mode("directory", self.directory_mode),
        ];
        let said: Vec<String> = said.into_iter().flatten().collect();
        let mut summary =
            format!("set {} of what is inside: {}", list(&said, "and"), named(root, changes.iter()));
        let (with_set_id, with_list): (Vec<_>, Vec<_>) = (
            changes.iter().filter(|change| change.loses_set_id).collect(),
            changes.iter().filter(|change| change.loses_list).collect(),
        );
        // Writing to a string can't fail.
        if !with_set_id.is_empty() {
            let _ = write!(summary, "; without setuid and setgid: {}", named(root, with_set_id.into_iter()));
        }
        if !with_list.is_empty() {
            let _ = write!(summary, "; without access control lists: {}", named(root, with_list.into_iter()));
        }
        let mut all = Change { summary, ..Change::default() };
        for ContentChange { change, .. } in changes {
            all.steps.extend(change.steps);
            all.then.extend(change.then);
        }
        Some(all)
    }
}

/// The names of some of them, and the number of the others.
fn named<'c>(root: &Utf8Path, changes: impl ExactSizeIterator<Item = &'c ContentChange>) -> String {
    let rest = changes.len().saturating_sub(SHOWN);
    let name = |change: &ContentChange| change.path.strip_prefix(root).unwrap_or(&change.path).to_string();
    let mut names: Vec<String> = changes.take(SHOWN).map(name).collect();
    if rest > 0 {
        names.push(count(rest, "other"));
    }
    list(&names, "and")
}

fn too_many(root: &Utf8Path) -> Failure {
    Failure::impossible(format!("`{root}` holds more than {LIMIT} files and directories")).hint(
        "that is too many to look at one by one in each run: let an `execute` set them, with a guard of its own",
    )
}
