//! Reads files and directories for a collection: small texts become part of it, everything else becomes a blob.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use super::owners::Owners;
use super::path::{join, whole};
use super::source::{self, FoundFile, Source};
use super::{near, shipped};
use crate::model::blob::{BlobRef, BlobSource, Blobs};
use crate::model::content::{self, Content, SourceFile, sha256};
use crate::model::error::Diagnostic;
use crate::model::sorted;
use crate::model::tree::{Tree, TreeFile, TreeLink};

/// Most bytes of a file that becomes part of the collection. A larger one becomes a blob.
const INLINE_LIMIT: u64 = 64 * 1024;
/// Most files in a directory that is copied.
const TREE_LIMIT: usize = 20_000;

/// Directories and files of version control and tools, which must never be copied to a machine.
const LEFT_OUT: &[&str] = &[".git", ".env", ".venv", "venv", "__pycache__"];

/// Directory that npm fills, beside its manifest. One without a manifest was put there by its author.
const OF_NPM: (&str, &str) = ("node_modules", "package.json");
/// Deepest nesting of directories.
const DEPTH_LIMIT: usize = 64;

/// Reads a file.
pub(super) fn file(source: &Source, path: &str, blobs: &mut Blobs) -> Result<SourceFile, Diagnostic> {
    if let Source::Away(away) = source {
        return away.file(path, blobs);
    }
    let Some(found) = source.find(path)? else {
        return Err(near::missing(source, path, "file"));
    };
    let content = content(source, path, found, blobs)?;
    Ok(SourceFile { name: source.label(path), content })
}

/// Reads a directory.
pub(super) fn tree(source: &Source, path: &str, blobs: &mut Blobs) -> Result<Tree, Diagnostic> {
    let mut tree = Tree { name: source.label(path), files: Vec::new(), links: Vec::new(), empty: Vec::new() };
    match source {
        Source::Away(away) => return away.tree(path, blobs),
        Source::Typed(_) => return Err(near::missing(source, path, "directory")),
        Source::Shipped { root } => {
            let folder = join(root, path);
            if !shipped::is_directory(&folder) {
                return Err(near::missing(source, path, "directory"));
            }
            let mut names = Vec::new();
            shipped::list(&folder, &mut names);
            for name in names.into_iter().filter(|name| !name.split('/').any(is_left_out)) {
                let Some(bytes) = shipped::file(&join(&folder, &name)) else {
                    continue;
                };
                // Embedded files have no modes. A script is recognised by its first line.
                let executable = bytes.starts_with(b"#!");
                tree.files.push(TreeFile { path: name.into(), executable, content: embedded(bytes, blobs) });
            }
        }
        Source::Directory { root, owners, .. } => {
            let Some(top) = source.resolve(root, path)? else {
                return Err(near::missing(source, path, "directory"));
            };
            if !top.is_dir() {
                return Err(Diagnostic::error(format!("`{}` is not a directory", source.label(path)))
                    .at(whole(source.label(path)))
                    .hint("name the directory, or use a `file` for a single file"));
            }
            let mut walk = TreeWalk { source, owners, top: top.clone(), label: path.to_owned(), tree, blobs };
            walk.enter(&top, "", 0)?;
            tree = walk.tree;
        }
    }
    sorted::sort_by(&mut tree.files, |one, other| one.path.as_str().cmp(other.path.as_str()));
    sorted::sort_by(&mut tree.links, |one, other| one.path.as_str().cmp(other.path.as_str()));
    sorted::sort_by(&mut tree.empty, |one, other| one.as_str().cmp(other.as_str()));
    Ok(tree)
}

fn is_left_out(name: &str) -> bool {
    LEFT_OUT.contains(&name)
}

/// The state of reading a directory on disk.
struct TreeWalk<'a> {
    source: &'a Source,
    owners: &'a Owners,
    top: Utf8PathBuf,
    label: String,
    tree: Tree,
    blobs: &'a mut Blobs,
}

