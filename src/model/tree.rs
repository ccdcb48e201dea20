//! A directory as part of a collection.

use camino::Utf8PathBuf;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

use super::content::Content;

/// A directory of a cookbook or of the project, with all its files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tree {
    /// Path shown in messages.
    pub name: String,
    /// Files, sorted by path. Their parent directories are implied.
    pub files: Vec<TreeFile>,
    /// Symlinks, sorted by path. Each points to something in the tree.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<TreeLink>,
    /// Empty directories, sorted.
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

/// A symlink in a [`Tree`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreeLink {
    /// Path relative to the tree.
    pub path: Utf8PathBuf,
    /// Target, as written; see [`TreeLink::is_inside`].
    pub to: String,
}

impl TreeLink {
    /// Whether the target stays inside the tree: `..` only occurs at the start, and does not leave the tree. So chains
    /// of such symlinks stay inside, too.
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

/// A file in a [`Tree`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreeFile {
    /// Path relative to the tree, without `..`.
    pub path: Utf8PathBuf,
    /// Whether its owner may execute it.
    #[serde(default)]
    pub executable: bool,
    pub content: Content,
}
