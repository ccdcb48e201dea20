//! Floor 6: generates the reference as Markdown pages from the tables that the code uses.

mod commands;
pub mod editor;
mod facts;
mod files;
pub mod glossary;
mod markdown;
mod running;
mod tests_page;
mod topics;
mod types;

pub use commands::{CommandArgument, CommandCard, command_pages};
pub use markdown::{ReferencePage, TYPES_GROUP};
pub use types::{card, type_page};

/// All pages, in reading order.
#[must_use]
pub fn pages() -> Vec<ReferencePage> {
    let first = [topics::pages(), vec![tests_page::tests(), facts::page()]].concat();
    [first, files::pages(), running::pages(), types::pages()].concat()
}
