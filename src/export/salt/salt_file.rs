//! A file of states that is being written.

use std::collections::BTreeSet;

use super::salt_state::SaltState;
use crate::export::kept::KeptFiles;
use crate::export::loss::ExportLoss;
use crate::export::outlined::ExportOutline;
use crate::model::content::FileMode;
use crate::model::step::Attributes;

/// A state file, of which the states are written.
pub(super) struct SaltFile<'a, 'l> {
    pub(super) outline: &'a ExportOutline<'a>,
    pub(super) kept: KeptFiles,
    pub(super) losses: &'l mut Vec<ExportLoss>,
    pub(super) text: String,
    /// The lines that read scripts.
    pub(super) imports: String,
    /// The ids of all states so far.
    pub(super) ids: BTreeSet<String>,
    /// The titles of the states of each unit.
    pub(super) titles: Vec<Vec<String>>,
}

impl<'a, 'l> SaltFile<'a, 'l> {
    pub(super) fn new(outline: &'a ExportOutline<'a>, losses: &'l mut Vec<ExportLoss>) -> Self {
        Self {
            outline,
            kept: KeptFiles::new("exported/files/"),
            losses,
            text: String::new(),
            imports: String::new(),
            ids: BTreeSet::new(),
            titles: Vec::new(),
        }
    }
}

/// Sets owner, group and mode.
pub(super) fn attributes(attributes: &Attributes, declaration: &mut SaltState) {
    declaration.some_text("user", attributes.owner.as_deref());
    declaration.some_text("group", attributes.group.as_deref());
    if let Some(mode) = attributes.mode {
        declaration.text("mode", &FileMode(mode).to_string());
    }
}
