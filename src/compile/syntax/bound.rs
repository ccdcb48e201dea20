//! Names that a file binds: locals, parameters, and variables of loops.

/// What a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Binding {
    /// `local x`, or `local function x`.
    Local,
    /// A parameter, or the variable of a loop.
    Given,
}

/// A name with the part of the file in which it is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct BoundName<'a> {
    pub(super) name: &'a str,
    pub(super) start: usize,
    /// Offset of the end of its block. Zero: it is not known yet.
    pub(super) end: usize,
    pub(super) binding: Binding,
}
