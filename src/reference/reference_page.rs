//! A page of the reference.

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
