//! Bytes too large or too binary to stand in a collection: named by their digest, kept where they are.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A file's bytes by name: what a collection and a step say instead of the bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct BlobRef {
    /// SHA-256 of the bytes, lowercase hexadecimal.
    pub sha256: String,
    /// Number of bytes.
    pub size: u64,
}

/// Where the bytes of a blob can be read on the machine that compiled the collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlobSource {
    /// A file on disk.
    Path(Utf8PathBuf),
    /// Bytes that ship inside the program.
    Embedded(&'static [u8]),
}

/// All blobs of one collection, by SHA-256.
pub type Blobs = BTreeMap<String, BlobSource>;
