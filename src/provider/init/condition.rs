//! Conditions that keep systemd from starting a unit.

use std::fmt;

use crate::model::change::Change;
use crate::model::english::printable;
use crate::model::known::{Known, Stop};
use crate::model::query::{Answer, CommandResult, Query};
use crate::model::step::Command;

/// Timeout of systemd-analyze(1), in seconds.
const TIMEOUT: u64 = 10;

/// A condition that is not met, as in the unit: `ConditionPathExists=/srv/key`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UnmetCondition(String);

impl UnmetCondition {
    /// Whether the condition means that the work is done: its result exists, or this is not the first boot.
    pub(super) fn says_done(&self) -> bool {
        let (name, value) = self.0.split_once('=').unwrap_or((&self.0, ""));
        matches!(name, "ConditionFirstBoot" | "ConditionNeedsUpdate")
            || value.trim_start_matches('|').starts_with('!')
    }
}

impl fmt::Display for UnmetCondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable(&self.0))
    }
}

/// Query for the conditions of a unit that are met now. Needs systemd 250.
pub(super) fn question(unit: &str) -> Query {
    let argv = ["systemd-analyze", "condition", &format!("--unit={unit}")];
    Query::Command(Box::new(Command { timeout: TIMEOUT, ..Command::new(argv) }))
}

/// Predicts that all conditions of the unit will be met.
pub(super) fn counted_on(change: Change, unit: &str) -> Change {
    change.then(question(unit), Answer::Command(CommandResult::default()))
}

/// The conditions of a unit that are not met now, as far as that is known.
///
/// # Errors
/// It was not asked yet.
pub(super) fn unmet(unit: &str, known: &Known) -> Result<Vec<UnmetCondition>, Stop> {
    let question = question(unit);
    known.want([question.clone()])?;
    // Pending changes may alter the answer, but the start is planned either way.
    match known.now(&question).or_else(|| known.peek(&question)) {
        Some(Answer::Command(result)) => Ok(read(unit, result)),
        _ => Ok(Vec::new()),
    }
}

/// Parses the output of systemd-analyze: `x.service: ConditionPathExists=/srv/key failed.`
fn read(unit: &str, result: &CommandResult) -> Vec<UnmetCondition> {
    let lines = result.stdout.lines().chain(result.stderr.lines());
    let conditions = lines
        .filter_map(|line| line.strip_prefix(unit)?.strip_prefix(": ")?.strip_suffix(" failed."))
        .filter(|text| text.contains('=') && (text.starts_with("Condition") || text.starts_with("Assert")));
    conditions.map(|text| UnmetCondition(text.to_owned())).collect()
}
