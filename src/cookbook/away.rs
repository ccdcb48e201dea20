//! Files that another process has: every access is a request to that process.

use std::borrow::Cow;
use std::fmt::Debug;
use std::sync::Arc;

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

use super::inventory::listed_node::ListedNode;
use super::path::{checked, join};
use crate::model::blob::{BlobRef, BlobSource, Blobs};
use crate::model::content::{Content, SourceFile};
use crate::model::error::{Diagnostic, Diagnostics};
use crate::model::tree::Tree;

/// A request about the files of one cookbook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileQuestion {
    /// The cookbook. Empty for the project.
    pub cookbook: String,
    /// Path in the cookbook.
    pub path: String,
    pub(super) wanted: WantedPart,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum WantedPart {
    Presence,
    Text,
    Names,
    File,
    Tree,
    /// The nodes that the words in the place of a path name.
    Nodes,
}

/// The answer to a [`FileQuestion`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum FileAnswer {
    /// Whether the path exists.
    Presence(bool),
    /// Text of the file. None if it does not exist.
    Text(Option<String>),
    /// Paths below the directory.
    Names(Vec<String>),
    File(SourceFile),
    Tree(Tree),
    /// Nodes of the inventory, or why there are none.
    Nodes(Result<Vec<ListedNode>, Vec<Diagnostic>>),
    /// Why the request was refused.
    Refused(Diagnostic),
}

/// The process that has the files.
pub trait Lender: Debug + Send + Sync {
    /// Sends a request and waits for the answer.
    ///
    /// # Errors
    /// The connection is closed.
    fn ask(&self, question: FileQuestion) -> Result<FileAnswer, Diagnostic>;

    /// The nodes of the inventory that words name.
    ///
    /// # Errors
    /// The connection is closed, or the other process can't name them.
    fn list_nodes(&self, words: &str) -> Result<Vec<ListedNode>, Diagnostics> {
        let wanted = WantedPart::Nodes;
        match self.ask(FileQuestion { cookbook: String::new(), path: words.to_owned(), wanted })? {
            FileAnswer::Nodes(nodes) => nodes.map_err(Diagnostics),
            FileAnswer::Refused(diagnostic) => Err(diagnostic.into()),
            _ => Err(confused().into()),
        }
    }
}

/// The files of one cookbook that another process has.
#[derive(Debug, Clone)]
pub(super) struct Away {
    /// The directory, as messages show it.
    pub(super) label: String,
    pub(super) cookbook: String,
    pub(super) lender: Arc<dyn Lender>,
}

impl Away {
    fn ask(&self, path: &str, wanted: WantedPart) -> Result<FileAnswer, Diagnostic> {
        // The directory itself has an empty path.
        checked(if path.is_empty() { "." } else { path }, path)?;
        let question = FileQuestion { cookbook: self.cookbook.clone(), path: path.to_owned(), wanted };
        match self.lender.ask(question)? {
            FileAnswer::Refused(diagnostic) => Err(diagnostic),
            answer => Ok(answer),
        }
    }

    pub(super) fn has(&self, path: &str) -> bool {
        matches!(self.ask(path, WantedPart::Presence), Ok(FileAnswer::Presence(true)))
    }

    pub(super) fn text(&self, path: &str) -> Result<Option<Cow<'static, str>>, Diagnostic> {
        match self.ask(path, WantedPart::Text)? {
            FileAnswer::Text(text) => Ok(text.map(Cow::Owned)),
            _ => Err(confused()),
        }
    }

    pub(super) fn names(&self, folder: &str) -> Vec<String> {
        match self.ask(folder, WantedPart::Names) {
            Ok(FileAnswer::Names(names)) => names,
            _ => Vec::new(),
        }
    }

    pub(super) fn file(&self, path: &str, blobs: &mut Blobs) -> Result<SourceFile, Diagnostic> {
        match self.ask(path, WantedPart::File)? {
            FileAnswer::File(file) => {
                note(&file.content, blobs);
                Ok(file)
            }
            _ => Err(confused()),
        }
    }

    pub(super) fn tree(&self, path: &str, blobs: &mut Blobs) -> Result<Tree, Diagnostic> {
        match self.ask(path, WantedPart::Tree)? {
            FileAnswer::Tree(tree) => {
                tree.files.iter().for_each(|file| note(&file.content, blobs));
                Ok(tree)
            }
            _ => Err(confused()),
        }
    }
}

fn confused() -> Diagnostic {
    Diagnostic::error("the answer is none to what was asked of the project's files")
}

/// Records that the blob is used. Only the process with the files knows where it is.
fn note(content: &Content, blobs: &mut Blobs) {
    if let Content::Blob(BlobRef { sha256, .. }) = content {
        blobs.entry(sha256.clone()).or_insert_with(|| BlobSource::Path(Utf8PathBuf::new()));
    }
}

impl FileQuestion {
    /// The path for error messages. It may be imprecise.
    #[must_use]
    pub fn label(&self) -> String {
        if self.cookbook.is_empty() { self.path.clone() } else { join(&self.cookbook, &self.path) }
    }
}
