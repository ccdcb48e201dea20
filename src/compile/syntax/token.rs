//! Splits a file into Luau tokens, including comments, long strings and interpolated strings.

/// The kind of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A name or a keyword.
    Name,
    Number,
    /// A string in quotes or long brackets.
    Text,
    /// An interpolated string without interpolations.
    Whole,
    /// The part of an interpolated string before the first interpolation.
    Begin,
    /// The part between two interpolations.
    Middle,
    /// The part after the last interpolation.
    Last,
    /// An operator or a bracket.
    Sign,
    /// The end of the file.
    End,
}

/// A token, as a byte range in the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Operators of several characters. Longer ones come before their prefixes.
const SIGNS: [&[u8]; 17] = [
    b"...", b"..=", b"//=", b"..", b"::", b"->", b"==", b"~=", b"<=", b">=", b"+=", b"-=", b"*=", b"/=",
    b"//", b"%=", b"^=",
];

/// The tokens of a file. The last one is its end.
///
/// # Errors
/// Offset of something that is not a token.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, usize> {
    match scanned(text) {
        (tokens, None) => Ok(tokens),
        (_, Some(broken)) => Err(broken),
    }
}

/// The tokens of a file up to its end, or up to the offset of something that is not a token.
pub(super) fn scanned(text: &str) -> (Vec<Token>, Option<usize>) {
    let mut scanner = Tokenizer { bytes: text.as_bytes(), at: 0, braces: Vec::new() };
    let mut tokens = Vec::with_capacity(text.len() / 4);
    loop {
        if let Err(broken) = scanner.space() {
            return (tokens, Some(broken));
        }
        let start = scanner.at;
        let Some(kind) = scanner.token() else { return (tokens, Some(start)) };
        tokens.push(Token { kind, start, end: scanner.at });
        if kind == TokenKind::End {
            return (tokens, None);
        }
    }
}

/// What an open brace belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Brace {
    Table,
    Value,
}

struct Tokenizer<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Braces that are open since the outermost interpolated string.
    braces: Vec<Brace>,
}

impl Tokenizer<'_> {
    /// Looks ahead in bytes. Zero after the end.
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn starts(&self, with: &[u8]) -> bool {
        self.bytes[self.at.min(self.bytes.len())..].starts_with(with)
    }

    fn skip(&mut self, these: impl Fn(u8) -> bool) {
        while self.at < self.bytes.len() && these(self.bytes[self.at]) {
            self.at += 1;
        }
    }

    /// Skips white space and comments.
    fn space(&mut self) -> Result<(), usize> {
        loop {
            self.skip(is_space);
            if !self.starts(b"--") {
                return Ok(());
            }
            let start = self.at;
            self.at += 2;
            match self.long_bracket() {
                Bracket::Open(level) => self.long(level).ok_or(start)?,
                _ => self.skip(|byte| !matches!(byte, b'\n' | b'\r' | 0)),
            }
        }
    }

    fn token(&mut self) -> Option<TokenKind> {
        if self.at >= self.bytes.len() {
            return Some(TokenKind::End);
        }
        match self.peek(0) {
            b'"' | b'\'' => self.quoted(),
            b'`' => {
                self.at += 1;
                self.section(TokenKind::Begin, TokenKind::Whole)
            }
            b'[' => match self.long_bracket() {
                Bracket::Open(level) => self.long(level).map(|()| TokenKind::Text),
                Bracket::None => Some(self.sign(1)),
                Bracket::Broken => None,
            },
            b'{' => {
                if !self.braces.is_empty() {
                    self.braces.push(Brace::Table);
                }
                Some(self.sign(1))
            }
            b'}' => match self.braces.pop() {
                Some(Brace::Value) => {
                    self.at += 1;
                    self.section(TokenKind::Middle, TokenKind::Last)
                }
                _ => Some(self.sign(1)),
            },
            b'0'..=b'9' => Some(self.number()),
            b'.' if self.peek(1).is_ascii_digit() => Some(self.number()),
            b'A'..=b'Z' | b'a'..=b'z' | b'_' => {
                self.skip(is_word);
                Some(TokenKind::Name)
            }
            byte if byte.is_ascii_punctuation() => {
                let long = SIGNS.iter().find(|sign| self.starts(sign));
                Some(self.sign(long.map_or(1, |sign| sign.len())))
            }
            _ => None,
        }
    }

    fn sign(&mut self, length: usize) -> TokenKind {
        self.at += length;
        TokenKind::Sign
    }

    fn number(&mut self) -> TokenKind {
        self.skip(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'_'));
        if matches!(self.peek(0), b'e' | b'E') {
            self.at += 1;
            if matches!(self.peek(0), b'+' | b'-') {
                self.at += 1;
            }
        }
        self.skip(is_word);
        TokenKind::Number
    }

    fn quoted(&mut self) -> Option<TokenKind> {
        let quote = self.peek(0);
        self.at += 1;
        loop {
            match self.peek(0) {
                0 | b'\n' | b'\r' => return None,
                b'\\' => self.escape(),
                byte => {
                    self.at += 1;
                    if byte == quote {
                        return Some(TokenKind::Text);
                    }
                }
            }
        }
    }

    /// Skips an escape sequence.
    fn escape(&mut self) {
        self.at += 1;
        match self.peek(0) {
            0 => {}
            b'\r' => self.at += if self.peek(1) == b'\n' { 2 } else { 1 },
            b'z' => {
                self.at += 1;
                self.skip(is_space);
            }
            _ => self.at += 1,
        }
    }

    /// Reads a part of an interpolated string, up to an interpolation or its end.
    fn section(&mut self, before_value: TokenKind, at_end: TokenKind) -> Option<TokenKind> {
        loop {
            match self.peek(0) {
                0 | b'\n' | b'\r' => return None,
                // The brace of `\u{…}` does not start an interpolation.
                b'\\' if self.peek(1) == b'u' && self.peek(2) == b'{' => self.at += 3,
                b'\\' => self.escape(),
                b'{' if self.peek(1) == b'{' => return None,
                b'{' => {
                    self.at += 1;
                    self.braces.push(Brace::Value);
                    return Some(before_value);
                }
                b'`' => {
                    self.at += 1;
                    return Some(at_end);
                }
                _ => self.at += 1,
            }
        }
    }

    /// Reads the opening of a long bracket, if there is one.
    fn long_bracket(&mut self) -> Bracket {
        if self.peek(0) != b'[' {
            return Bracket::None;
        }
        let level = self.bytes[self.at + 1..].iter().take_while(|byte| **byte == b'=').count();
        if self.peek(1 + level) == b'[' {
            self.at += level + 2;
            return Bracket::Open(level);
        }
        if level == 0 { Bracket::None } else { Bracket::Broken }
    }

    /// Skips to the end of a long bracket. None if there is none.
    fn long(&mut self, level: usize) -> Option<()> {
        while self.at < self.bytes.len() {
            if self.peek(0) == b']'
                && self.bytes[self.at + 1..].iter().take_while(|byte| **byte == b'=').count() == level
                && self.peek(1 + level) == b']'
            {
                self.at += level + 2;
                return Some(());
            }
            self.at += 1;
        }
        None
    }
}

enum Bracket {
    /// A long bracket with this many `=`.
    Open(usize),
    None,
    /// An invalid opening such as `[=`.
    Broken,
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
