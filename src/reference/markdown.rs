//! What pages are put together from: headings, lists whose items begin with a name, code.

use serde_json::Value;

/// Text that grows into a page.
#[derive(Debug, Default)]
pub(super) struct PageText(String);

impl PageText {
    /// A page with its title.
    pub(super) fn titled(title: &str) -> Self {
        Self(format!("# {title}\n"))
    }

    /// A heading inside of the page.
    pub(super) fn heading(&mut self, words: &str) {
        self.block(&format!("## {words}"));
    }

    /// Paragraphs, with an empty line between each.
    pub(super) fn prose(&mut self, text: &str) {
        self.block(text);
    }

    /// Names with what is to be said of each.
    pub(super) fn items(&mut self, items: impl IntoIterator<Item = NamedItem>) {
        let items: Vec<String> = items.into_iter().map(NamedItem::text).collect();
        self.block(&items.join("\n"));
    }

    /// A block of code.
    pub(super) fn code(&mut self, language: &str, code: &str) {
        self.block(&format!("```{language}\n{}\n```", code.trim_matches('\n')));
    }

    /// The finished text.
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

/// An item of a list: a name, what it takes, and what it means.
#[derive(Debug, Default)]
pub(super) struct NamedItem {
    /// The word, without quotes.
    pub(super) name: String,
    /// What stands beside it.
    pub(super) beside: String,
    /// Further paragraphs.
    pub(super) below: String,
}

impl NamedItem {
    /// A name and one sentence.
    pub(super) fn line(name: &str, sentence: &str) -> Self {
        Self { name: name.to_owned(), beside: sentence.to_owned(), below: String::new() }
    }

    fn text(self) -> String {
        let mut text = format!("- {}: {}", quoted(&self.name), self.beside);
        for (index, paragraph) in self.below.split("\n\n").filter(|part| !part.is_empty()).enumerate() {
            text.push_str(if index == 0 { "\n  " } else { "\n\n  " });
            text.push_str(paragraph);
        }
        text
    }
}

/// A word as code, whatever it holds.
pub(super) fn quoted(word: &str) -> String {
    if word.contains('`') { format!("`` {word} ``") } else { format!("`{word}`") }
}

/// A value as a recipe writes it.
pub(super) fn lua(value: &Value) -> String {
    match value {
        Value::Null => "nil".into(),
        Value::Array(items) if items.is_empty() => "{}".into(),
        Value::Array(items) => format!("{{ {} }}", items.iter().map(lua).collect::<Vec<_>>().join(", ")),
        Value::Object(map) if map.is_empty() => "{}".into(),
        Value::Object(map) => {
            let entry = |(key, value): (&String, &Value)| format!("{} = {}", key_text(key), lua(value));
            format!("{{ {} }}", map.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

fn key_text(key: &str) -> String {
    let is_name = key.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_name { key.to_owned() } else { format!("[{}]", Value::from(key)) }
}

/// Words as code, with commas between.
pub(super) fn names<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.map(quoted).collect::<Vec<_>>().join(", ")
}
