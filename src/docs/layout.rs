//! Builds a page around an article: the list of pages, the search box, and links to the previous and next page.

use crate::model::packed;
use handlebars::html_escape;

use super::markdown::{Article, Section};

/// File name of the first page.
pub const FIRST: &str = "index.html";

/// A page.
pub(super) struct SitePage {
    /// Name, without `.html`, as in links.
    pub(super) name: String,
    /// Heading in the list of pages.
    pub(super) group: String,
    pub(super) article: Article,
}

impl SitePage {
    /// File name.
    pub(super) fn file_name(&self) -> String {
        format!("{}.html", self.name)
    }

    /// Its summary, a sentence.
    pub(super) fn summary(&self) -> String {
        let Article { title, summary, .. } = &self.article;
        if summary.is_empty() { format!("The reference of chefrs: {title}") } else { summary.clone() }
    }
}

/// Files that all pages use.
pub(super) const FILES: [&str; 2] = ["style.css", "search.js"];

/// The template of a page.
const PAGE: &str = "page.html";

/// A file of the layout.
pub(super) fn part(name: &str) -> &'static str {
    packed::text("src/docs/layout", name).unwrap_or_default()
}

/// Builds a page.
pub(super) fn page(pages: &[SitePage], at: usize) -> String {
    let page = &pages[at];
    let fills = [
        ("{title}", html_escape(&page.article.title)),
        ("{summary}", html_escape(&page.summary())),
        ("{version}", env!("CARGO_PKG_VERSION").to_owned()),
        ("{pages}", list(pages, at)),
        ("{sections}", sections(page)),
        ("{previous}", at.checked_sub(1).map(|at| way("prev", &pages[at])).unwrap_or_default()),
        ("{next}", pages.get(at + 1).map(|page| way("next", page)).unwrap_or_default()),
    ];
    // The article is inserted last, so that placeholders in it are not replaced.
    let page_text = fills.iter().fold(part(PAGE).to_owned(), |text, (word, fill)| text.replace(word, fill));
    page_text.replacen("{article}", &page.article.html, 1)
}

/// The list of all pages by group. The current one is marked.
fn list(pages: &[SitePage], at: usize) -> String {
    let mut parts = Vec::new();
    let mut group = "";
    for (number, page) in pages.iter().enumerate() {
        if page.group != group {
            if !group.is_empty() {
                parts.push("</ul>\n".to_owned());
            }
            group = &page.group;
            parts.push(format!("<h2>{}</h2>\n<ul>\n", html_escape(group)));
        }
        let mark = if number == at { " aria-current=\"page\"" } else { "" };
        let title = html_escape(&page.article.title);
        parts.push(format!("<li><a href=\"{}\"{mark}>{title}</a></li>\n", page.file_name()));
    }
    parts.concat() + "</ul>\n"
}

/// The list of the sections of a page, if it has several.
fn sections(page: &SitePage) -> String {
    let sections = page.article.sections.iter().filter(|section| !section.anchor.is_empty());
    let item = |section: &Section| {
        format!("<li><a href=\"#{}\">{}</a></li>\n", section.anchor, html_escape(&section.title))
    };
    let items: Vec<String> = sections.map(item).collect();
    if items.len() < 2 { String::new() } else { format!("<ul>\n{}</ul>\n", items.concat()) }
}

fn way(relation: &str, page: &SitePage) -> String {
    let title = html_escape(&page.article.title);
    format!("<a rel=\"{relation}\" href=\"{}\">{title}</a>", page.file_name())
}
