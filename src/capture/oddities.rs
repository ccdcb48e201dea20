//! What a person should look at first, once all is sorted.

use std::collections::BTreeSet;

use super::captured::Capture;
use super::machine::Machine;
use super::recipes::{SCHEDULED, UNSORTED};
use crate::model::english::list_some;
use crate::model::query::FileText;

/// Most files that a note names.
const MOST_NAMED: usize = 5;

impl Capture {
    /// Notes what a person should look at first.
    pub(super) fn note_what_is_odd(&mut self, machine: &Machine) {
        const CRONS: [&str; 4] = ["cron", "cronie", "sys-process/cronie", "systemd-cron"];
        let has_cron = self.recipes.contains_key(SCHEDULED);
        if has_cron && !CRONS.iter().any(|name| machine.records.packages.contains_key(*name)) {
            self.notes.push("there are cron files, and no package cron".to_owned());
        }
        let is_bound = |text: &FileText| {
            let words = |text: &str| machine.bound.iter().any(|word| text.contains(word.as_str()));
            matches!(text, FileText::Text(text) if words(text))
        };
        let declared: BTreeSet<&str> =
            self.declarations().flat_map(|resource| resource.names.iter().map(String::as_str)).collect();
        let bound =
            machine.texts.iter().filter(|(path, text)| declared.contains(path.as_str()) && is_bound(text));
        let bound: Vec<String> = bound.map(|(path, _)| format!("`{path}`")).collect();
        if !bound.is_empty() {
            let names = list_some(&bound, MOST_NAMED);
            self.notes.push(format!("of this release or architecture alone, by their words: {names}"));
        }
        if self.recipes.contains_key(UNSORTED) {
            self.notes.push("`recipes/unsorted.lua` has what fits nowhere: look at it first".to_owned());
        }
    }
}
