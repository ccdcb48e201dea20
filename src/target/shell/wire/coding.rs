//! Encodes bytes as text with programs that every machine has.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// An encoding.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    Base64,
    /// `od` prints hexadecimal, `printf` reads octal: every machine has both.
    Digits,
}

impl Coding {
    /// A command that prints the bytes. `rest` is appended to its line, `word` does not occur in the text.
    pub(super) fn printing(self, bytes: &[u8], rest: &str, word: &str) -> String {
        match self {
            Self::Base64 => {
                let end = format!("end-{word}");
                format!("unb <<'{end}' {rest}\n{}\n{end}", STANDARD.encode(bytes))
            }
            Self::Digits => {
                let mut text = String::with_capacity(bytes.len() * 4 + 16);
                for byte in bytes {
                    // Writing to a string can't fail.
                    let _ = write!(text, "\\{byte:03o}");
                }
                format!("(printf '{text}') {rest}")
            }
        }
    }

    /// Decodes a text. `None` if it is invalid.
    pub(super) fn decode(self, coded: &[u8]) -> Option<Vec<u8>> {
        let text: Vec<u8> = coded.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        match self {
            Self::Base64 => STANDARD.decode(&text).ok(),
            Self::Digits => text
                .chunks(2)
                .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
                .collect(),
        }
    }
}
