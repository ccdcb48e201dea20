//! Floor 7: generates the documentation site: chapters, the reference, and a search that runs in the browser.
//!
//! The chapters are Markdown files in `docs/chapters`. A spec runs all commands in them.

use serde::Serialize;

use crate::reference::{self, ReferencePage};

mod chapters;
mod layout;
mod markdown;
mod search_names;

use chapters::{CHAPTERS, Chapter};
use layout::SitePage;
use search_names::SEARCH_NAMES;

/// A file of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteFile {
    /// File name. All files of the site are in one directory.
    pub name: String,
    pub text: String,
}

/// A section, for the search.
#[derive(Debug, Serialize)]
struct SearchEntry<'a> {
    /// Its address: `tour.html#mistakes`.
    address: String,
    /// Title of the page.
    page: &'a str,
    /// Title of the section.
    section: &'a str,
    /// Further titles.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    names: &'static [&'static str],
    text: &'a str,
}

pub use layout::FIRST;

/// Files that all pages use.
pub const SHARED: &[&str] = &["style.css", "search.js", "search-index.js"];

/// Generates all files of the site. The first chapter is `index.html`. The pages about the commands are given.
#[must_use]
pub fn site(commands: Vec<ReferencePage>) -> Vec<SiteFile> {
    let pages = pages(commands);
    let mut files: Vec<SiteFile> = (0..pages.len()).map(|at| laid_out(&pages, at)).collect();
    files.push(SiteFile { name: "search-index.js".to_owned(), text: index(&pages) });
    for name in layout::FILES {
        files.push(SiteFile { name: name.to_owned(), text: layout::part(name).to_owned() });
    }
    files
}

fn pages(commands: Vec<ReferencePage>) -> Vec<SitePage> {
    let chapter = |(at, chapter): (usize, &Chapter)| SitePage {
        name: if at == 0 { FIRST.trim_end_matches(".html").to_owned() } else { chapter.name.to_owned() },
        group: chapter.group.to_owned(),
        article: chapter_article(chapter),
    };
    let reference: Vec<ReferencePage> = commands.into_iter().chain(reference::pages()).collect();
    let of_reference = |page: &ReferencePage| SitePage {
        name: format!("reference-{}", page.name),
        group: format!("Reference: {}", page.group),
        article: markdown::article(&with_links(page, &reference)),
    };
    CHAPTERS.iter().enumerate().map(chapter).chain(reference.iter().map(of_reference)).collect()
}

/// The text of a page of the reference, with links where it names the command that prints another page.
fn with_links(page: &ReferencePage, all: &[ReferencePage]) -> String {
    let mut text = page.markdown.clone();
    for other in all.iter().filter(|other| other.name != page.name) {
        for verb in ["help", "resources"] {
            let command = format!("`chefrs {verb} {}`", other.name);
            text = text.replace(&command, &format!("[{command}](reference-{}.html)", other.name));
        }
    }
    text
}

/// The article of a chapter. The title of the file that is a chapter and the policy of the repository says what it is.
fn chapter_article(chapter: &Chapter) -> markdown::Article {
    let markdown = chapter.markdown();
    match markdown.strip_prefix("# Security\n\nchefrs works") {
        Some(rest) => markdown::article(&format!("# Security promises\n\nchefrs works{rest}")),
        None => markdown::article(markdown),
    }
}

fn laid_out(pages: &[SitePage], at: usize) -> SiteFile {
    SiteFile { name: pages[at].file_name(), text: layout::page(pages, at) }
}

/// A script with all sections. A page that was opened with `file://` may load scripts, but not other data.
fn index(pages: &[SitePage]) -> String {
    let mut entries = Vec::new();
    for page in pages {
        for section in &page.article.sections {
            let anchor =
                if section.anchor.is_empty() { String::new() } else { format!("#{}", section.anchor) };
            let address = format!("{}{anchor}", page.file_name());
            entries.push(SearchEntry {
                names: names_of(&address),
                address,
                page: &page.article.title,
                section: &section.title,
                text: &section.text,
            });
        }
    }
    let json = serde_json::to_string(&entries).unwrap_or_default();
    format!("window.searchIndex = {json};\n")
}

/// Further titles of a page or a section.
fn names_of(address: &str) -> &'static [&'static str] {
    SEARCH_NAMES.iter().find(|(known, _)| *known == address).map_or(&[], |(_, names)| names)
}

/// The addresses that have further titles for the search.
pub fn named_addresses() -> impl Iterator<Item = &'static str> {
    SEARCH_NAMES.iter().map(|(address, _)| *address)
}
