//! The forms that a secret is printed in: as it is, in capitals, encoded, its lines. Escapes are no forms: texts are read
//! without them.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::view::View;
use crate::model::content::hex;

/// Shortest value that can be told from ordinary text.
const SHORTEST: usize = 4;
/// Bytes below which a number or a bare word is as likely to be an ordinary one.
const PLAIN: usize = 6;
/// Shortest line of a longer secret, and shortest run of encoded characters, that is taken for it.
const LINE: usize = 8;
const ENCODED: usize = 6;
/// Longest form that is looked for as a whole; of a longer one its lines and pieces are.
const LONGEST: usize = 16 * 1024;
/// Bytes of all forms that are looked for as a whole.
const ALL: usize = 4 << 20;

/// Whether a value is so short, or so ordinary (`0644`, `root`, `true`), that masking it would tear ordinary text apart.
/// Such a secret is not masked; a resource that has it is sensitive instead.
#[must_use]
pub fn is_too_plain(value: &str) -> bool {
    let value = value.trim();
    let is_word = value.bytes().all(|byte| byte.is_ascii_digit())
        || value.bytes().all(|byte| byte.is_ascii_alphabetic());
    value.len() < SHORTEST || value.len() < PLAIN && is_word
}

/// Forms of all secrets, each once.
#[derive(Debug, Default)]
pub(super) struct Forms {
    /// Texts in which lines were joined.
    pub(super) whole: BTreeSet<Vec<u8>>,
    /// Bytes as hexadecimal digits.
    pub(super) digits: BTreeSet<Vec<u8>>,
    /// Forms that are too long to be looked for as a whole.
    pub(super) long: Vec<Vec<u8>>,
    all: usize,
}

impl Forms {
    /// All forms of one secret.
    pub(super) fn add(&mut self, value: &str) {
        let value = value.trim();
        self.texts(value);
        // A key file in JSON holds a key with its newlines escaped, which whoever reads it prints as lines.
        let unescaped = View::plain(value).without_escapes();
        if let Some(text) = unescaped.as_ref().and_then(|view| std::str::from_utf8(&view.bytes).ok()) {
            self.texts(text.trim());
        }
        for form in base64(value.as_bytes()) {
            self.whole(form.replace('+', "-").replace('/', "_").into_bytes(), ENCODED);
            self.whole(form.into_bytes(), ENCODED);
        }
        let digits = hex(value.as_bytes());
        for form in [digits.to_ascii_uppercase(), digits] {
            if form.len() <= LONGEST {
                self.digits.insert(form.clone().into_bytes());
            }
            self.whole(form.into_bytes(), ENCODED);
        }
    }

    /// As it is written, and as templates and shells write it.
    fn texts(&mut self, text: &str) {
        let unfolded = View::plain(text).unfolded(false);
        let joined = unfolded.as_ref().map_or(text.as_bytes(), |view| &view.bytes);
        let joined = String::from_utf8_lossy(joined).into_owned();
        for form in [
            joined.to_uppercase(),
            joined.to_lowercase(),
            joined.replace('\'', r"'\''"),
            joined.replace('\'', r#"'"'"'"#),
            // As a form of a web page sends it, next to `%2F` and the like.
            joined.replace(' ', "+"),
            joined,
        ] {
            self.whole(form.into_bytes(), SHORTEST);
        }
        if text.contains('\n') {
            for line in text.lines().map(str::trim) {
                self.whole(line.as_bytes().to_vec(), LINE);
            }
        }
    }

    fn whole(&mut self, form: Vec<u8>, shortest: usize) {
        if form.len() < shortest || self.whole.contains(&form) {
            return;
        }
        if form.len() > LONGEST || self.all + form.len() > ALL {
            self.long.push(form);
            return;
        }
        self.all += form.len();
        self.whole.insert(form);
    }
}

/// As base64 wherever the bytes stand in what is encoded: without the characters that tell of their neighbours too.
fn base64(bytes: &[u8]) -> impl Iterator<Item = String> + '_ {
    (0..3).map(|before| {
        let mut placed = vec![0; before];
        placed.extend_from_slice(bytes);
        let encoded = STANDARD_NO_PAD.encode(&placed);
        let whole = placed.len() / 3 * 4 + [0, 1, 2][placed.len() % 3];
        encoded.get([0, 2, 3][before]..whole).unwrap_or_default().to_owned()
    })
}
