//! SHA-256 of what is read.

use sha2::{Digest as _, Sha256};

use crate::model::content::hex;

/// SHA-256 of what is left to read, as lowercase hexadecimal; nothing where `ends` says before that it is not wanted any
/// more. Where a size is said, so many bytes are taken for all: the read that would only tell of the end is saved. A size
/// of zero says nothing.
///
/// # Errors
/// The reader's.
pub(super) fn digest_of(
    reader: &mut impl std::io::Read,
    size: Option<u64>,
    buffer: &mut [u8],
    mut ends: impl FnMut() -> bool,
) -> std::io::Result<Option<String>> {
    let mut hash = Sha256::new();
    let mut left = size.filter(|size| *size > 0);
    loop {
        match reader.read(buffer) {
            Ok(0) => return Ok(Some(hex(&hash.finalize()))),
            Ok(n) => {
                hash.update(&buffer[..n]);
                left = left.map(|left| left.saturating_sub(n as u64));
                if left == Some(0) {
                    return Ok(Some(hex(&hash.finalize())));
                }
                if ends() {
                    return Ok(None);
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
