//! A fast hash of paths: a run looks up thousands of paths, each many times.

use std::hash::{Hash, Hasher};

use camino::{Utf8Path, Utf8PathBuf};

/// Hashes a path. Equal paths have the same hash, however they are written. A normalised path, which nearly all are, is
/// hashed as it is.
pub(in crate::model) fn hash<H: Hasher>(path: &Utf8Path, state: &mut H) {
    let bytes = path.as_str().as_bytes();
    let (mut after_slash, mut is_detour) = (false, false);
    for byte in bytes {
        is_detour |= after_slash && matches!(byte, b'/' | b'.');
        after_slash = *byte == b'/';
    }
    if is_detour || after_slash {
        let straight: Utf8PathBuf = path.components().collect();
        straight.as_str().hash(state);
    } else {
        path.as_str().hash(state);
    }
}
