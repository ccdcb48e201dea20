//! One cookbook, as directory or shipped: its files by path and name. The project's own files are one without a name.

use std::borrow::Cow;
use std::collections::BTreeMap;

use camino::Utf8Path;

use super::owners::Owners;
use super::source::{FoundFile, Source};
use super::{path, seal, shipped};
use crate::model::blob::Blobs;
use crate::model::content::SourceFile;
use crate::model::error::Diagnostic;
use crate::model::tree::Tree;

/// A cookbook: `cookbook.toml`, `attributes.lua`, `recipes/`, `resources/`, `libraries/`, `templates/`, `files/`.
#[derive(Debug, Clone)]
pub struct Cookbook {
    /// Its name; empty for the project itself, whose recipes, resources, templates and files lie at the project's root.
    pub name: String,
    pub version: String,
    /// One line: what it is for.
    pub description: String,
    /// Names of the cookbooks it may use, by the alias it uses them under.
    pub dependencies: BTreeMap<String, String>,
    /// Whether a shipped cookbook of the same name is hidden by it, and its manifest does not say that this is meant.
    pub hides_shipped: bool,
    pub(super) source: Source,
}

impl Cookbook {
    /// The project's own files.
    pub(super) fn own(root: &Utf8Path, owners: &Owners) -> Self {
        Self {
            name: String::new(),
            version: "0.0.0".to_owned(),
            description: String::new(),
            dependencies: BTreeMap::new(),
            hides_shipped: false,
            source: Source::Directory { root: root.to_owned(), label: String::new(), owners: owners.clone() },
        }
    }

    /// Whether it ships inside the program.
    #[must_use]
    pub fn is_shipped(&self) -> bool {
        self.source.is_shipped()
    }

    /// Path of one of its files as messages show it: `recipes/blog.lua`, `cookbooks/nginx/templates/site.conf.hbs`,
    /// `shipped/cookbooks/nginx/attributes.lua`.
    #[must_use]
    pub fn label(&self, path: &str) -> String {
        self.holding(path).label(path)
    }

    /// Text of one of its files; nothing when it is not there. The project's recipes fall back to the shipped ones.
    ///
    /// # Errors
    /// Not UTF-8, larger than 256 KiB, unreadable, or outside the cookbook through a link.
    pub fn text(&self, path: &str) -> Result<Option<Cow<'static, str>>, Diagnostic> {
        self.holding(path).text(path)
    }

    /// Names (with `/` for those deeper down, without the ending) of its files below a folder with an ending:
    /// `recipes`, `lua`. Sorted; the project's recipes include the shipped ones.
    #[must_use]
    pub fn names(&self, folder: &str, ending: &str) -> Vec<String> {
        let mut files = self.source.files(folder);
        if self.name.is_empty() && folder == shipped::RECIPES {
            files.extend(Source::shipped_recipes().files(folder));
        }
        let ending = format!(".{ending}");
        let mut names: Vec<String> =
            files.iter().filter_map(|file| file.strip_suffix(&ending)).map(str::to_owned).collect();
        names.sort();
        names.dedup();
        names
    }

    /// Paths of all its files with their sizes in bytes, sorted. A file that can't be looked at has none.
    #[must_use]
    pub fn files(&self) -> Vec<(String, u64)> {
        let mut paths = self.source.files("");
        paths.sort();
        let size = |path: &str| match self.source.find(path) {
            Ok(Some(FoundFile::Disk { size, .. })) => size,
            Ok(Some(FoundFile::Shipped(bytes))) => bytes.len() as u64,
            _ => 0,
        };
        paths.into_iter().map(|path| (path.clone(), size(&path))).collect()
    }

    /// A file below `files/` (or, for the project, `./path` below its root), sealed: text up to 64 KiB stands in the
    /// collection, everything else becomes a blob.
    ///
    /// # Errors
    /// Not there (with near names), unreadable, outside.
    pub fn file(&self, source: &str, blobs: &mut Blobs) -> Result<SourceFile, Diagnostic> {
        let path = self.below_files(source)?;
        seal::file(&self.source, &path, blobs)
    }

    /// A directory below `files/` (or, for the project, `./path` below its root), sealed. What version control and
    /// tools leave behind is not part of it: `.git`, `.env`, `.venv`, `venv`, `__pycache__`, `node_modules`.
    ///
    /// # Errors
    /// Not there (with near names), unreadable, outside, more than 20 000 files.
    pub fn tree(&self, source: &str, blobs: &mut Blobs) -> Result<Tree, Diagnostic> {
        let path = self.below_files(source)?;
        seal::tree(&self.source, &path, blobs)
    }

    /// Where a path is read from: the cookbook itself, or the shipped recipes under a project that lacks it.
    fn holding(&self, path: &str) -> Source {
        let of_recipes = path.strip_prefix(shipped::RECIPES).is_some_and(|rest| rest.starts_with('/'));
        if self.name.is_empty() && of_recipes && !self.source.has(path) && Source::shipped_recipes().has(path)
        {
            return Source::shipped_recipes();
        }
        self.source.clone()
    }

    /// The path of what a property calls `source`, within the cookbook.
    fn below_files(&self, source: &str) -> Result<String, Diagnostic> {
        let path = match source.strip_prefix("./") {
            Some(path) if self.name.is_empty() => path.to_owned(),
            Some(path) => {
                return Err(Diagnostic::error(format!("`{source}` begins with `./` inside of a cookbook"))
                    .note("`./` is the project's directory, which no cookbook sees")
                    .hint(format!(
                        "put it into `files/` of the cookbook and write `{path}`, or let the project hand it over: \
                         `property.tree` and `attribute.tree` take what belongs to who sets them"
                    )));
            }
            None if source == "." && self.name.is_empty() => String::new(),
            None => format!("files/{source}"),
        };
        path::checked(source, &path)?;
        Ok(path.trim_end_matches('/').to_owned())
    }
}
