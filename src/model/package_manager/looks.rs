//! How a shell looks at a package, for scripts that work without chefrs.

/// Pieces of POSIX shell. In each, `$1` is the name of a package. They change nothing.
#[derive(Debug)]
pub struct PackageLooks {
    /// Succeeds if the package is installed, or another one that provides it.
    pub installed: &'static str,
    /// Prints the version of an installed package in all forms in which it may be declared, a line each.
    pub version: &'static str,
    /// Succeeds if a newer version of an installed package is on offer.
    pub outdated: &'static str,
    /// Succeeds if the package is held at its version.
    pub held: &'static str,
}
