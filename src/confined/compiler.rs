//! Which program compiles, and what it may use.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
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
        let mut executable = PathBuf::from("/proc/self/exe");
        if !executable.exists() {
            // Where /proc is missing, it is the file that it was started from.
            executable = OsStr::from_bytes(rustix::param::linux_execfn().to_bytes()).into();
        }
        Self { executable, limits: Limits::default() }
    }
}
