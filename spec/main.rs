//! The specification: one binary, one module for each thing specified.

#![expect(unreachable_pub, reason = "a spec has no outside")]

mod converge;
mod cookbook;
mod facts;
mod goldens;
mod laws;
mod local;
mod resources;
mod template;
mod throwaway;
