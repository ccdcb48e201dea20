//! Floor 4: what lies on disk: the project, its recipes and cookbooks, and those that ship inside the program.

use std::borrow::Cow;
use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use crate::model::blob::Blobs;
use crate::model::content::{SourceFile, Tree};
use crate::model::error::{Diagnostic, Diagnostics, Location};
use crate::model::node::AttributeSource;

pub mod attributes;
pub mod become_password;
mod document;
pub mod inventory;
mod manifest;
mod near;
mod program;
mod seal;
mod settings;
mod shipped;
mod source;

use source::Source;

/// Most bytes of a text that is read: a recipe, a template, a manifest.
pub const TEXT_LIMIT: u64 = 256 * 1024;
/// Most bytes of a file that stands in the collection itself.
pub const INLINE_LIMIT: u64 = 64 * 1024;
/// Most files of a tree.
pub const TREE_LIMIT: usize = 20_000;

/// A directory with `recipes/`, `cookbooks/`, `nodes/`, `groups/`, `chefrs.toml`, each optional; the shipped recipes and cookbooks lie under it.
#[derive(Debug)]
pub struct Project {
    root: Utf8PathBuf,
    name: Option<String>,
    description: Option<String>,
    own: Cookbook,
    cookbooks: BTreeMap<String, Cookbook>,
    attributes: Option<AttributeSource>,
    inventory: Option<program::Program>,
    become_password: Option<program::Program>,
}

/// A cookbook: `cookbook.toml`, `attributes.lua`, `recipes/`, `resources/`, `libraries/`, `templates/`, `files/`.
#[derive(Debug, Clone)]
pub struct Cookbook {
    /// Its name; empty for the project itself, whose recipes, resources, templates and files lie at the project's root.
    pub name: String,
    /// Its version.
    pub version: String,
    /// One line: what it is for.
    pub description: String,
    /// SPDX expression of its licence; empty where it does not say.
    pub license: String,
    /// Names of the cookbooks it may use, by the alias it uses them under.
    pub dependencies: BTreeMap<String, String>,
    source: Source,
}

impl Project {
    /// Opens the project at a directory: reads `chefrs.toml` and the names of what is there.
    ///
    /// # Errors
    /// A file that can't be read or understood; all of them at once.
    pub fn open(root: &Utf8Path) -> Result<Self, Diagnostics> {
        let root = root.canonicalize_utf8().map_err(|error| {
            Diagnostic::error(format!("the project `{root}` can't be opened: {}", source::plain(&error)))
                .hint("name a directory that exists with `--project`, or run chefrs inside of one")
        })?;
        let mut wrong = Vec::new();
        let mut own = Cookbook::own(&root);
        let settings = settings::read(&own).unwrap_or_else(|found| {
            wrong.extend(found.0);
            settings::Settings::default()
        });
        let mut cookbooks = manifest::shipped(&mut wrong);
        cookbooks.extend(manifest::on_disk(&root, &mut wrong));
        manifest::check_versions(&cookbooks, &mut wrong);
        own.dependencies = cookbooks.keys().map(|name| (name.clone(), name.clone())).collect();
        if !wrong.is_empty() {
            return Err(Diagnostics(wrong));
        }
        Ok(Self {
            root,
            name: settings.name,
            description: settings.description,
            own,
            cookbooks: cookbooks.into_iter().map(|(name, found)| (name, found.cookbook)).collect(),
            attributes: settings.attributes,
            inventory: settings.inventory,
            become_password: settings.become_password,
        })
    }

    /// The directory.
    #[must_use]
    pub fn root(&self) -> &Utf8Path {
        &self.root
    }

    /// Its name as `chefrs.toml` has it, else the directory's.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_deref().or(self.root.file_name()).unwrap_or("project")
    }

    /// What it is for, as `chefrs.toml` has it.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// The project's own files, seen as a cookbook without a name. It may use every cookbook.
    #[must_use]
    pub fn own(&self) -> &Cookbook {
        &self.own
    }

    /// The cookbook of that name: the project's `cookbooks/NAME`, else the shipped one.
    #[must_use]
    pub fn cookbook(&self, name: &str) -> Option<&Cookbook> {
        self.cookbooks.get(name)
    }

    /// Names of all cookbooks, sorted.
    #[must_use]
    pub fn cookbook_names(&self) -> Vec<&str> {
        self.cookbooks.keys().map(String::as_str).collect()
    }

    /// Attributes that `chefrs.toml` sets, with lines.
    #[must_use]
    pub fn attributes(&self) -> Option<&AttributeSource> {
        self.attributes.as_ref()
    }
}

impl Cookbook {
    /// The project's own files.
    fn own(root: &Utf8Path) -> Self {
        Self {
            name: String::new(),
            version: "0.0.0".to_owned(),
            description: String::new(),
            license: String::new(),
            dependencies: BTreeMap::new(),
            source: Source::Directory { root: root.to_owned(), label: String::new() },
        }
    }

    /// Whether it ships inside the program.
    #[must_use]
    pub fn is_shipped(&self) -> bool {
        matches!(self.source, Source::Shipped { .. })
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
            files.extend(shipped::recipes().files(folder));
        }
        let ending = format!(".{ending}");
        let mut names: Vec<String> =
            files.iter().filter_map(|file| file.strip_suffix(&ending)).map(str::to_owned).collect();
        names.sort();
        names.dedup();
        names
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
        if self.name.is_empty() && of_recipes && !self.source.has(path) && shipped::recipes().has(path) {
            return shipped::recipes();
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
                    .hint(format!("put it into `files/` of the cookbook and write `{path}`")));
            }
            None if source == "." && self.name.is_empty() => String::new(),
            None => format!("files/{source}"),
        };
        source::checked(source, &path)?;
        Ok(path.trim_end_matches('/').to_owned())
    }
}

/// A place in a file without a line.
fn whole(file: impl Into<String>) -> Location {
    Location::new(file, 0)
}
