//! What became of one command on one machine.

use serde::Serialize;

use super::error::Failure;
use super::exit::Exit;

/// The result of a command that was asked for by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Executed {
    /// The machine's name.
    pub target: String,
    /// In a word.
    pub outcome: Outcome,
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

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It ended with 0.
    Succeeded,
    /// It ended otherwise, or could not be started.
    Failed,
    /// The machine could not be reached, or was lost.
    Unreachable,
    /// It was not begun, because somebody interrupted.
    NotStarted,
}

/// The exit code of the whole: failed before unreachable, and interrupted before both.
#[must_use]
pub fn exit(outcomes: &[Outcome]) -> Exit {
    let weighed = [
        (Outcome::NotStarted, Exit::Interrupted),
        (Outcome::Failed, Exit::Failed),
        (Outcome::Unreachable, Exit::Unreachable),
    ];
    let found = weighed.into_iter().find(|(outcome, _)| outcomes.contains(outcome));
    found.map_or(Exit::Success, |(_, exit)| exit)
}
