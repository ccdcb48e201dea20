//! Floor 6: the reference, as pages of Markdown made from what the code reads. Nothing of it is written twice.

pub mod editor;
mod facts;
mod files;
pub mod glossary;
mod markdown;
mod reference_page;
mod running;
mod topics;
mod types;

pub use reference_page::{ReferencePage, TYPES_GROUP};
pub use types::{card, type_page};

/// All pages, in reading order.
#[must_use]
pub fn pages() -> Vec<ReferencePage> {
    [topics::pages(), vec![facts::page()], files::pages(), running::pages(), types::pages()].concat()
}
