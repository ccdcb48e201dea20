//! Floor 4: what lies on disk: the project, its recipes and cookbooks, and those that ship inside the program.

use std::borrow::Cow;
use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use crate::model::blob::Blobs;
use crate::model::content::{SourceFile, Tree};
use crate::model::error::{Diagnostic, Diagnostics};
use crate::model::node::AttributeSource;

/// A directory with `recipes/`, `cookbooks/`, `chefrs.toml`, each optional; the shipped recipes and cookbooks lie under it.
#[derive(Debug)]
pub struct Project {
    root: Utf8PathBuf,
}

/// A cookbook: `cookbook.toml`, `attributes.lua`, `recipes/`, `resources/`, `libraries/`, `templates/`, `files/`.
#[derive(Debug, Clone)]
pub struct Cookbook {
    /// Its name; empty for the project itself, whose recipes, resources, templates and files lie at the project's root.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Names of the cookbooks it may use, by the alias it uses them under.
    pub dependencies: BTreeMap<String, String>,
}

impl Project {
    /// Opens the project at a directory: reads `chefrs.toml` and the names of what is there.
    ///
    /// # Errors
    /// A file that can't be read or understood; all of them at once.
    pub fn open(_root: &Utf8Path) -> Result<Self, Diagnostics> {
        unimplemented!()
    }

    /// The directory.
    #[must_use]
    pub fn root(&self) -> &Utf8Path {
        &self.root
    }

    /// The project's own files, seen as a cookbook without a name.
    #[must_use]
    pub fn own(&self) -> &Cookbook {
        unimplemented!()
    }

    /// The cookbook of that name: the project's `cookbooks/NAME`, else the shipped one.
    #[must_use]
    pub fn cookbook(&self, _name: &str) -> Option<&Cookbook> {
        unimplemented!()
    }

    /// Names of all cookbooks, sorted.
    #[must_use]
    pub fn cookbook_names(&self) -> Vec<&str> {
        unimplemented!()
    }

    /// Attributes that `chefrs.toml` sets, with lines.
    #[must_use]
    pub fn attributes(&self) -> Option<&AttributeSource> {
        unimplemented!()
    }
}

impl Cookbook {
    /// Path of one of its files as messages show it: `recipes/blog.lua`, `cookbooks/nginx/templates/site.conf.hbs`.
    #[must_use]
    pub fn label(&self, _path: &str) -> String {
        unimplemented!()
    }

    /// Text of one of its files; nothing when it is not there.
    ///
    /// # Errors
    /// Not UTF-8, larger than 256 KiB, unreadable, or outside the cookbook through a link.
    pub fn text(&self, _path: &str) -> Result<Option<Cow<'static, str>>, Diagnostic> {
        unimplemented!()
    }

    /// Names (with `/` for those deeper down, without the ending) of its files below a folder with an ending: `recipes`, `lua`.
    #[must_use]
    pub fn names(&self, _folder: &str, _ending: &str) -> Vec<String> {
        unimplemented!()
    }

    /// A file below `files/` (or, for the project, `./path` below its root), sealed: text up to 64 KiB stands in the
    /// collection, everything else becomes a blob.
    ///
    /// # Errors
    /// Not there (with near names), unreadable, outside.
    pub fn file(&self, _source: &str, _blobs: &mut Blobs) -> Result<SourceFile, Diagnostic> {
        unimplemented!()
    }

    /// A directory below `files/` (or, for the project, `./path` below its root), sealed.
    ///
    /// # Errors
    /// Not there (with near names), unreadable, outside, more than 20 000 files.
    pub fn tree(&self, _source: &str, _blobs: &mut Blobs) -> Result<Tree, Diagnostic> {
        unimplemented!()
    }
}
