//! A cookbook that is being written.

use std::collections::BTreeMap;

use super::chef_resource::ChefResource;
use crate::export::kept::KeptFiles;
use crate::export::loss::ExportLoss;
use crate::export::outlined::ExportOutline;
use crate::model::content::FileMode;
use crate::model::step::Attributes;

/// A cookbook, of which the resources are written.
pub(super) struct ChefCookbook<'a, 'l> {
    pub(super) outline: &'a ExportOutline<'a>,
    pub(super) kept: KeptFiles,
    pub(super) losses: &'l mut Vec<ExportLoss>,
    pub(super) text: String,
    /// Whether some unit is a script.
    pub(super) has_scripts: bool,
    /// The variables of the secrets that scripts need.
    pub(super) script_secrets: BTreeMap<String, String>,
}

impl<'a, 'l> ChefCookbook<'a, 'l> {
    pub(super) fn new(outline: &'a ExportOutline<'a>, losses: &'l mut Vec<ExportLoss>) -> Self {
        Self {
            outline,
            kept: KeptFiles::new("files/"),
            losses,
            text: String::new(),
            has_scripts: false,
            script_secrets: BTreeMap::new(),
        }
    }
}

/// Sets owner, group and mode.
pub(super) fn attributes(attributes: &Attributes, declaration: &mut ChefResource) {
    declaration.some_text("owner", attributes.owner.as_deref());
    declaration.some_text("group", attributes.group.as_deref());
    if let Some(mode) = attributes.mode {
        declaration.text("mode", &FileMode(mode).to_string());
    }
}
