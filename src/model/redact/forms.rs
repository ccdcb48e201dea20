//! The forms in which a secret may be printed: unchanged, in upper case, encoded, and line by line. Escaped forms are
//! not needed, because texts are unescaped before the search.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::view::View;
use crate::model::content::hex;

/// Shortest secret that is masked.
const SHORTEST: usize = 4;
/// Shortest secret that is masked if it is a number or a plain word.
const PLAIN: usize = 6;
/// Shortest line of a secret, and shortest run of encoded characters, that is searched for.
const LINE: usize = 8;
const ENCODED: usize = 6;
/// Longest form that is searched for as a whole. Of a longer form, its lines and pieces are.
const LONGEST: usize = 16 * 1024;
/// Limit for the total size of the forms that are searched for as a whole.
const ALL: usize = 4 << 20;

/// Whether a value is so short or so common (`0644`, `root`, `true`) that masking it would damage ordinary text. Such a
/// secret is not masked; a resource that uses it is sensitive instead.
#[must_use]
pub fn is_too_plain(value: &str) -> bool {
    let value = value.trim();
    let is_word = value.bytes().all(|byte| byte.is_ascii_digit())
        || value.bytes().all(|byte| byte.is_ascii_alphabetic());
    value.len() < SHORTEST || value.len() < PLAIN && is_word
}

/// The forms of all secrets, without duplicates.
#[derive(Debug, Default)]
pub(super) struct Forms {
    /// Forms to search for in texts whose lines were joined.
    pub(super) whole: BTreeSet<Vec<u8>>,
    /// Forms as hexadecimal digits.
    pub(super) digits: BTreeSet<Vec<u8>>,
    /// Forms that are too long to be searched for as a whole.
    pub(super) long: Vec<Vec<u8>>,
    all: usize,
}

impl Forms {
    /// Adds all forms of a secret.
    pub(super) fn add(&mut self, value: &str) {
        let value = value.trim();
        self.texts(value);
        // A key in a JSON file has escaped newlines. A program that parses the file prints them as newlines.
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

    /// Adds a text as it is, and as templates and shells write it.
    fn texts(&mut self, text: &str) {
        let unfolded = View::plain(text).unfolded(false);
        let joined = unfolded.as_ref().map_or(text.as_bytes(), |view| &view.bytes);
        let joined = String::from_utf8_lossy(joined).into_owned();
        // A template may put it into capitals first and then quote it.
        for case in [joined.to_uppercase(), joined.to_lowercase(), joined] {
            for form in [
                case.replace('\'', r"'\''"),
                case.replace('\'', r#"'"'"'"#),
                // SQL and YAML double a single quote, CSV a double one.
                case.replace('\'', "''"),
                case.replace('"', r#""""#),
                // As an HTML form encodes it, beside `%2F` and the like.
                case.replace(' ', "+"),
                case,
            ] {
                self.whole(form.into_bytes(), SHORTEST);
            }
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

/// Encodes bytes in base64 for each of the three alignments, without the characters that depend on neighbouring bytes.
fn base64(bytes: &[u8]) -> impl Iterator<Item = String> + '_ {
    (0..3).map(|before| {
        let mut placed = vec![0; before];
        placed.extend_from_slice(bytes);
        let encoded = STANDARD_NO_PAD.encode(&placed);
        let whole = placed.len() / 3 * 4 + [0, 1, 2][placed.len() % 3];
        encoded.get([0, 2, 3][before]..whole).unwrap_or_default().to_owned()
    })
}
