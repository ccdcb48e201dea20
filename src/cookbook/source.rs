//! The source of a cookbook's files: a directory, which symlinks can't leave, or the program itself.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Read};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use super::away::Away;
use super::owners::Owners;
use super::path::{checked, join, whole};
use super::shipped;
use crate::model::error::Diagnostic;

/// Most bytes of a text file: a recipe, a template, a manifest.
const TEXT_LIMIT: u64 = 256 * 1024;

/// Deepest nesting of directories.
const DEPTH_LIMIT: usize = 64;
/// Most names that a listing returns.
const NAME_LIMIT: usize = 100_000;

/// The recipe of the declarations that were typed on the command line, and the name of its file in messages.
pub const TYPED_RECIPE: &str = "-e";

/// Where the project has that recipe, although it is no file.
const TYPED_FILE: &str = "recipes/-e.lua";

/// The files of one cookbook, by relative path.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// A directory on disk.
    Directory {
        /// Canonical path.
        root: Utf8PathBuf,
        /// The directory as shown in messages: empty, or `cookbooks/nginx`.
        label: String,
        /// Users who may own its files.
        owners: Owners,
        /// The declarations that were typed on the command line, if there are any.
        typed: Option<Arc<str>>,
    },
    /// Files embedded in the program.
    Shipped {
        /// Path in the program: `cookbooks/nginx`, or empty.
        root: String,
    },
    /// A directory that another process reads.
    Away(Away),
    /// What was typed on the command line, and nothing else: the project's own part of a directory that is a cookbook.
    Typed(Option<Arc<str>>),
}

/// A file.
pub(super) enum FoundFile {
    /// On disk, at its canonical path.
    Disk { path: Utf8PathBuf, size: u64 },
    /// Content embedded in the program.
    Shipped(&'static [u8]),
}

impl Source {
    /// The shipped recipes, as a project without anything else.
    pub(super) fn shipped_recipes() -> Self {
        Self::Shipped { root: String::new() }
    }

    /// Whether it is embedded in the program.
    pub(super) fn is_shipped(&self) -> bool {
        matches!(self, Self::Shipped { .. })
    }

    /// A path as shown in messages.
    pub(super) fn label(&self, path: &str) -> String {
        match self {
            Self::Directory { label, .. } | Self::Away(Away { label, .. })
                if label.is_empty() && path == TYPED_FILE =>
            {
                TYPED_RECIPE.to_owned()
            }
            Self::Directory { label, .. } | Self::Away(Away { label, .. }) => join(label, path),
            Self::Typed(_) => if path == TYPED_FILE { TYPED_RECIPE } else { path }.to_owned(),
            Self::Shipped { root } => join("shipped", &join(root, path)),
        }
    }

    /// Whether a path exists. Does not read the file.
    pub(super) fn has(&self, path: &str) -> bool {
        match self {
            Self::Directory { typed: Some(_), .. } | Self::Typed(Some(_)) if path == TYPED_FILE => true,
            Self::Directory { root, .. } => root.join(path).symlink_metadata().is_ok(),
            Self::Shipped { root } => shipped::file(&join(root, path)).is_some(),
            Self::Away(away) => away.has(path),
            Self::Typed(_) => false,
        }
    }

    /// Finds a regular file. None if it does not exist.
    pub(super) fn find(&self, path: &str) -> Result<Option<FoundFile>, Diagnostic> {
        checked(path, path)?;
        let (root, owners) = match self {
            Self::Directory { root, owners, .. } => (root, owners),
            Self::Shipped { root } => return Ok(shipped::file(&join(root, path)).map(FoundFile::Shipped)),
            // The other process reads the file.
            Self::Away(_) | Self::Typed(_) => return Ok(None),
        };
        let Some(real) = self.resolve(root, path)? else {
            return Ok(None);
        };
        let metadata = fs::metadata(&real).map_err(|error| self.unreadable(path, &error))?;
        if !metadata.is_file() {
            return Err(Diagnostic::error(format!("`{}` is not a file", self.label(path)))
                .at(whole(self.label(path)))
                .hint("name a regular file"));
        }
        owners.check(&real, &metadata, &self.label(path))?;
        Ok(Some(FoundFile::Disk { path: real, size: metadata.len() }))
    }

