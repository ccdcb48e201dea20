//! How large may be what a project and its cookbooks hold.

/// Most bytes of a text that is read: a recipe, a template, a manifest.
pub(super) const TEXT_LIMIT: u64 = 256 * 1024;
/// Most bytes of a file that stands in the collection itself.
pub(super) const INLINE_LIMIT: u64 = 64 * 1024;
/// Most files of a tree.
pub(super) const TREE_LIMIT: usize = 20_000;
