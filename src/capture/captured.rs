//! What a capture found.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;

use super::declaration::CapturedResource;
use super::files::PathDecision;
use super::recipes::Recipe;

/// What a capture found.
#[derive(Debug, Default)]
pub struct Capture {
    pub(super) recipes: BTreeMap<String, Recipe>,
    /// Names of the secrets that must be given, each with the file that it was found in.
    pub secrets: BTreeMap<String, Utf8PathBuf>,
    /// What can't be captured, or should be looked at, each a sentence.
    pub notes: Vec<String>,
    /// Why each path is captured or not.
    pub decisions: BTreeMap<Utf8PathBuf, PathDecision>,
    /// What the base has and the machine has not, with the actions that remove it.
    pub removed: Vec<CapturedResource>,
    /// What the packages are at, for a comment.
    pub(super) versions: BTreeMap<String, String>,
}

impl Capture {
    /// A recipe, which may be new.
    pub(super) fn recipe(&mut self, name: &str) -> &mut Recipe {
        self.recipes.entry(name.to_owned()).or_default()
    }
}
