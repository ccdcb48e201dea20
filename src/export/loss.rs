//! The files of an export, and what they do not carry.

/// A file of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedFile {
    /// Its path below the directory of the export.
    pub path: String,
    pub content: Vec<u8>,
}

/// Something that is declared and that a form does not carry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ExportLoss {
    /// Index of the row.
    pub row: usize,
    /// The property or action.
    pub of: String,
    /// What happens instead, as a sentence without a full stop.
    pub reason: String,
}
