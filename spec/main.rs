//! The specification: one binary, one module for each thing specified.

mod converge;
mod goldens;
mod laws;
mod resources;
