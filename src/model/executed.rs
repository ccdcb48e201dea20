//! The result of a command on one machine.

use serde::Serialize;

use super::ending::Ending;
use super::error::Failure;

/// The result of `chefrs exec` on one machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Executed {
    pub target: String,
    pub outcome: Ending,
    /// Lines of standard output and standard error in the order of arrival, with visible control characters.
    pub output: Vec<String>,
    /// Number of lines that were dropped because there were too many.
    #[serde(skip_serializing_if = "is_none")]
    pub dropped: usize,
    /// Why it failed. For a command that failed: with its exit status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// Duration in milliseconds, including the connection.
    pub milliseconds: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the serializer hands a reference")]
fn is_none(count: &usize) -> bool {
    *count == 0
}
