//! A fast hash of paths: a run looks up thousands of paths, each many times.

use std::hash::{Hash, Hasher};

use camino::{Utf8Path, Utf8PathBuf};

/// Hashes a path. Equal paths have the same hash, however they are written. A normalised path, which nearly all are, is
/// hashed as it is.
pub(in crate::model) fn hash<H: Hasher>(path: &Utf8Path, state: &mut H) {
    let bytes = path.as_str().as_bytes();
    let is_detour = |pair: &[u8]| pair[0] == b'/' && matches!(pair[1], b'/' | b'.');
    if bytes.windows(2).any(is_detour) || bytes.ends_with(b"/") {
        let straight: Utf8PathBuf = path.components().collect();
        straight.as_str().hash(state);
    } else {
        path.as_str().hash(state);
    }
}
