//! The specification: one binary, one module for each thing specified.

mod facts;
mod local;
