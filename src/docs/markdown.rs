//! Converts Markdown to HTML, and extracts the sections for the search.

use std::collections::BTreeSet;

use handlebars::html_escape;
use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// A converted text.
#[derive(Debug, Default)]
pub(super) struct Article {
    /// The first heading.
    pub(super) title: String,
    /// The first paragraph, as plain text.
    pub(super) summary: String,
    pub(super) html: String,
    /// The text below each heading, including the first one.
    pub(super) sections: Vec<Section>,
}

/// A heading with the text below it.
#[derive(Debug, Default)]
pub(super) struct Section {
    /// Anchor in the page. Empty for the page itself.
    pub(super) anchor: String,
    pub(super) title: String,
    /// Plain text, for the search.
    pub(super) text: String,
}

/// Converts a text.
pub(super) fn article(markdown: &str) -> Article {
    let mut article = Article::default();
    let mut events: Vec<Event<'_>> = Parser::new_ext(markdown, Options::ENABLE_TABLES).collect();
    let mut anchors = BTreeSet::new();
    let mut heading: Option<(usize, HeadingLevel)> = None;
    let mut in_summary = false;
    for at in 0..events.len() {
        match &events[at] {
            Event::Start(Tag::Heading { level, .. }) => {
                heading = Some((at, *level));
                article.sections.push(Section::default());
            }
            Event::End(TagEnd::Heading(_)) => {
                let (Some((begin, level)), Some(section)) = (heading.take(), article.sections.last_mut())
                else {
                    continue;
                };
                section.title = section.title.trim().to_owned();
                if level == HeadingLevel::H1 {
                    article.title.clone_from(&section.title);
                } else {
                    section.anchor = anchor(&section.title, &mut anchors);
                    if let Event::Start(Tag::Heading { id, .. }) = &mut events[begin] {
                        *id = Some(CowStr::from(section.anchor.clone()));
                    }
                }
            }
            Event::Start(Tag::Paragraph) if article.sections.len() == 1 && article.summary.is_empty() => {
                in_summary = true;
            }
            Event::End(TagEnd::Paragraph) => in_summary = false,
            Event::Text(text) | Event::Code(text) => {
                if in_summary {
                    article.summary.push_str(text);
                }
                if let Some(section) = article.sections.last_mut() {
                    let into = if heading.is_some() { &mut section.title } else { &mut section.text };
                    into.push_str(text);
                }
            }
            Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::Item | TagEnd::TableCell) => {
                if in_summary {
                    article.summary.push(' ');
                }
                end_word(&mut article);
            }
            _ => {}
        }
        if let Event::End(TagEnd::Paragraph | TagEnd::CodeBlock) = &events[at] {
            end_word(&mut article);
        }
    }
    for section in &mut article.sections {
        section.text = section.text.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    html::push_html(&mut article.html, with_captions(events).into_iter());
    article
}

/// Adds a space, so that the next text is not joined to the last word.
fn end_word(article: &mut Article) {
    if let Some(section) = article.sections.last_mut() {
        section.text.push(' ');
    }
}

/// Adds to each code block a class for its language, and a caption if it is a file. Marks the commands in console
/// blocks.
fn with_captions(events: Vec<Event<'_>>) -> Vec<Event<'_>> {
    let mut shown = Vec::with_capacity(events.len());
    let mut block: Option<CodeBlock> = None;
    for event in events {
        match (event, &block) {
            (Event::Start(Tag::CodeBlock(kind)), _) => {
                let opened = CodeBlock::of(&kind);
                shown.push(Event::Html(opened.begin().into()));
                block = Some(opened);
            }
            (Event::End(TagEnd::CodeBlock), Some(opened)) => {
                shown.push(Event::Html(opened.end().into()));
                block = None;
            }
            (Event::Text(text), Some(opened)) => shown.push(Event::Html(opened.text(&text).into())),
            (other, _) => shown.push(other),
        }
    }
    shown
}

/// A code block.
struct CodeBlock {
    language: String,
    /// Path of the file that it shows. Empty if it shows none.
    path: String,
}

impl CodeBlock {
    fn of(kind: &CodeBlockKind<'_>) -> Self {
        let info = match kind {
            CodeBlockKind::Fenced(info) => info,
            CodeBlockKind::Indented => "",
        };
        let (language, path) = info.split_once(' ').unwrap_or((info, ""));
        Self { language: language.to_owned(), path: path.to_owned() }
    }

    fn begin(&self) -> String {
        let code = format!("<pre class=\"{}\" tabindex=\"0\"><code>", html_escape(&self.language));
        if self.path.is_empty() {
            return code;
        }
        format!("<figure><figcaption>{}</figcaption>{code}", html_escape(&self.path))
    }

    fn end(&self) -> &'static str {
        if self.path.is_empty() { "</code></pre>\n" } else { "</code></pre></figure>\n" }
    }

    /// The HTML of its text. In console blocks, commands are marked.
    fn text(&self, text: &str) -> String {
        if self.language != "console" {
            return html_escape(text);
        }
        let line = |line: &str| match line.strip_prefix("$ ") {
            Some(typed) => {
                let typed = typed.trim_end_matches('\n');
                format!("<span class=\"prompt\">$ </span><b>{}</b>\n", html_escape(typed))
            }
            None => html_escape(line),
        };
        text.split_inclusive('\n').map(line).collect()
    }
}

/// A unique anchor for a heading.
fn anchor(title: &str, taken: &mut BTreeSet<String>) -> String {
    let word = |letter: char| if letter.is_alphanumeric() { letter.to_ascii_lowercase() } else { ' ' };
    let words: String = title.chars().map(word).collect();
    let plain = words.split_whitespace().collect::<Vec<_>>().join("-");
    let mut name = plain.clone();
    let mut number = 1;
    while !taken.insert(name.clone()) {
        number += 1;
        name = format!("{plain}-{number}");
    }
    name
}
