//! The program that compiles, and its limits.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;

use crate::compile::Limits;

/// The settings of a sandboxed compile.
#[derive(Debug, Clone)]
pub struct Compiler {
    /// The executable of chefrs.
    pub executable: PathBuf,
    /// Limits of a compile.
    pub limits: Limits,
}

impl Default for Compiler {
    /// Uses the running program, even if its file was replaced since.
    fn default() -> Self {
        let mut executable = PathBuf::from("/proc/self/exe");
        if !executable.exists() {
            // Without /proc, use the path that it was started with.
            executable = OsStr::from_bytes(rustix::param::linux_execfn().to_bytes()).into();
        }
        Self { executable, limits: Limits::default() }
    }
}
