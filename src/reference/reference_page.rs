//! One page of the reference.

/// Group of the pages of resource types.
pub const TYPES_GROUP: &str = "Resource types";

/// One page of the reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferencePage {
    /// The word that one types to read it: `file`, `exit-codes`.
    pub name: String,
    pub title: String,
    /// The heading that it stands under in a list of all pages.
    pub group: &'static str,
    /// Its text, which begins with the heading.
    pub markdown: String,
}
