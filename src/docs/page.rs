//! A page of the site before it is laid out.

use super::markdown::Article;

/// Name of the first page's file.
pub const FIRST: &str = "index.html";

/// A page.
pub(super) struct SitePage {
    /// Name without `.html`, as links have it.
    pub(super) name: String,
    /// Heading of the list in which it stands.
    pub(super) group: String,
    pub(super) article: Article,
}

impl SitePage {
    /// The name of its file.
    pub(super) fn file_name(&self) -> String {
        format!("{}.html", self.name)
    }

    /// What it is about, in a sentence.
    pub(super) fn summary(&self) -> String {
        let Article { title, summary, .. } = &self.article;
        if summary.is_empty() { format!("The reference of chefrs: {title}") } else { summary.clone() }
    }
}
