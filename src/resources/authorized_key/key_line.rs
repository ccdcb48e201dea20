//! The lines of authorized_keys(5).

use crate::model::error::Failure;
use crate::provider::edited_file;
use crate::provider::ssh_key::{self, SshKey};

/// A line with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct KeyLine<'a> {
    /// Options ahead of the key: `restrict,command="/usr/bin/backup"`. Mostly empty.
    pub(super) options: &'a str,
    pub(super) key: SshKey<'a>,
}

impl<'a> KeyLine<'a> {
    /// Reads a line as sshd does. `None` for a comment, an empty line, and what sshd can't read.
    pub(super) fn read(line: &'a str) -> Option<Self> {
        let line = edited_file::without_end(line).trim();
        if let Some(key) = SshKey::at_start(line) {
            return Some(Self { options: "", key });
        }
        let (options, rest) = line.split_at_checked(end_of_options(line))?;
        Some(Self { options, key: SshKey::at_start(rest)? })
    }
}

/// Where the options end: at the first blank that is not between quotes.
fn end_of_options(line: &str) -> usize {
    let (mut is_quoted, mut before) = (false, ' ');
    for (at, c) in line.char_indices() {
        match c {
            '"' if before != '\\' => is_quoted = !is_quoted,
            ' ' | '\t' if !is_quoted => return at,
            _ => {}
        }
        before = c;
    }
    line.len()
}

/// Whether a text is options alone: sshd would read the line as they are meant.
pub(super) fn is_options(text: &str) -> bool {
    !text.is_empty() && !text.contains(char::is_control) && end_of_options(text) == text.len() && {
        text.replace("\\\"", "").matches('"').count().is_multiple_of(2)
    }
}

/// A key that a recipe declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DeclaredKey {
    /// Options; `None` leaves those that are there.
    pub(super) options: Option<String>,
    pub(super) kind: String,
    pub(super) base64: String,
    /// Comment; `None` leaves the one that is there.
    pub(super) comment: Option<String>,
}

impl DeclaredKey {
    /// Reads a key as a recipe has it: a line, or the base64 part alone.
    ///
    /// # Errors
    /// It is none.
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        if let Some(KeyLine { options, key }) = KeyLine::read(text) {
            return Ok(Self {
                options: some(options),
                kind: key.kind.to_owned(),
                base64: key.base64.to_owned(),
                comment: some(key.comment),
            });
        }
        let base64 = text.trim();
        match ssh_key::kind_of(base64) {
            Some(kind) => Ok(Self { options: None, kind, base64: base64.to_owned(), comment: None }),
            None => Err(ssh_key::no_key("key", text)),
        }
    }

    /// The line, without its end. What is not declared is taken from the line that is there.
    pub(super) fn line(&self, there: Option<&KeyLine<'_>>) -> String {
        let options = self.options.as_deref().or(there.map(|line| line.options)).unwrap_or_default();
        let comment = self.comment.as_deref().or(there.map(|line| line.key.comment)).unwrap_or_default();
        let parts = [options, &self.kind, &self.base64, comment];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    }
}
