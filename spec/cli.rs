//! The words that can be typed, and what comes back.

mod color;
mod facts;
mod generated;
mod help;
mod pipe;
pub(crate) mod program;
mod resources;
mod usage;
