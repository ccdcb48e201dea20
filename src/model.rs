//! Floor 0: the plain words that every other floor speaks. No file, process or terminal is touched here.

pub mod address;
pub mod blob;
pub mod change;
pub mod collection;
pub mod content;
pub mod ending;
pub mod engine;
pub mod english;
pub mod error;
pub mod event;
pub mod executed;
pub mod exit;
pub mod fleet;
pub mod journal;
pub mod known;
pub mod message;
pub mod natural;
pub mod node;
mod notification;
pub mod pattern;
pub mod query;
pub mod redact;
pub mod schema;
pub mod step;
pub mod tree;
