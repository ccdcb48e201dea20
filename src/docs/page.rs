//! A page of the site before it is laid out.

use super::markdown::Article;

/// Name of the first page's file.
pub const FIRST: &str = "index.html";

/// A page.
pub(super) struct SitePage {
    /// Name without `.html`, as links have it.
    pub(super) name: String,
    /// Heading of the list in which it stands.
    pub(super) group: &'static str,
    pub(super) article: Article,
}

impl SitePage {
    /// The name of its file.
    pub(super) fn file_name(&self) -> String {
        format!("{}.html", self.name)
    }
}
