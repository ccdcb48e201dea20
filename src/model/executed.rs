//! What became of one command on one machine.

use serde::Serialize;

use super::ending::Ending;
use super::error::Failure;

/// The result of a command that was asked for by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Executed {
    pub target: String,
    pub outcome: Ending,
    /// What it printed on both streams, line by line as it came; control characters made visible.
    pub output: Vec<String>,
    /// Lines that were not kept, because there were too many.
    #[serde(skip_serializing_if = "is_none")]
    pub dropped: usize,
    /// Why it went wrong; for a command that failed, with its status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// Milliseconds, the way there included.
    pub milliseconds: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the serializer hands a reference")]
fn is_none(count: &usize) -> bool {
    *count == 0
}