    /// Text of a file. None if it does not exist.
    pub(super) fn text(&self, path: &str) -> Result<Option<Cow<'static, str>>, Diagnostic> {
        match self {
            Self::Away(away) => return away.text(path),
            Self::Directory { typed: Some(text), .. } | Self::Typed(Some(text)) if path == TYPED_FILE => {
                return Ok(Some(Cow::Owned(text.as_ref().to_owned())));
            }
            _ => {}
        }
        match self.find(path)? {
            None => Ok(None),
            Some(FoundFile::Shipped(bytes)) => match std::str::from_utf8(bytes) {
                Ok(text) => Ok(Some(Cow::Borrowed(text))),
                Err(_) => Err(self.not_text(path)),
            },
            Some(FoundFile::Disk { path: real, size }) => {
                let bytes = read(&real, TEXT_LIMIT + 1).map_err(|error| self.unreadable(path, &error))?;
                if size.max(bytes.len() as u64) > TEXT_LIMIT {
                    let message = format!("the file is larger than {} KiB", TEXT_LIMIT / 1024);
                    return Err(Diagnostic::error(message).at(whole(self.label(path))).hint(
                        "recipes, templates and manifests are small; large content belongs in `files/`",
                    ));
                }
                String::from_utf8(bytes).map(|text| Some(Cow::Owned(text))).map_err(|_| self.not_text(path))
            }
        }
    }

    /// Content of a file up to one byte more than the limit for texts. None if it does not exist.
    pub(super) fn bytes(&self, path: &str) -> Result<Option<Cow<'static, [u8]>>, Diagnostic> {
        Ok(match self.find(path)? {
            None => None,
            Some(FoundFile::Shipped(bytes)) => Some(Cow::Borrowed(bytes)),
            Some(FoundFile::Disk { path: real, .. }) => {
                let bytes = read(&real, TEXT_LIMIT + 1).map_err(|error| self.unreadable(path, &error))?;
                Some(Cow::Owned(bytes))
            }
        })
    }

    /// Paths below a folder, relative to it, sorted. Errors are ignored here; reading the file reports them.
    pub(super) fn files(&self, folder: &str) -> Vec<String> {
        let mut files = Vec::new();
        match self {
            Self::Directory { root, typed, .. } => {
                files.extend(typed.as_ref().and_then(|_| typed_in(folder)));
                let folder = root.join(folder);
                let inside = folder.canonicalize_utf8().is_ok_and(|real| real.starts_with(root));
                if inside {
                    list(&folder, "", 0, &mut files);
                }
            }
            Self::Shipped { root } => shipped::list(&join(root, folder), &mut files),
            Self::Away(away) => files = away.names(folder),
            Self::Typed(typed) => files.extend(typed.as_ref().and_then(|_| typed_in(folder))),
        }
        files.sort();
        files
    }

    /// The canonical path of an existing file, which must be inside the cookbook. None if it does not exist.
    pub(super) fn resolve(&self, root: &Utf8Path, path: &str) -> Result<Option<Utf8PathBuf>, Diagnostic> {
        match root.join(path).canonicalize_utf8() {
            Ok(real) if real.starts_with(root) => Ok(Some(real)),
            Ok(_) => Err(self.outside(path)),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                match root.join(path).symlink_metadata() {
                    Ok(_) => Err(Diagnostic::error("the symlink is broken")
                        .at(whole(self.label(path)))
                        .hint("remove the link, or create what it points to")),
                    Err(_) => Ok(None),
                }
            }
            Err(error) => Err(self.unreadable(path, &error)),
        }
    }

    /// The error for a symlink that leads out of the cookbook.
    pub(super) fn outside(&self, path: &str) -> Diagnostic {
        Diagnostic::error("a symlink leads out of the directory")
            .at(whole(self.label(path)))
            .hint("copy the file in instead of linking to it")
    }

    /// The error for a file that can't be read.
    pub(super) fn unreadable(&self, path: &str, error: &io::Error) -> Diagnostic {
        Diagnostic::error(format!("the file can't be read: {}", plain(error))).at(whole(self.label(path)))
    }

    fn not_text(&self, path: &str) -> Diagnostic {
        Diagnostic::error("the file is not UTF-8 text")
            .at(whole(self.label(path)))
            .hint("save it as UTF-8, or put it into `files/` if it is not text")
    }
}

/// The file of the declarations that were typed, if it is in a folder.
fn typed_in(folder: &str) -> Option<String> {
    TYPED_FILE.strip_prefix(folder)?.strip_prefix('/').map(str::to_owned)
}

/// The message of a system error, without its number.
pub(super) fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let words = text.split(" (os error").next().unwrap_or_default();
    words.to_lowercase()
}

/// Whether the owner may execute the file.
pub(super) fn is_executable(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o100 != 0
}

/// Reads a file up to a limit.
pub(super) fn read(path: &Utf8Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Adds the regular files below a directory. Does not follow symlinks to directories.
fn list(directory: &Utf8Path, prefix: &str, depth: usize, files: &mut Vec<String>) {
    let Ok(entries) = directory.read_dir_utf8() else {
        return;
    };
    for entry in entries.flatten() {
        let name = join(prefix, entry.file_name());
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        if files.len() >= NAME_LIMIT || entry.file_name().starts_with('.') {
            continue;
        }
        if kind.is_dir() && depth < DEPTH_LIMIT {
            list(entry.path(), &name, depth + 1, files);
        } else if kind.is_file() || kind.is_symlink() {
            files.push(name);
        }
    }
}
