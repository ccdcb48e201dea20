//! Base64 in lines.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Length of a line.
const LENGTH: usize = 76;

/// Bytes in lines of base64.
pub(super) fn base64_lines(bytes: &[u8]) -> String {
    let mut text = STANDARD.encode(bytes);
    for at in (1..=text.len() / LENGTH).rev() {
        text.insert(at * LENGTH, '\n');
    }
    text.push('\n');
    text
}
