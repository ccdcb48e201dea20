//! How a text is laid out.

/// How a text is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    Short,
    /// Lists and maps over several lines.
    Pretty,
}
