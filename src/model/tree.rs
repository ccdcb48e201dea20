//! A directory as a collection carries it.

use camino::Utf8PathBuf;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

use super::content::Content;

/// A directory of the cookbook or the project, sealed with all its files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tree {
    /// Path for messages.
    pub name: String,
    /// Its files, sorted by path. Directories stand for themselves by what is in them.
    pub files: Vec<TreeFile>,
    /// Its links, sorted by path; each leads to something in the tree.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<TreeLink>,
    /// Its directories that hold nothing, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub empty: Vec<Utf8PathBuf>,
}

impl JsonSchema for Tree {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "tree".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "x-kind": "tree" })
    }
}

/// One symbolic link of a [`Tree`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreeLink {
    /// Path below the tree, as that of a file.
    pub path: Utf8PathBuf,
    /// What it says; see [`TreeLink::is_inside`].
    pub to: String,
}

impl TreeLink {
    /// Whether it says a way that stays in the tree: up at its beginning alone, and not out. So no chain of such links
    /// leads out either.
    #[must_use]
    pub fn is_inside(&self) -> bool {
        let depth = self.path.components().count().saturating_sub(1);
        let (mut up, mut down) = (0, false);
        for component in self.to.split('/').filter(|component| !component.is_empty() && *component != ".") {
            if component != ".." {
                down = true;
                continue;
            }
            up += 1;
            if down || up > depth {
                return false;
            }
        }
        !self.to.is_empty() && !self.to.starts_with('/')
    }
}

/// One file of a [`Tree`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreeFile {
    /// Path below the tree, without a leading slash and without `..`.
    pub path: Utf8PathBuf,
    /// Whether its owner may execute it.
    #[serde(default)]
    pub executable: bool,
    pub content: Content,
}
