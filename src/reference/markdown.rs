//! Builds Markdown pages: headings, lists of names, code.

/// Group of the pages about resource types.
pub const TYPES_GROUP: &str = "Resource types";

/// A page of the reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferencePage {
    /// Name for `chefrs help`: `file`, `exit-codes`.
    pub name: String,
    pub title: String,
    /// Heading in the list of pages.
    pub group: &'static str,
    /// Markdown text, which starts with the title.
    pub markdown: String,
}

/// The text of a page.
#[derive(Debug, Default)]
pub(super) struct PageText(String);

impl PageText {
    /// Starts a page with its title.
    pub(super) fn titled(title: &str) -> Self {
        Self(format!("# {title}\n"))
    }

    /// Adds a heading.
    pub(super) fn heading(&mut self, words: &str) {
        self.block(&format!("## {words}"));
    }

    /// Adds paragraphs, separated by empty lines.
    pub(super) fn prose(&mut self, text: &str) {
        self.block(text);
    }

    /// Adds a list of items.
    pub(super) fn items(&mut self, items: impl IntoIterator<Item = NamedItem>) {
        let items: Vec<String> = items.into_iter().map(NamedItem::text).collect();
        self.block(&items.join("\n"));
    }

    /// Adds a code block.
    pub(super) fn code(&mut self, language: &str, code: &str) {
        self.block(&format!("```{language}\n{}\n```", code.trim_matches('\n')));
    }

    /// Returns the text.
    pub(super) fn finish(self) -> String {
        self.0
    }

    fn block(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.0.push('\n');
        self.0.push_str(text);
        self.0.push('\n');
    }
}

/// An item of a list.
#[derive(Debug, Default)]
pub(super) struct NamedItem {
    /// The name, without quotes.
    pub(super) name: String,
    /// Text beside the name.
    pub(super) beside: String,
    /// More paragraphs.
    pub(super) below: String,
    /// What it consists of: a list below the paragraphs.
    pub(super) parts: Vec<NamedItem>,
}

impl NamedItem {
    /// Creates an item from a name and a sentence.
    pub(super) fn line(name: &str, sentence: &str) -> Self {
        Self { name: name.to_owned(), beside: sentence.to_owned(), ..Self::default() }
    }

    fn text(self) -> String {
        let mut text = format!("- {}: {}", quoted(&self.name), self.beside);
        for (index, paragraph) in self.below.split("\n\n").filter(|part| !part.is_empty()).enumerate() {
            text.push_str(if index == 0 { "\n  " } else { "\n\n  " });
            text.push_str(paragraph);
        }
        for part in self.parts {
            for line in part.text().lines() {
                text.push_str(if line.is_empty() { "\n" } else { "\n  " });
                text.push_str(line);
            }
        }
        text
    }
}

/// Formats a word as inline code, whatever characters it has.
pub(super) fn quoted(word: &str) -> String {
    if word.contains('`') { format!("`` {word} ``") } else { format!("`{word}`") }
}

/// Formats words as inline code, separated by commas.
pub(super) fn names<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.map(quoted).collect::<Vec<_>>().join(", ")
}
