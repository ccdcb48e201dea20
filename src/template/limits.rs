//! Size limits for templates and their output.

/// Most bytes of a template or a partial.
pub const TEXT_LIMIT: usize = 256 * 1024;
/// Most bytes of the output of a template, and of a single helper.
pub const OUTPUT_LIMIT: usize = 4 * 1024 * 1024;
/// Deepest nesting of blocks, including `else if` and the blocks around an included partial.
pub const NESTING_LIMIT: usize = 64;
