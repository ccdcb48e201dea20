//! How a command ends, told to the shell.

/// Exit codes; documented in the README and in `chefrs help`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Converged, or nothing to do.
    Success = 0,
    Failed = 1,
    /// A plan has changes.
    Changes = 2,
    /// The recipe does not compile, or a file of the project is wrong.
    Compile = 3,
    /// The target can't be reached.
    Unreachable = 4,
    /// Another run holds the target.
    Locked = 5,
    /// Somebody there says no, or is not who was meant.
    Refused = 6,
    /// The options or arguments are wrong.
    Usage = 64,
    Interrupted = 130,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
