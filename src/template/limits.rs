//! How large a template may be, and what it renders to.

/// Most bytes of one template or partial.
pub const TEXT_LIMIT: usize = 256 * 1024;
/// Most bytes that a template may render to, and that one word in it may give.
pub const OUTPUT_LIMIT: usize = 4 * 1024 * 1024;
/// Most blocks inside each other, `else if` and the blocks around an included partial counted.
pub const NESTING_LIMIT: usize = 64;
