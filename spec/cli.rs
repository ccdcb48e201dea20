//! The words that can be typed, and what comes back.

mod again;
mod check;
mod color;
mod compile;
mod cookbook;
mod exec;
mod explain;
mod facts;
mod fleet;
mod generated;
mod help;
mod interrupt;
pub(crate) mod killed;
mod lock;
mod log;
mod no_commands;
mod nodes;
mod owners;
mod pipe;
mod planned;
pub(crate) mod program;
mod resources;
mod run;
mod secrets;
mod sources;
mod status;
mod usage;
