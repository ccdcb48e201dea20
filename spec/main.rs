//! The specification: one binary, one module for each thing specified.

#![expect(unreachable_pub, reason = "a spec has no outside")]

mod compile;
mod converge;
mod errors;
mod goldens;
mod laws;
mod resources;
mod sandbox;
