//! Floor 6: the reference, as pages of Markdown made from what the code reads. Nothing of it is written twice.

mod markdown;
mod types;

pub use types::{card, type_page};

/// Group of the pages of resource types.
pub const TYPES_GROUP: &str = "Resource types";

/// One page of the reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferencePage {
    /// The word that one types to read it: `file`, `exit-codes`.
    pub name: String,
    /// Its heading.
    pub title: String,
    /// The heading that it stands under in a list of all pages.
    pub group: &'static str,
    /// Its text, which begins with the heading.
    pub markdown: String,
}

/// All pages, in reading order.
#[must_use]
pub fn pages() -> Vec<ReferencePage> {
    types::pages()
}
