//! Blobs: content that is too large, or not text, and so is not part of the collection. A digest names it.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A reference to the content of a file. Collections and steps hold this instead of the bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct BlobRef {
    /// SHA-256 of the bytes, lowercase hexadecimal.
    pub sha256: String,
    /// Size in bytes.
    pub size: u64,
}

/// Where to read a blob on the machine that compiled the collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlobSource {
    /// A file on disk.
    Path(Utf8PathBuf),
    /// Bytes embedded in the program.
    Embedded(&'static [u8]),
}

/// All blobs of one collection, by SHA-256.
pub type Blobs = BTreeMap<String, BlobSource>;
