//! Compares a tree of files with the machine, and makes one change of the differences.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use super::copy_change::CopyChange;
use super::link;
use crate::model::change::Change;
use crate::model::content::Content;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{
    Portable, PortableCommand, PortableDirectory, PortableFile, PortableLink, Portables, script,
};
use crate::model::query::{Answer, FileKind, Query};
use crate::model::step::{Attributes, Step};
use crate::model::tree::{Tree, TreeFile, TreeLink};
use crate::provider::file_state::{FileState, may_hold};
use crate::provider::{at_path, backups, diff, ownership, parents};

/// A tree and its destination.
pub(super) struct TreeCopy<'a> {
    pub(super) path: &'a Utf8Path,
    pub(super) tree: &'a Tree,
    /// Attributes of the directories.
    pub(super) directories: Attributes,
    /// Attributes of the files. Executable files get more mode bits.
    pub(super) file: Attributes,
    pub(super) backup: u32,
    pub(super) overwrite: bool,
    pub(super) purge: bool,
    pub(super) secret: bool,
}

/// Whether nothing is in a directory besides these paths.
const HAS_NO_MORE: &str = r#"
cd -- "$1" && [ -z "$(find . -mindepth 1 | grep -vxF -e "$2")" ]
"#;

/// Removes all that is in a directory besides these paths.
const PURGE: &str = r#"
cd -- "$1" || exit 1
find . -mindepth 1 | grep -vxF -e "$2" | while read -r path; do
  case $path in ./*) rm -rf -- "$path" || exit 1 ;; esac
done
"#;

impl TreeCopy<'_> {
    /// The queries that are needed in any case.
    pub(super) fn observe(&self) -> Vec<Query> {
        let mut queries = vec![Query::Host];
        queries.extend(parents::observe(self.path));
        for directory in self.children().into_keys() {
            queries.push(Query::Resolve(directory.clone()));
            queries.push(Query::Stat(directory));
        }
        queries.extend(ownership::observe(&self.directories));
        queries.extend(ownership::observe(&self.file));
        for file in &self.tree.files {
            queries.push(Query::Stat(self.path.join(&file.path)));
        }
        queries.extend(self.tree.links.iter().map(|link| Query::Stat(self.path.join(&link.path))));
        if self.purge {
            queries.extend(self.children().into_keys().map(Query::List));
        }
        queries
    }

    /// The change, if anything differs.
    fn state(&self, file: &TreeFile) -> FileState {
        FileState {
            path: self.path.join(&file.path),
            content: Some(file.content.clone()),
            attributes: self.attributes(file),
            backup: self.backup,
            secret: self.secret,
            ..FileState::default()
        }
    }

    /// The tree in plain things, for exports.
    pub(super) fn portable(&self, into: &mut Portables) {
        for path in self.children().into_keys() {
            let attributes = self.directories.clone();
            into.add(Portable::Directory(PortableDirectory {
                path,
                attributes,
                ..PortableDirectory::default()
            }));
        }
        for file in &self.tree.files {
            into.add(Portable::File(PortableFile {
                only_if_missing: !self.overwrite,
                ..self.state(file).plain()
            }));
        }
        for link in &self.tree.links {
            let (path, to) = (self.path.join(&link.path), link.to.clone());
            into.add(Portable::Link(PortableLink { path, to, replace: true, ..PortableLink::default() }));
        }
        if self.purge {
            let all = self.children().into_iter();
            let inside = all.flat_map(|(path, names)| names.into_iter().map(move |name| path.join(name)));
            let names = inside.filter_map(|path| Some(format!("./{}", path.strip_prefix(self.path).ok()?)));
            let arguments = [self.path.to_string(), names.collect::<Vec<_>>().join("\n")];
            into.add(Portable::Command(PortableCommand::unless(
                script("has_no_more", HAS_NO_MORE, arguments.clone()),
                script("purge", PURGE, arguments),
            )));
        }
    }

    pub(super) fn plan(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        known.want(self.observe())?;
        ownership::require_accounts(&self.directories, known)?;
        self.want_digests(known)?;
        self.want_texts(known)?;
        let children = self.children();
        let mut gathered = CopyChange::default();
        let mut new = BTreeSet::new();
        for (directory, names) in &children {
            self.directory(directory, names, &mut new, &mut gathered, known)?;
        }
        for file in &self.tree.files {
            self.file(file, &new, &mut gathered, known)?;
        }
        for link in &self.tree.links {
            self.link(link, &new, &mut gathered, known)?;
        }
        if self.purge {
            self.purge(&children, &new, &mut gathered, known)?;
        }
        if gathered.steps.is_empty() {
            return Ok(Vec::new());
        }
        Ok(vec![Change {
            summary: gathered.summary(),
            diff: Some(diff::shortened(gathered.lines)),
            steps: gathered.steps,
            then: gathered.then,
            ..Change::default()
        }])
    }

    /// All directories of the tree, parents first, with the names in them.
    fn children(&self) -> BTreeMap<Utf8PathBuf, BTreeSet<String>> {
        let mut children: BTreeMap<Utf8PathBuf, BTreeSet<String>> = BTreeMap::new();
        children.insert(self.path.to_owned(), BTreeSet::new());
        let files = self.tree.files.iter().map(|file| &file.path);
        let links = self.tree.links.iter().map(|link| &link.path);
        for path in files.chain(links).chain(&self.tree.empty) {
            let mut directory = self.path.to_owned();
            for component in path.components() {
                children.entry(directory.clone()).or_default().insert(component.as_str().to_owned());
                directory.push(component.as_str());
            }
        }
        for directory in &self.tree.empty {
            children.entry(self.path.join(directory)).or_default();
        }
        children
    }

    fn directory(
        &self,
        path: &Utf8Path,
        names: &BTreeSet<String>,
        new: &mut BTreeSet<Utf8PathBuf>,
        gathered: &mut CopyChange,
        known: &Known,
    ) -> Result<(), Stop> {
        let stat = if path.parent().is_some_and(|parent| new.contains(parent)) {
            None
        } else {
            match at_path::directory(path, known) {
                // The directory will be there, whatever creates it.
                Err(Stop::Unknown(_)) => None,
                other => other?,
            }
        };
        if let Some(stat) = stat {
            if let Some(change) = ownership::plan(path, stat, &self.directories) {
                gathered.attributes += 1;
                gathered.take(change, '~', self.shown(path));
            }
            return Ok(());
        }
        let missing = if path == self.path { parents::missing(path, known)? } else { Vec::new() };
        let step = Step::MakeDirectory {
            path: path.to_owned(),
            attributes: self.directories.clone(),
            parents: path == self.path,
        };
        let user = &known.host()?.user;
        let stat = at_path::stat(FileKind::Directory, user, &self.directories);
        let change = Change::new(format!("make directory{}", ownership::describe(&self.directories)), step)
            .then(Query::List(path.to_owned()), Answer::List(Some(names.iter().cloned().collect())));
        gathered.directories += 1 + missing.len();
        let change = parents::made(at_path::with_stat(change, path, Some(&stat)), path, &missing, user);
        gathered.take(change, '+', self.shown(path));
        new.insert(path.to_owned());
        Ok(())
    }

    fn file(
        &self,
        file: &TreeFile,
        new: &BTreeSet<Utf8PathBuf>,
        gathered: &mut CopyChange,
        known: &Known,
    ) -> Result<(), Stop> {
        let path = self.path.join(&file.path);
        let state = self.state(file);
        if path.parent().is_some_and(|parent| new.contains(parent)) {
            gathered.copied += 1;
            gathered.take(state.plan_new(known)?, '+', &file.path);
            return Ok(());
        }
        let absent = at_path::file(&path, known)?.is_none();
        if !absent && !self.overwrite {
            return Ok(());
        }
        for change in state.plan_create(known)? {
            let writes = change.steps.iter().any(|step| matches!(step, Step::WriteFile(_)));
            *match (absent, writes) {
                (true, _) => &mut gathered.copied,
                (false, true) => &mut gathered.changed,
                (false, false) => &mut gathered.attributes,
            } += 1;
            gathered.take(change, if absent { '+' } else { '~' }, &file.path);
        }
        Ok(())
    }

    fn link(
        &self,
        link: &TreeLink,
        new: &BTreeSet<Utf8PathBuf>,
        gathered: &mut CopyChange,
        known: &Known,
    ) -> Result<(), Stop> {
        let path = self.path.join(&link.path);
        let is_new = path.parent().is_some_and(|parent| new.contains(parent));
        let there = if is_new { None } else { known.stat(&path)? };
        if there.is_some() && !self.overwrite {
            return Ok(());
        }
        let attributes = Attributes { mode: None, ..self.file.clone() };
        let Some(change) = link::plan(link, path, there, &attributes, self.backup, known)? else {
            return Ok(());
        };
        let makes = change.steps.iter().any(|step| matches!(step, Step::Symlink { .. }));
        *match (there, makes) {
            (None, _) => &mut gathered.linked,
            (Some(_), true) => &mut gathered.changed_links,
            (Some(_), false) => &mut gathered.attributes,
        } += 1;
        gathered.take(change, if there.is_none() { '+' } else { '~' }, &link.path);
        Ok(())
    }

    /// Everyone who can read an executable file can execute it.
    fn attributes(&self, file: &TreeFile) -> Attributes {
        let executable = |mode: u32| if file.executable { mode | (mode & 0o444) >> 2 } else { mode };
        Attributes { mode: self.file.mode.map(executable), ..self.file.clone() }
    }

    /// Asks for all digests in one batch, for files that may have the right content.
    fn want_digests(&self, known: &Known) -> Result<(), Stop> {
        let files = self.tree.files.iter().filter(|_| self.overwrite).filter(|file| {
            let there = known.stat(&self.path.join(&file.path));
            matches!(there, Ok(Some(stat)) if stat.kind == FileKind::File && may_hold(stat, &file.content))
        });
        known.want(files.map(|file| Query::Digest(self.path.join(&file.path))))
    }

    /// Asks for the texts of all files that differ in one batch, for the diff.
    fn want_texts(&self, known: &Known) -> Result<(), Stop> {
        let differs = |file: &&TreeFile| {
            let path = self.path.join(&file.path);
            let Ok(Some(stat)) = known.stat(&path) else { return false };
            let text = matches!(file.content, Content::Text(_)) && stat.kind == FileKind::File;
            text && (!may_hold(stat, &file.content)
                || matches!(known.digest(&path), Ok(digest) if digest != file.content.sha256().as_deref()))
        };
        let files = self.tree.files.iter().filter(|_| self.overwrite).filter(differs);
        known.want(files.map(|file| Query::Read(self.path.join(&file.path))))
    }

    /// Removes what does not belong to the tree.
    fn purge(
        &self,
        children: &BTreeMap<Utf8PathBuf, BTreeSet<String>>,
        new: &BTreeSet<Utf8PathBuf>,
        gathered: &mut CopyChange,
        known: &Known,
    ) -> Result<(), Stop> {
        let mut others = Vec::new();
        for (directory, names) in children.iter().filter(|(directory, _)| !new.contains(*directory)) {
            let there = known.list(directory)?.unwrap_or_default();
            let before = others.len();
            others
                .extend(there.iter().filter(|name| !names.contains(*name)).map(|name| directory.join(name)));
            if others.len() > before {
                let left = names.iter().cloned().collect();
                gathered.then.push((Query::List(directory.clone()), Answer::List(Some(left))));
            }
        }
        known.want(others.iter().cloned().map(Query::Stat))?;
        for path in &others {
            let Some(stat) = known.stat(path)? else {
                refuse_undecodable(path)?;
                continue;
            };
            let recursive = stat.kind == FileKind::Directory;
            let (backup, unsaved) = match stat.kind {
                FileKind::File => backups::keep(self.backup, Some(stat)),
                _ => (0, String::new()),
            };
            let step = Step::Remove { path: path.clone(), recursive, backup };
            let summary = if recursive { "remove directory with all that is in it" } else { "remove" };
            let summary = format!("{summary}{unsaved}");
            gathered.removed += 1;
            let change = at_path::with_stat(Change::new(summary, step), path, None);
            gathered.take(change, '-', self.shown(path));
        }
        Ok(())
    }

    fn shown<'a>(&self, path: &'a Utf8Path) -> &'a Utf8Path {
        match path.strip_prefix(self.path) {
            Ok(below) if !below.as_str().is_empty() => below,
            _ => path,
        }
    }
}

/// Fails for a name in a listing that is not UTF-8, since it can't be passed on.
fn refuse_undecodable(path: &Utf8Path) -> Result<(), Failure> {
    if !path.as_str().contains(char::REPLACEMENT_CHARACTER) {
        return Ok(());
    }
    Err(Failure::new(format!("`{path}` has a name that is not UTF-8, so `purge` can't remove it"))
        .hint(format!("look at it and remove it by hand: ls -lb '{}'", path.parent().unwrap_or(path))))
}

/// The first path of a tree that leads outside.
pub(super) fn astray(tree: &Tree) -> Option<&Utf8Path> {
    let files = tree.files.iter().map(|file| file.path.as_path());
    let links = tree.links.iter().map(|link| link.path.as_path());
    let empty = tree.empty.iter().map(Utf8PathBuf::as_path);
    let outside = tree.links.iter().find(|link| !link.is_inside()).map(|link| link.path.as_path());
    files.chain(links).chain(empty).find(|path| !is_below(path)).or(outside)
}

/// Whether a relative path stays below its directory.
fn is_below(path: &Utf8Path) -> bool {
    !path.as_str().is_empty()
        && path.components().all(|component| matches!(component, Utf8Component::Normal(_)))
}
