//! The one way from data to a line of a report. What a machine, a cook or a stranger wrote is made visible on that way,
//! so it can neither steer a terminal nor begin a line of its own; what was not made so can't be printed.

use std::fmt;

use anstyle::Style;

use crate::model::english::{self, one_line, printable, quoted_line};

/// A line, or a part of one, that is safe to print: words of ours, and data that was made visible.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SafeLine(String);

impl SafeLine {
    /// Data on one line: a name, a sentence, a path.
    pub(super) fn of(data: impl AsRef<str>) -> Self {
        Self(one_line(data.as_ref()))
    }

    /// A line that a program printed, or that stands in a file: its tabs stay.
    pub(super) fn quoted(data: &str) -> Self {
        Self(quoted_line(data))
    }

    /// `1 resource`, `2 resources`.
    pub(super) fn count(n: usize, noun: &'static str) -> Self {
        Self(english::count(n, noun))
    }

    /// `a`, `a and b`, `a, b, and c`.
    pub(super) fn list(items: &[Self], conjunction: &'static str) -> Self {
        Self(english::list(items, conjunction))
    }

    /// The same with something between them.
    pub(super) fn join(items: &[Self], between: &'static str) -> Self {
        let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
        Self(items.join(between))
    }

    /// So many spaces.
    pub(super) fn space(columns: usize) -> Self {
        Self(" ".repeat(columns))
    }

    /// What [`line!`](super::line::line) makes; its parts are safe.
    pub(super) fn assembled(line: String) -> Self {
        Self(line)
    }

    /// The same without this word at its beginning; nothing where it begins otherwise.
    pub(super) fn after(&self, word: &str) -> Option<Self> {
        Some(Self(self.0.strip_prefix(word)?.strip_prefix(' ')?.to_owned()))
    }

    /// In a style.
    #[must_use]
    pub(super) fn painted(self, style: Style) -> Self {
        Self(format!("{style}{self}{style:#}"))
    }

    /// Without spaces at its end.
    #[must_use]
    pub(super) fn trimmed(&self) -> Self {
        Self(self.0.trim_end().to_owned())
    }

    /// The first `width` characters, with a mark where something is left out. It has no style.
    pub(super) fn cut(&self, width: usize) -> Self {
        if self.0.chars().count() <= width {
            return self.clone();
        }
        let mut short: String = self.0.chars().take(width.saturating_sub(1)).collect();
        short.push('…');
        Self(short)
    }

    /// Characters, without styles.
    pub(super) fn width(&self) -> usize {
        anstream::adapter::strip_str(&self.0).to_string().chars().count()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&'static str> for SafeLine {
    /// Words of ours.
    fn from(words: &'static str) -> Self {
        Self(words.to_owned())
    }
}

impl AsRef<str> for SafeLine {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SafeLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What may stand in a line as it is.
pub(super) trait SafeToPrint: fmt::Display {}

impl SafeToPrint for SafeLine {}
impl SafeToPrint for &'static str {}
impl SafeToPrint for u32 {}
impl SafeToPrint for u64 {}
impl SafeToPrint for usize {}
impl<T: SafeToPrint> SafeToPrint for &T {}

/// The same value, if it may stand in a line.
pub(super) fn safe<T: SafeToPrint>(value: T) -> T {
    value
}

/// A line of words of ours and of parts that are safe to print: `line!("{} {}", word, SafeLine::of(&name))`. Nothing is
/// taken from the surroundings by its name alone, since that would get past the check.
macro_rules! line {
    ($words:literal $(, $part:expr)* $(,)?) => {
        $crate::report::line::SafeLine::assembled(
            format!(concat!($words) $(, $crate::report::line::safe(&$part))*)
        )
    };
}
pub(super) use line;

/// Lines that grow into a text.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Page(String);

impl Page {
    /// A page of one line.
    pub(super) fn of(line: impl Into<SafeLine>) -> Self {
        let mut page = Self::default();
        page.line(line);
        page
    }

    /// One more line.
    pub(super) fn line(&mut self, line: impl Into<SafeLine>) {
        self.0.push_str(&line.into().0);
        self.0.push('\n');
    }

    /// Further lines.
    pub(super) fn page(&mut self, page: &Self) {
        self.0.push_str(&page.0);
    }

    /// Its lines.
    pub(super) fn lines(&self) -> impl Iterator<Item = SafeLine> {
        self.0.lines().map(|line| SafeLine(line.to_owned()))
    }

    /// The same with a mark of ours for a name, where it stands as a word of its own.
    #[must_use]
    pub(super) fn with_mark(&self, name: &str, mark: &'static str) -> Self {
        let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let mut marked = String::with_capacity(self.0.len());
        let mut rest = self.0.as_str();
        while let Some(at) = rest.find(name) {
            let (before, after) = (&rest[..at], &rest[at + name.len()..]);
            let last = before.chars().next_back().or_else(|| marked.chars().next_back());
            marked.push_str(before);
            // Where it is a part of a longer word it stays, and it was safe as it stood.
            marked.push_str(if is_part(last) || is_part(after.chars().next()) { name } else { mark });
            rest = after;
        }
        marked.push_str(rest);
        Self(marked)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of it, to be written.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// All of it, for whoever prints it.
    pub(super) fn finish(self) -> String {
        self.0
    }
}

/// The lines of a text of several, such as a difference: each is safe, and none begins where it should not.
pub(super) fn lines_of(text: &str) -> impl Iterator<Item = SafeLine> {
    text.lines().map(|line| SafeLine(printable(line)))
}
