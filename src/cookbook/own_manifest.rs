//! What the manifest of a cookbook declares to need, read and written for its author.

use std::borrow::Cow;

use camino::Utf8Path;

use super::book::Cookbook;
use super::document::Document;
use super::grants::DeclaredCapabilities;
use super::manifest::FILE;
use crate::model::capability::Capabilities;
use crate::model::error::{Diagnostic, Diagnostics};
use crate::target::local::document::DocumentDirectory;

/// What a manifest declares.
#[derive(Debug, Default)]
pub struct DeclaredRights {
    /// The text of the manifest.
    pub manifest: String,
    /// None: the table is not there.
    pub needed: Option<Capabilities>,
    pub optional: Capabilities,
}

/// What a cookbook declares to need.
///
/// # Errors
/// The manifest can't be read.
pub fn declared_rights(cookbook: &Cookbook) -> Result<DeclaredRights, Diagnostics> {
    let manifest = cookbook.text(FILE)?.map(Cow::into_owned).unwrap_or_default();
    let mut wrong = Vec::new();
    let document = Document::toml(&cookbook.label(FILE), &manifest)?;
    let DeclaredCapabilities { needed, optional } = DeclaredCapabilities::read(&document, &mut wrong);
    if wrong.is_empty() { Ok(DeclaredRights { manifest, needed, optional }) } else { Err(Diagnostics(wrong)) }
}

/// Writes the manifest of a cookbook in a directory.
///
/// # Errors
/// The directory can't be written.
pub fn write_manifest(directory: &Utf8Path, text: &str) -> Result<(), Diagnostics> {
    let written =
        DocumentDirectory::open_or_make(directory).and_then(|folder| folder.write(FILE, text.as_bytes()));
    written.map_err(|failure| Diagnostic::from(failure).into())
}