impl TreeWalk<'_> {
    fn enter(&mut self, directory: &Utf8Path, prefix: &str, depth: usize) -> Result<(), Diagnostic> {
        if depth > DEPTH_LIMIT {
            return Err(Diagnostic::error(format!("the directory is deeper than {DEPTH_LIMIT} levels"))
                .at(whole(self.shown(prefix)))
                .hint("fetch an archive with `remote_file` and unpack it with `archive_file`"));
        }
        let before = self.size();
        for entry in fs::read_dir(directory).map_err(|error| self.unreadable(prefix, &error))? {
            let entry = entry.map_err(|error| self.unreadable(prefix, &error))?;
            let name = entry.file_name().into_string().map_err(|name| {
                Diagnostic::error(format!(
                    "the name `{}` is not UTF-8",
                    name.to_string_lossy().escape_debug()
                ))
                .at(whole(self.shown(prefix)))
                .hint("rename the file")
            })?;
            let is_of_npm = name == OF_NPM.0 && directory.join(OF_NPM.1).is_file();
            if !is_left_out(&name) && !is_of_npm {
                self.take(&directory.join(&name), &join(prefix, &name), depth)?;
            }
        }
        if self.size() == before && !prefix.is_empty() {
            self.tree.empty.push(prefix.into());
        }
        Ok(())
    }

    /// Number of entries found so far.
    fn size(&self) -> usize {
        self.tree.files.len() + self.tree.links.len() + self.tree.empty.len()
    }

    /// The entry of the top that has most of the files found so far, and their number.
    fn fullest(&self) -> (&str, usize) {
        let mut counts = BTreeMap::new();
        for file in &self.tree.files {
            let top = file.path.as_str().split('/').next().unwrap_or_default();
            *counts.entry(top).or_default() += 1;
        }
        counts.into_iter().max_by_key(|(_, count)| *count).unwrap_or_default()
    }

    fn take(&mut self, path: &Utf8Path, name: &str, depth: usize) -> Result<(), Diagnostic> {
        let shown = join(&self.label, name);
        let real = path.canonicalize_utf8().map_err(|error| self.unreadable(name, &error))?;
        if !real.starts_with(&self.top) {
            return Err(self.source.outside(&shown));
        }
        if self.size() >= TREE_LIMIT {
            let (fullest, count) = self.fullest();
            return Err(Diagnostic::error(format!("the directory has more than {TREE_LIMIT} files"))
                .at(whole(self.shown("")))
                .note(format!("at least {count} of them are in `{fullest}`"))
                .hint("remove what does not belong there, or have the machine fetch it: from a repository, or as an archive"));
        }
        if let Ok(to) = path.read_link_utf8() {
            return self.link(name, to.into_string());
        }
        let metadata = fs::metadata(&real).map_err(|error| self.unreadable(name, &error))?;
        self.owners.check(&real, &metadata, &self.shown(name))?;
        if metadata.is_dir() {
            return self.enter(&real, name, depth + 1);
        }
        if !metadata.is_file() {
            return Err(Diagnostic::error("only files, directories and symlinks can be copied")
                .at(whole(self.shown(name)))
                .hint("remove the socket, pipe or device"));
        }
        let executable = source::is_executable(&metadata);
        let found = FoundFile::Disk { path: real, size: metadata.len() };
        let content = content(self.source, &shown, found, self.blobs)?;
        self.tree.files.push(TreeFile { path: name.into(), executable, content });
        Ok(())
    }

    /// Adds a symlink, if it points to something inside the directory.
    fn link(&mut self, name: &str, to: String) -> Result<(), Diagnostic> {
        let link = TreeLink { path: name.into(), to };
        if !link.is_inside() {
            return Err(Diagnostic::error(format!(
                "the symlink to `{}` would point elsewhere on the machine",
                link.to.escape_debug()
            ))
            .at(whole(self.shown(name)))
            .hint("make it relative and inside the directory (`ln -s -r`), or replace it with the file"));
        }
        self.tree.links.push(link);
        Ok(())
    }

    fn shown(&self, name: &str) -> String {
        self.source.label(&join(&self.label, name))
    }

    fn unreadable(&self, name: &str, error: &io::Error) -> Diagnostic {
        self.source.unreadable(&join(&self.label, name), error)
    }
}

fn content(source: &Source, path: &str, found: FoundFile, blobs: &mut Blobs) -> Result<Content, Diagnostic> {
    match found {
        FoundFile::Shipped(bytes) => Ok(embedded(bytes, blobs)),
        FoundFile::Disk { path: real, size } => {
            let unreadable = |error: io::Error| source.unreadable(path, &error);
            if size <= INLINE_LIMIT {
                let bytes = source::read(&real, INLINE_LIMIT + 1).map_err(unreadable)?;
                if bytes.len() as u64 <= INLINE_LIMIT
                    && let Ok(text) = String::from_utf8(bytes)
                {
                    return Ok(Content::Text(text));
                }
            }
            let blob =
                File::open(&real).and_then(|mut file| content::digest(&mut file)).map_err(unreadable)?;
            blobs.entry(blob.sha256.clone()).or_insert(BlobSource::Path(real));
            Ok(Content::Blob(blob))
        }
    }
}

/// The text of an embedded file, if it is small enough to be part of a collection.
fn inline(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok().filter(|text| text.len() as u64 <= INLINE_LIMIT)
}

/// Embedded files that become blobs.
pub(super) fn apart() -> impl Iterator<Item = &'static [u8]> {
    shipped::all().into_iter().filter(|bytes| inline(bytes).is_none())
}

fn embedded(bytes: &'static [u8], blobs: &mut Blobs) -> Content {
    if let Some(text) = inline(bytes) {
        return Content::Text(text.to_owned());
    }
    let blob = BlobRef { sha256: sha256(bytes), size: bytes.len() as u64 };
    blobs.entry(blob.sha256.clone()).or_insert(BlobSource::Embedded(bytes));
    Content::Blob(blob)
}
