//! Tests of cookbooks: what a file of tests declares, and what a test sees of the collection.

pub(super) mod assertions;
pub(super) mod declared;
pub(super) mod expected;
mod guards;
mod inputs;
mod known_text;
mod resource_view;
mod shown;
pub(super) mod view;
pub(super) mod words;
