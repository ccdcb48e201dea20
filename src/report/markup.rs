//! Safe XML and HTML. Data becomes text or an attribute only through this module, which escapes it. So data can't open
//! or close elements, and has no characters that XML forbids or that control the text around them.

use crate::model::english::acts_on_text;

/// A growing document of literal markup and escaped data.
#[derive(Debug, Default)]
pub(super) struct Markup(String);

/// Attributes: literal names, and arbitrary values.
pub(super) type MarkupAttributes<'a> = &'a [(&'static str, &'a str)];

impl Markup {
    /// Writes an element with content.
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

    /// Writes an element that contains only text.
    pub(super) fn leaf(
        &mut self,
        name: &'static str,
        attributes: MarkupAttributes<'_>,
        text: impl AsRef<str>,
    ) {
        self.element(name, attributes, |inner| inner.text(text));
    }

    /// Writes an element without content.
    pub(super) fn empty(&mut self, name: &'static str, attributes: MarkupAttributes<'_>) {
        self.open(name, attributes);
        self.0.push_str("/>");
    }

    /// Writes text.
    pub(super) fn text(&mut self, data: impl AsRef<str>) {
        self.escaped(data.as_ref(), false);
    }

    /// Writes literal markup.
    pub(super) fn literal(&mut self, markup: &'static str) {
        self.0.push_str(markup);
    }

    /// Returns the document.
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
                // In an attribute, parsers convert these to spaces.
                '\n' if in_attribute => self.0.push_str("&#10;"),
                '\t' if in_attribute => self.0.push_str("&#9;"),
                '\n' | '\t' => self.0.push(c),
                // XML forbids these two.
                '\u{fffe}' | '\u{ffff}' => self.0.extend(c.escape_unicode()),
                _ if acts_on_text(c) => self.0.extend(c.escape_unicode()),
                _ => self.0.push(c),
            }
        }
    }
}
