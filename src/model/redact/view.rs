//! A text as others would read it: with joined lines, or without escapes. Each byte is mapped to its position in the
//! original text.

use std::borrow::Cow;
use std::ops::Range;

/// The bytes to search, with their positions in the original text.
pub(super) struct View<'a> {
    pub(super) bytes: Cow<'a, [u8]>,
    /// Range in the original text for each byte. None if the text is unchanged.
    places: Option<Vec<(usize, usize)>>,
}

/// A decoded escape: at most one character.
struct Unescaped {
    /// Length of the escape, in bytes.
    length: usize,
    bytes: [u8; 4],
    count: usize,
}

impl Unescaped {
    fn byte(length: usize, byte: u8) -> Self {
        Self { length, bytes: [byte, 0, 0, 0], count: 1 }
    }

    fn character(length: usize, c: char) -> Self {
        let mut bytes = [0; 4];
        let count = c.encode_utf8(&mut bytes).len();
        Self { length, bytes, count }
    }
}

impl<'a> View<'a> {
    /// A view of the text as it is.
    pub(super) fn plain(text: &'a str) -> Self {
        Self { bytes: Cow::Borrowed(text.as_bytes()), places: None }
    }

    /// Maps a range of the view to ranges in the original text, one for each contiguous part.
    pub(super) fn spans(&self, range: Range<usize>, spans: &mut Vec<Range<usize>>) {
        let Some(places) = &self.places else { return spans.push(range) };
        let mut open: Option<Range<usize>> = None;
        for &(start, end) in &places[range] {
            match &mut open {
                Some(open) if open.end >= start => open.end = end,
                _ => spans.extend(open.replace(start..end)),
            }
        }
        spans.extend(open);
    }

    /// The text with joined lines, without the indentation of continued lines and, for a diff, without its markers.
    /// None if the text has one line.
    pub(super) fn unfolded(&self, is_diff: bool) -> Option<View<'static>> {
        memchr::memchr(b'\n', &self.bytes)?;
        let mut unfolded = self.empty();
        let mut at = 0;
        while let Some(length) = memchr::memchr(b'\n', &self.bytes[at..]) {
            let mut end = at + length;
            // A backslash at the end of a line means that the line continues.
            while end > at && matches!(self.bytes[end - 1], b'\r' | b'\\') {
                end -= 1;
            }
            self.copy(at..end, &mut unfolded);
            at += length + 1;
            at += usize::from(is_diff && matches!(self.bytes.get(at), Some(b'+' | b'-' | b' ')));
            at += self.bytes[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        }
        self.copy(at..self.bytes.len(), &mut unfolded);
        Some(unfolded)
    }

