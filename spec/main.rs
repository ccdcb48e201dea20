//! The specification: one binary, one module for each thing specified.

mod cli;
mod golden;
mod house;
mod report;
