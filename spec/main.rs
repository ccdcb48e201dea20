//! The specification: one binary, one module for each thing specified.

mod cli;
mod converge;
mod goldens;
mod house;
mod laws;
mod report;
mod resources;
