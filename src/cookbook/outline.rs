//! The outline of a project for another process, and the answers to that process's requests for files.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

use super::away::{Away, FileAnswer, FileQuestion, Lender, WantedPart};
use super::book::Cookbook;
use super::defaults::Defaults;
use super::inventory::finder::NodeFinder;
use super::path::checked;
use super::secret_settings::SecretSettings;
use super::source::Source;
use super::{Owners, Project, seal, shipped};
use crate::model::blob::Blobs;
use crate::model::capability::Authority;
use crate::model::content;
use crate::model::error::Diagnostic;
use crate::model::node::AttributeSource;
use crate::model::sorted;

/// Longest path in a request, in bytes.
const PATH: usize = 4096;

/// A project without its files: names of the cookbooks, and their dependencies.
#[derive(Debug, Serialize, Deserialize)]
pub struct Outline {
    own: BookOutline,
    cookbooks: BTreeMap<String, BookOutline>,
    attributes: Option<AttributeSource>,
    unfinished: BTreeMap<String, Diagnostic>,
}

#[derive(Debug, Serialize, Deserialize)]
struct BookOutline {
    version: String,
    description: String,
    dependencies: BTreeMap<String, String>,
    attributes: Option<AttributeSource>,
    hides_shipped: bool,
    has_probes: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    authority: Option<Box<Authority>>,
    place: BookPlace,
}

/// Where the files of a cookbook are.
#[derive(Debug, Serialize, Deserialize)]
enum BookPlace {
    /// Inside the program, which is the same for both processes.
    Shipped(String),
    /// On disk. Contains the directory as shown in messages.
    Away(String),
}

impl Project {
    /// The outline of this project.
    #[must_use]
    pub fn outline(&self) -> Outline {
        let others = self.cookbooks.iter().map(|(name, cookbook)| (name.clone(), outline(cookbook)));
        Outline {
            own: outline(&self.own),
            cookbooks: sorted::collected(others),
            attributes: self.attributes.clone(),
            unfinished: self.unfinished.clone(),
        }
    }

    /// Creates a project from an outline. The lender provides its files.
    #[must_use]
    pub fn away(outline: Outline, lender: &Arc<dyn Lender>) -> Self {
        let book = |name: &str, outline: BookOutline| cookbook(name, outline, lender);
        Self {
            root: Utf8PathBuf::new(),
            own: book("", outline.own),
            cookbooks: sorted::collected(outline.cookbooks.into_iter().map(|(name, outline)| {
                let made = book(&name, outline);
                (name, made)
            })),
            own_names: BTreeSet::new(),
            lock: None,
            attributes: outline.attributes,
            owners: Owners::nobody(),
            nodes: NodeFinder::Away(Arc::clone(lender)),
            become_password: None,
            defaults: Defaults::default(),
            secrets: SecretSettings::default(),
            handlers: Vec::new(),
            unfinished: outline.unfinished,
        }
    }

    /// The first requests that a compile of this run list will make for the project's own files, with the answers.
    #[must_use]
    pub fn foreseen(&self, run_list: &[String]) -> Vec<(FileQuestion, FileAnswer)> {
        let mut foreseen = Vec::new();
        let mut answer = |path: &str, wanted| {
            let question = FileQuestion { cookbook: String::new(), path: path.to_owned(), wanted };
            let answer = self.answer(&question, &mut Blobs::new());
            foreseen.push((question, answer));
        };
        answer(shipped::RECIPES, WantedPart::Names);
        answer("attributes.lua", WantedPart::Presence);
        if let Some(recipe) = run_list.first().filter(|entry| !entry.contains("::")) {
            let path = format!("{}/{recipe}.lua", shipped::RECIPES);
            if self.own.source.has(&path) {
                answer(&path, WantedPart::Presence);
                answer(&path, WantedPart::Text);
            }
        }
        foreseen
    }

    /// Answers a request about the files of this project. The request comes from a process that runs untrusted code, so
    /// it only gets files inside the cookbook, as a recipe would.
    #[must_use]
    pub fn answer(&self, question: &FileQuestion, blobs: &mut Blobs) -> FileAnswer {
        let FileQuestion { cookbook, path, wanted } = question;
        if *wanted == WantedPart::Nodes {
            let words = path.get(..path.len().min(PATH)).unwrap_or_default();
            return FileAnswer::Nodes(self.nodes.list(words).map_err(|wrong| wrong.0));
        }
        let found = if cookbook.is_empty() { Some(&self.own) } else { self.cookbook(cookbook) };
        let Some(Cookbook { source, .. }) = found else {
            return FileAnswer::Refused(Diagnostic::error("the cookbook does not exist"));
        };
        if let Err(refused) = checked(if path.is_empty() { "." } else { path }, path) {
            return FileAnswer::Refused(refused);
        }
        if path.len() > PATH {
            let message = format!("a path of {} bytes is too long", path.len());
            return FileAnswer::Refused(Diagnostic::error(message));
        }
        let answer = match wanted {
            WantedPart::Presence => Ok(FileAnswer::Presence(source.has(path))),
            WantedPart::Text => source.text(path).map(|text| FileAnswer::Text(text.map(Cow::into_owned))),
            WantedPart::Names => Ok(FileAnswer::Names(source.files(path))),
            WantedPart::File => seal::file(source, path, blobs).map(FileAnswer::File),
            // Answered above: they are of no cookbook.
            WantedPart::Nodes => Ok(FileAnswer::Nodes(Ok(Vec::new()))),
            WantedPart::Tree => seal::tree(source, path, blobs).map(FileAnswer::Tree),
        };
        answer.unwrap_or_else(FileAnswer::Refused)
    }
}

/// The shipped file with this digest, if it is not small enough to be part of a collection.
#[must_use]
pub fn embedded(sha256: &str) -> Option<&'static [u8]> {
    seal::apart().find(|bytes| content::sha256(bytes) == sha256)
}

fn outline(cookbook: &Cookbook) -> BookOutline {
    let place = match &cookbook.source {
        Source::Shipped { root } => BookPlace::Shipped(root.clone()),
        Source::Directory { label, .. } | Source::Away(Away { label, .. }) => BookPlace::Away(label.clone()),
        Source::Typed(_) => BookPlace::Away(String::new()),
    };
    BookOutline {
        version: cookbook.version.clone(),
        description: cookbook.description.clone(),
        dependencies: cookbook.dependencies.clone(),
        attributes: cookbook.attributes.clone(),
        hides_shipped: cookbook.hides_shipped,
        has_probes: cookbook.has_probes,
        authority: cookbook.authority.clone(),
        place,
    }
}

fn cookbook(name: &str, outline: BookOutline, lender: &Arc<dyn Lender>) -> Cookbook {
    let source = match outline.place {
        BookPlace::Shipped(root) => Source::Shipped { root },
        BookPlace::Away(label) => {
            Source::Away(Away { label, cookbook: name.to_owned(), lender: Arc::clone(lender) })
        }
    };
    Cookbook {
        name: name.to_owned(),
        version: outline.version,
        description: outline.description,
        dependencies: outline.dependencies,
        attributes: outline.attributes,
        hides_shipped: outline.hides_shipped,
        has_probes: outline.has_probes,
        authority: outline.authority,
        source,
    }
}
