//! YAML, as text and as data.

pub(super) use reader::read;
pub(super) use writer::write;

mod reader;
mod writer;
