//! Writes the files of a captured cookbook.

use std::collections::BTreeMap;

use camino::Utf8Path;

use crate::cli::early_end::EarlyEnd;
use crate::model::error::Failure;
use crate::target::local::document::DocumentDirectory;
use crate::target::local::document_tree::make_tree;

/// Writes a new cookbook: all of it, or nothing.
pub(super) fn write_new(directory: &Utf8Path, files: &BTreeMap<String, Vec<u8>>) -> Result<(), EarlyEnd> {
    make_tree(directory, files)
        .map_err(|failure| EarlyEnd::unwritten("the cookbook", directory, failure, "name another directory"))
}

/// Writes files of a cookbook.
pub(super) fn write(directory: &Utf8Path, files: &BTreeMap<String, Vec<u8>>) -> Result<(), EarlyEnd> {
    for (path, bytes) in files {
        written(&directory.join(path), bytes).map_err(|failure| {
            EarlyEnd::unwritten("the cookbook", directory, failure, "name another directory")
        })?;
    }
    Ok(())
}

/// Writes one file.
pub(super) fn written(path: &Utf8Path, bytes: &[u8]) -> Result<(), Failure> {
    let folder = path.parent().filter(|folder| !folder.as_str().is_empty()).unwrap_or(Utf8Path::new("."));
    DocumentDirectory::open_or_make(folder)?.write(path.file_name().unwrap_or_default(), bytes)
}
