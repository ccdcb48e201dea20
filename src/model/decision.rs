//! Decisions of a user about changes, in a run that asks before each of them.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How long a run waits for a decision. After that it ends as if it were interrupted: it holds the machine.
pub const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// Whether the changes of a resource are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// They are made.
    Yes,
    /// They are not made. The run goes on.
    No,
    /// They are made, and so is everything after them.
    All,
    /// They are not made, and the run ends.
    Quit,
}

/// The decision about one question of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    /// Number of the question, from 1.
    pub question: u64,
    pub decision: Decision,
}
