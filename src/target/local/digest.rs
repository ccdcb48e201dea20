//! SHA-256 of a reader.

use sha2::{Digest as _, Sha256};

use crate::model::content::hex;

/// SHA-256 of the rest of a reader, as lowercase hexadecimal. `None` if `ends` returned true before the end. If `size`
/// is given, reading stops after that many bytes, which saves the last read(2); a size of 0 is treated as unknown.
///
/// # Errors
/// The error of the reader.
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
