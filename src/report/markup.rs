//! The one way from data to XML and HTML. Whatever is put into a text or an attribute is data: it can't end an element or
//! begin one, and has nothing in it that XML does not allow or that acts on the text around it.

use crate::model::english::acts_on_text;

/// Markup that grows: words of ours, and data that was made safe.
#[derive(Debug, Default)]
pub(super) struct Markup(String);

/// Names of ours, and values that may be anything.
pub(super) type MarkupAttributes<'a> = &'a [(&'static str, &'a str)];

impl Markup {
    /// An element with something in it.
    pub(super) fn element(
        &mut self,
        name: &'static str,
        attributes: MarkupAttributes<'_>,
        inner: impl FnOnce(&mut Self),
    ) {
        self.open(name, attributes);
        self.0.push('>');
        inner(self);
        for part in ["</", name, ">"] {
            self.0.push_str(part);
        }
    }

    /// An element with a text in it, and nothing else.
    pub(super) fn leaf(
        &mut self,
        name: &'static str,
        attributes: MarkupAttributes<'_>,
        text: impl AsRef<str>,
    ) {
        self.element(name, attributes, |inner| inner.text(text));
    }

    /// An element with nothing in it.
    pub(super) fn empty(&mut self, name: &'static str, attributes: MarkupAttributes<'_>) {
        self.open(name, attributes);
        self.0.push_str("/>");
    }

    /// A text.
    pub(super) fn text(&mut self, data: impl AsRef<str>) {
        self.escaped(data.as_ref(), false);
    }

    /// Markup of ours.
    pub(super) fn ours(&mut self, markup: &'static str) {
        self.0.push_str(markup);
    }

    /// All of it.
    pub(super) fn finish(self) -> String {
        self.0
    }

    fn open(&mut self, name: &'static str, attributes: MarkupAttributes<'_>) {
        self.0.push('<');
        self.0.push_str(name);
        for (attribute, value) in attributes {
            for part in [" ", attribute, "=\""] {
                self.0.push_str(part);
            }
            self.escaped(value, true);
            self.0.push('"');
        }
    }

    fn escaped(&mut self, data: &str, in_attribute: bool) {
        for c in data.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                // In an attribute they would be read as spaces.
                '\n' if in_attribute => self.0.push_str("&#10;"),
                '\t' if in_attribute => self.0.push_str("&#9;"),
                '\n' | '\t' => self.0.push(c),
                // No XML has these two.
                '\u{fffe}' | '\u{ffff}' => self.0.extend(c.escape_unicode()),
                _ if acts_on_text(c) => self.0.extend(c.escape_unicode()),
                _ => self.0.push(c),
            }
        }
    }
}
