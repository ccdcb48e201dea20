//! Size limits for a project and its cookbooks.

/// Most bytes of a text file: a recipe, a template, a manifest.
pub(super) const TEXT_LIMIT: u64 = 256 * 1024;
/// Most bytes of a file that becomes part of the collection. A larger one becomes a blob.
pub(super) const INLINE_LIMIT: u64 = 64 * 1024;
/// Most files in a directory that is copied.
pub(super) const TREE_LIMIT: usize = 20_000;
