//! What is said of a form, and what it brings.

use super::loss::{ExportLoss, ExportedFile};
use super::outlined::ExportOutline;

/// A form that a collection can be written in.
#[derive(Debug, Clone, Copy)]
pub struct ExportForm {
    /// The word for it: `sh`.
    pub name: &'static str,
    /// What it is, in one line.
    pub doc: &'static str,
    /// Whether it has several files, which need a directory.
    pub has_several_files: bool,
    /// Writes it. Adds what the form can't carry, besides what no form can.
    pub write: fn(&ExportOutline<'_>, &mut Vec<ExportLoss>) -> Vec<ExportedFile>,
}
