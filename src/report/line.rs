//! Safe lines for text reports. Data from machines, cooks or strangers can only become a line through this module,
//! which makes control characters visible. So data can't control a terminal or forge a line.

use std::fmt;

use anstyle::Style;

use crate::model::english::{self, one_line, printable, quoted_line};

/// A line, or a part of one, that is safe to print: literal text and escaped data.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SafeLine(String);

impl SafeLine {
    /// Escapes data for one line: a name, a sentence, a path.
    pub(super) fn of(data: impl AsRef<str>) -> Self {
        Self(one_line(data.as_ref()))
    }

    /// Escapes a line of output or of a file. Tabs stay.
    pub(super) fn quoted(data: &str) -> Self {
        Self(quoted_line(data))
    }

    /// A count with its noun: `1 resource`, `2 resources`.
    pub(super) fn count(n: usize, noun: &'static str) -> Self {
        Self(english::count(n, noun))
    }

    /// A list: `a`, `a and b`, `a, b, and c`.
    pub(super) fn list(items: &[Self], conjunction: &'static str) -> Self {
        Self(english::list(items, conjunction))
    }

    /// Joins lines with a separator.
    pub(super) fn join(items: &[Self], between: &'static str) -> Self {
        let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
        Self(items.join(between))
    }

    /// A number of spaces.
    pub(super) fn space(columns: usize) -> Self {
        Self(" ".repeat(columns))
    }

    /// For [`line!`](super::line::line) only, whose parts are safe.
    pub(super) fn assembled(line: String) -> Self {
        Self(line)
    }

    /// Removes a prefix. None if the line does not start with it.
    pub(super) fn after(&self, word: &str) -> Option<Self> {
        Some(Self(self.0.strip_prefix(word)?.strip_prefix(' ')?.to_owned()))
    }

    /// Applies a style.
    #[must_use]
    pub(super) fn painted(self, style: Style) -> Self {
        Self(format!("{style}{self}{style:#}"))
    }

    /// Removes spaces at the end.
    #[must_use]
    pub(super) fn trimmed(&self) -> Self {
        Self(self.0.trim_end().to_owned())
    }

    /// The first `width` characters, with an ellipsis if text is left out. Without styles.
    pub(super) fn cut(&self, width: usize) -> Self {
        if self.0.chars().count() <= width {
            return self.clone();
        }
        let mut short: String = self.0.chars().take(width.saturating_sub(1)).collect();
        short.push('…');
        Self(short)
    }

    /// Number of characters, without styles.
    pub(super) fn width(&self) -> usize {
        anstream::adapter::strip_str(&self.0).to_string().chars().count()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&'static str> for SafeLine {
    /// Literal text is safe.
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

/// Types that may be part of a line.
pub(super) trait SafeToPrint: fmt::Display {}

impl SafeToPrint for SafeLine {}
impl SafeToPrint for &'static str {}
impl SafeToPrint for u32 {}
impl SafeToPrint for u64 {}
impl SafeToPrint for usize {}
impl<T: SafeToPrint> SafeToPrint for &T {}

/// Returns the value, if its type may be part of a line.
pub(super) fn safe<T: SafeToPrint>(value: T) -> T {
    value
}

/// Formats a line from literal text and safe parts: `line!("{} {}", word, SafeLine::of(&name))`. Captured arguments
/// such as `{name}` are not supported, because they would bypass the type check.
macro_rules! line {
    ($words:literal $(, $part:expr)* $(,)?) => {
        $crate::report::line::SafeLine::assembled(
            format!(concat!($words) $(, $crate::report::line::safe(&$part))*)
        )
    };
}
pub(super) use line;

/// A text of safe lines.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Page(String);

impl Page {
    /// A page of one line.
    pub(super) fn of(line: impl Into<SafeLine>) -> Self {
        let mut page = Self::default();
        page.line(line);
        page
    }

    /// Adds a line.
    pub(super) fn line(&mut self, line: impl Into<SafeLine>) {
        self.0.push_str(&line.into().0);
        self.0.push('\n');
    }

    /// Adds all lines of another page.
    pub(super) fn page(&mut self, page: &Self) {
        self.0.push_str(&page.0);
    }

    /// The lines.
    pub(super) fn lines(&self) -> impl Iterator<Item = SafeLine> {
        self.0.lines().map(|line| SafeLine(line.to_owned()))
    }

    /// Replaces a name with a mark, if it is a word of its own.
    #[must_use]
    pub(super) fn with_mark(&self, name: &str, mark: &'static str) -> Self {
        let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let mut marked = String::with_capacity(self.0.len());
        let mut rest = self.0.as_str();
        while let Some(at) = rest.find(name) {
            let (before, after) = (&rest[..at], &rest[at + name.len()..]);
            let last = before.chars().next_back().or_else(|| marked.chars().next_back());
            marked.push_str(before);
            // A part of a longer word stays as it is.
            marked.push_str(if is_part(last) || is_part(after.chars().next()) { name } else { mark });
            rest = after;
        }
        marked.push_str(rest);
        Self(marked)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text, for writing.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, for printing.
    pub(super) fn finish(self) -> String {
        self.0
    }
}

/// The lines of a text with several, such as a diff. Each one is escaped.
pub(super) fn lines_of(text: &str) -> impl Iterator<Item = SafeLine> {
    text.lines().map(|line| SafeLine(printable(line)))
}
