//! A page of the site, before layout.

use super::markdown::Article;

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
