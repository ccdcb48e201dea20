//! A manifest that is being written.

use std::collections::BTreeSet;

use super::puppet_resource::PuppetResource;
use crate::export::kept::KeptFiles;
use crate::export::loss::ExportLoss;
use crate::export::outlined::ExportOutline;
use crate::model::content::FileMode;
use crate::model::step::Attributes;

/// A manifest, of which the resources are written.
pub(super) struct Manifest<'a, 'l> {
    pub(super) outline: &'a ExportOutline<'a>,
    pub(super) kept: KeptFiles,
    pub(super) losses: &'l mut Vec<ExportLoss>,
    pub(super) text: String,
    /// Types and titles of all resources so far.
    pub(super) declared: BTreeSet<(&'static str, String)>,
    /// The resources of each unit, as others name them.
    pub(super) references: Vec<Vec<String>>,
}

impl<'a, 'l> Manifest<'a, 'l> {
    pub(super) fn new(outline: &'a ExportOutline<'a>, losses: &'l mut Vec<ExportLoss>) -> Self {
        Self {
            outline,
            kept: KeptFiles::new("modules/exported/files/"),
            losses,
            text: String::new(),
            declared: BTreeSet::new(),
            references: Vec::new(),
        }
    }
}

/// Sets owner, group and mode.
pub(super) fn attributes(attributes: &Attributes, declaration: &mut PuppetResource) {
    declaration.some_text("owner", attributes.owner.as_deref());
    declaration.some_text("group", attributes.group.as_deref());
    if let Some(mode) = attributes.mode {
        declaration.text("mode", &FileMode(mode).to_string());
    }
}
