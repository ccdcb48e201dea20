//! Exit codes of chefrs.

/// Exit codes. README and `chefrs help` document them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Converged, or nothing to do.
    Success = 0,
    Failed = 1,
    /// A plan has changes.
    Changes = 2,
    /// A recipe does not compile, or a file of the project is wrong.
    Compile = 3,
    /// The target can't be reached.
    Unreachable = 4,
    /// Another run holds the lock of the target.
    Locked = 5,
    /// The target refused access, or is not the expected machine.
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
