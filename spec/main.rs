//! The specification: one binary, one module for each thing specified.

#![expect(unreachable_pub, reason = "a spec has no outside")]
#![expect(clippy::unwrap_used, reason = "a spec whose ground is missing fails")]

mod cli;
mod compile;
mod converge;
mod errors;
mod facts;
mod faults;
mod goldens;
mod house;
mod laws;
mod local;
mod readme;
mod report;
mod resources;
mod sandbox;
mod throwaway;
