//! A cookbook, on disk or shipped. The project's own files are a cookbook with an empty name.

use std::borrow::Cow;
use std::collections::BTreeMap;

use camino::Utf8Path;

use super::owners::Owners;
use super::source::{FoundFile, Source};
use super::{path, seal, shipped};
use crate::model::blob::Blobs;
use crate::model::capability::Authority;
use crate::model::content::SourceFile;
use crate::model::error::Diagnostic;
use crate::model::node::AttributeSource;
use crate::model::probe;
use crate::model::tree::Tree;

/// A cookbook: `cookbook.toml`, `attributes.lua`, `facts.lua`, `recipes/`, `resources/`, `tasks/`, `libraries/`,
/// `templates/`, `files/`, `tests/`.
#[derive(Debug, Clone)]
pub struct Cookbook {
    /// Name. Empty for the project, whose recipes, resources, templates and files are in the project's root.
    pub name: String,
    pub version: String,
    /// Description, one line.
    pub description: String,
    /// The cookbooks that it may use: alias and name.
    pub dependencies: BTreeMap<String, String>,
    /// The attributes that it sets for the cookbooks that it may use, below their names.
    pub attributes: Option<AttributeSource>,
    /// Whether it hides a shipped cookbook of the same name without saying so in its manifest.
    pub hides_shipped: bool,
    /// Whether it declares probes, in `facts.lua`.
    pub has_probes: bool,
    /// What it may do. None: everything.
    pub authority: Option<Box<Authority>>,
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
            attributes: None,
            hides_shipped: false,
            has_probes: root.join(probe::FILE).exists(),
            authority: None,
            source: Source::Directory {
                root: root.to_owned(),
                label: String::new(),
                owners: owners.clone(),
                typed: None,
            },
        }
    }

    /// Whether it ships with chefrs.
    #[must_use]
    pub fn is_shipped(&self) -> bool {
        self.source.is_shipped()
    }

    /// Path of a file as shown in messages: `recipes/blog.lua`, `cookbooks/nginx/templates/site.conf.hbs`,
    /// `shipped/cookbooks/nginx/attributes.lua`.
    #[must_use]
    pub fn label(&self, path: &str) -> String {
        self.holding(path).label(path)
    }

    /// Whether it has a file.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.source.has(path)
    }

    /// Text of a file. None if it does not exist. For the project, shipped recipes are a fallback.
    ///
    /// # Errors
    /// The file is not UTF-8, larger than 256 KiB, unreadable, or a symlink that leads out of the cookbook.
    pub fn text(&self, path: &str) -> Result<Option<Cow<'static, str>>, Diagnostic> {
        self.holding(path).text(path)
    }

    /// Names of the files in a folder with an extension, such as `recipes` and `lua`, sorted. A name has no extension;
    /// for files in subdirectories it contains `/`. For the project, the shipped recipes are included.
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

    /// Paths of all files with their sizes in bytes, sorted. A file that can't be examined has size 0.
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

    /// Reads a file below `files/`, or with `./path` below the root of the project. Text up to 64 KiB becomes part of
    /// the collection, anything else a blob.
    ///
    /// # Errors
    /// The file does not exist, is unreadable, or is outside the cookbook.
    pub fn file(&self, source: &str, blobs: &mut Blobs) -> Result<SourceFile, Diagnostic> {
        let path = self.below_files(source)?;
        seal::file(&self.source, &path, blobs)
    }

    /// Reads a directory below `files/`, or with `./path` below the root of the project. Leaves out `.git`, `.env`,
    /// `.venv`, `venv`, `__pycache__`, and `node_modules` beside a `package.json`.
    ///
    /// # Errors
    /// The directory does not exist, is unreadable, is outside the cookbook, or has more than 20 000 files.
    pub fn tree(&self, source: &str, blobs: &mut Blobs) -> Result<Tree, Diagnostic> {
        let path = self.below_files(source)?;
        seal::tree(&self.source, &path, blobs)
    }

    /// The source of a path: the cookbook, or for the project also the shipped recipes.
    fn holding(&self, path: &str) -> Source {
        let of_recipes = path.strip_prefix(shipped::RECIPES).is_some_and(|rest| rest.starts_with('/'));
        if self.name.is_empty() && of_recipes && !self.source.has(path) && Source::shipped_recipes().has(path)
        {
            return Source::shipped_recipes();
        }
        self.source.clone()
    }

    /// Converts the value of a `source` property to a path in the cookbook.
    fn below_files(&self, source: &str) -> Result<String, Diagnostic> {
        let path = match source.strip_prefix("./") {
            Some(path) if self.name.is_empty() => path.to_owned(),
            Some(path) => {
                return Err(Diagnostic::error(format!("`{source}` begins with `./` inside of a cookbook"))
                    .note("`./` is the directory of the project, which cookbooks can't access")
                    .hint(format!(
                        "put it into `files/` of the cookbook and write `{path}`, or let the project pass it in, with `property.tree` or `attribute.tree`"
                    )));
            }
            None if source == "." && self.name.is_empty() => String::new(),
            None => format!("files/{source}"),
        };
        path::checked(source, &path)?;
        Ok(path.trim_end_matches('/').to_owned())
    }
}
