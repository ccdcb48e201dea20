//! A play that is being written.

use super::ansible_call::AnsibleCall;
use crate::export::kept::KeptFiles;
use crate::export::loss::ExportLoss;
use crate::export::outlined::ExportOutline;
use crate::model::content::FileMode;
use crate::model::portable::marked::LaterValue;
use crate::model::step::Attributes;

/// A play, of which the entries are written.
pub(super) struct Play<'a, 'l> {
    pub(super) outline: &'a ExportOutline<'a>,
    pub(super) kept: KeptFiles,
    pub(super) losses: &'l mut Vec<ExportLoss>,
    pub(super) calls: String,
    pub(super) notified: String,
    /// The variables that say what each unit has changed.
    pub(super) results: Vec<Vec<String>>,
}

impl<'a, 'l> Play<'a, 'l> {
    pub(super) fn new(outline: &'a ExportOutline<'a>, losses: &'l mut Vec<ExportLoss>) -> Self {
        Self {
            outline,
            kept: KeptFiles::new("files/"),
            losses,
            calls: String::new(),
            notified: String::new(),
            results: Vec::new(),
        }
    }

    pub(super) fn later(&self) -> &'a [LaterValue] {
        &self.outline.later
    }

    /// Sets owner, group and mode.
    pub(super) fn attributes(&self, attributes: &Attributes, entry: &mut AnsibleCall) {
        entry.some_text(self.later(), "owner", attributes.owner.as_deref());
        entry.some_text(self.later(), "group", attributes.group.as_deref());
        if let Some(mode) = attributes.mode {
            entry.set("mode", format!("\"{}\"", FileMode(mode)));
        }
    }
}