    /// The text without the separators between hexadecimal digits.
    pub(super) fn joined(&self) -> View<'static> {
        let mut joined = self.empty();
        for (at, byte) in self.bytes.iter().enumerate() {
            if !matches!(byte, b' ' | b':' | b'\n') {
                self.copy(at..at + 1, &mut joined);
            }
        }
        joined
    }

    /// The text without the backslash escapes of JSON, shells and configuration files. None if it has none.
    pub(super) fn without_escapes(&self) -> Option<View<'static>> {
        self.unescaped(b'\\', backslash)
    }

    /// The text without percent encoding such as `%2F`. None if it has none.
    pub(super) fn without_percents(&self) -> Option<View<'static>> {
        self.unescaped(b'%', |rest| number(rest.get(1..3)?, 16).map(|byte| Unescaped::byte(3, byte)))
    }

    /// The text without HTML entities such as `&amp;`. None if it has none.
    pub(super) fn without_entities(&self) -> Option<View<'static>> {
        self.unescaped(b'&', entity)
    }

    fn unescaped(&self, sign: u8, read: impl Fn(&[u8]) -> Option<Unescaped>) -> Option<View<'static>> {
        memchr::memchr(sign, &self.bytes)?;
        let mut view = self.empty();
        let mut at = 0;
        while let Some(length) = memchr::memchr(sign, &self.bytes[at..]) {
            self.copy(at..at + length, &mut view);
            at += length;
            match read(&self.bytes[at..]) {
                Some(Unescaped { length, bytes, count }) => {
                    let place = (self.place(at).0, self.place(at + length - 1).1);
                    view.bytes.to_mut().extend_from_slice(&bytes[..count]);
                    view.places.get_or_insert_default().extend(std::iter::repeat_n(place, count));
                    at += length;
                }
                None => {
                    self.copy(at..at + 1, &mut view);
                    at += 1;
                }
            }
        }
        self.copy(at..self.bytes.len(), &mut view);
        Some(view)
    }

    fn empty(&self) -> View<'static> {
        let room = self.bytes.len();
        View { bytes: Cow::Owned(Vec::with_capacity(room)), places: Some(Vec::with_capacity(room)) }
    }

    fn place(&self, at: usize) -> (usize, usize) {
        self.places.as_ref().map_or((at, at + 1), |places| places[at])
    }

    fn copy(&self, range: Range<usize>, into: &mut View<'_>) {
        into.bytes.to_mut().extend_from_slice(&self.bytes[range.clone()]);
        into.places.get_or_insert_default().extend(range.map(|at| self.place(at)));
    }
}

fn number<N: TryFrom<u32>>(digits: &[u8], radix: u32) -> Option<N> {
    let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?;
    N::try_from(u32::from_str_radix(digits, radix).ok()?).ok()
}

fn backslash(rest: &[u8]) -> Option<Unescaped> {
    let sign = *rest.get(1)?;
    match sign {
        b'u' if rest.get(2) == Some(&b'{') => {
            let length = rest.iter().take(12).position(|byte| *byte == b'}')?;
            Some(Unescaped::character(length + 1, char::from_u32(number(rest.get(3..length)?, 16)?)?))
        }
        b'u' => {
            let first: u32 = number(rest.get(2..6)?, 16)?;
            if let Some(c) = char::from_u32(first) {
                return Some(Unescaped::character(6, c));
            }
            // Characters above U+FFFF are written as a surrogate pair.
            let second: u32 =
                rest.get(6..8).filter(|sign| *sign == b"\\u").and_then(|_| number(rest.get(8..12)?, 16))?;
            let c =
                char::decode_utf16([u16::try_from(first).ok()?, u16::try_from(second).ok()?]).next()?.ok()?;
            Some(Unescaped::character(12, c))
        }
        b'U' => Some(Unescaped::character(10, char::from_u32(number(rest.get(2..10)?, 16)?)?)),
        b'x' => Some(Unescaped::byte(4, number(rest.get(2..4)?, 16)?)),
        b'0'..=b'7' => {
            let count = rest[1..].iter().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
            Some(Unescaped::byte(1 + count, number(&rest[1..=count], 8)?))
        }
        b'n' => Some(Unescaped::byte(2, b'\n')),
        b'r' => Some(Unescaped::byte(2, b'\r')),
        b't' => Some(Unescaped::byte(2, b'\t')),
        b'\n' | b'\r' => None,
        byte if byte.is_ascii() => Some(Unescaped::byte(2, byte)),
        _ => None,
    }
}

fn entity(rest: &[u8]) -> Option<Unescaped> {
    let length = rest.iter().take(10).position(|byte| *byte == b';')?;
    let c = match &rest[1..length] {
        b"amp" => '&',
        b"lt" => '<',
        b"gt" => '>',
        b"quot" => '"',
        b"apos" => '\'',
        [b'#', b'x' | b'X', digits @ ..] => char::from_u32(number(digits, 16)?)?,
        [b'#', digits @ ..] => char::from_u32(number(digits, 10)?)?,
        _ => return None,
    };
    Some(Unescaped::character(length + 1, c))
}
