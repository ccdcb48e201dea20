//! Which program compiles, and what it may use.

use std::path::PathBuf;

use crate::compile::Limits;

/// How a compile is confined.
#[derive(Debug, Clone)]
pub struct Compiler {
    /// This program.
    pub executable: PathBuf,
    /// What a compile may use.
    pub limits: Limits,
}

impl Default for Compiler {
    /// The program that runs now, even if its file was replaced since.
    fn default() -> Self {
        Self { executable: "/proc/self/exe".into(), limits: Limits::default() }
    }
}
