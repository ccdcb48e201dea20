//! Names of functions that stand for actions.

use std::collections::BTreeSet;

use crate::export::shell_words::identifier;

/// Longest name.
const LONGEST: usize = 48;

/// Names that were given, none of them twice.
#[derive(Debug, Default)]
pub(super) struct GivenNames(BTreeSet<String>);

impl GivenNames {
    /// A name for what these words say.
    pub(super) fn give(&mut self, words: &str) -> String {
        let mut stem: String = identifier(words).chars().take(LONGEST).collect();
        if !stem.starts_with(|c: char| c.is_ascii_lowercase()) {
            stem.insert_str(0, "do_");
        }
        let stem = stem.trim_end_matches('_');
        let mut name = stem.to_owned();
        let mut number = 1;
        while !self.0.insert(name.clone()) {
            number += 1;
            name = format!("{stem}_{number}");
        }
        name
    }
}
