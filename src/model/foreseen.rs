//! What a plan foresaw of a run: the changes of each action, and what it left open. A run of a saved plan makes no other
//! changes.

use std::collections::BTreeMap;
use std::mem::take;

use serde::{Deserialize, Serialize};

use super::event::{Event, Outcome};

/// What a plan foresaw.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Foreseen {
    /// The actions that would change something, or of which that is unknown, in the order of their turns.
    pub actions: Vec<ForeseenAction>,
    /// Actions that may be notified: the resource as `type[name]`, and the action.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub may_run: Vec<(String, String)>,
}

/// What a plan foresaw of one action of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForeseenAction {
    /// Index in the collection.
    pub row: usize,
    /// The resource as `type[name]`.
    pub resource: String,
    pub action: String,
    /// The resource until which it is unknown what exactly the action changes, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown_until: Option<String>,
    /// The changes, as they were reported.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<ForeseenChange>,
}

/// A change, as it was reported: secrets are masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForeseenChange {
    /// One line, an imperative.
    pub summary: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diff: Option<String>,
}

impl ForeseenChange {
    /// Whether this was foretold for a change that is about to be made. A diff that was too long to be reported is
    /// compared by its length.
    #[must_use]
    pub fn is_of(&self, summary: &str, diff: Option<&str>) -> bool {
        let same_diff = match (self.diff.as_deref(), diff) {
            (Some(foretold), Some(diff)) => foretold == diff || foretold == not_shown(diff.len()),
            (foretold, diff) => foretold == diff,
        };
        same_diff && (self.summary == summary || has_more_numbers(&self.summary, summary))
    }
}

/// Whether a summary says the same with more numbers. A plan leaves out those that an earlier resource makes: `remove
/// left` for `remove left 1.2`.
fn has_more_numbers(foretold: &str, summary: &str) -> bool {
    let mut left = foretold.split_whitespace().peekable();
    let is_told =
        |word: &str| left.next_if_eq(&word).is_some() || word.starts_with(|c: char| c.is_ascii_digit());
    summary.split_whitespace().all(is_told) && left.next().is_none()
}

/// What stands in place of a diff that is too long to be reported.
#[must_use]
pub fn not_shown(bytes: usize) -> String {
    format!("({bytes} bytes of differences are not shown)")
}

/// Gathers what a plan foresees from its events.
#[derive(Debug, Default)]
pub struct ForeseenSoFar {
    foreseen: Foreseen,
    /// The actions that have not ended yet, by row.
    open: BTreeMap<usize, OpenAction>,
}

#[derive(Debug, Default)]
struct OpenAction {
    changes: Vec<ForeseenChange>,
    /// The resource until which their details are unknown.
    details_until: Option<String>,
}

impl ForeseenSoFar {
    /// Adds an event of the plan.
    pub fn note(&mut self, event: &Event) {
        match event {
            Event::Change { resource, summary, diff, details_until, .. } => {
                let change = ForeseenChange { summary: summary.clone(), diff: diff.clone() };
                let open = self.open.entry(resource.row).or_default();
                open.changes.push(change);
                open.details_until = details_until.clone().or(open.details_until.take());
            }
            Event::ActionFinished { resource, action, outcome, .. } => {
                let OpenAction { changes, details_until } =
                    self.open.remove(&resource.row).unwrap_or_default();
                let unknown_until = match outcome {
                    Outcome::Unknown { until, .. } => Some(until.clone()),
                    _ => details_until,
                };
                if unknown_until.is_some() || !changes.is_empty() {
                    let (row, resource, action) = (resource.row, resource.id.clone(), action.clone());
                    self.foreseen.actions.push(ForeseenAction {
                        row,
                        resource,
                        action,
                        unknown_until,
                        changes,
                    });
                }
            }
            Event::Notified { to, action, uncertain: true, left_out: false, .. } => {
                let pair = (to.clone(), action.clone());
                if !self.foreseen.may_run.contains(&pair) {
                    self.foreseen.may_run.push(pair);
                }
            }
            _ => {}
        }
    }

    /// What was gathered.
    #[must_use]
    pub fn take(&mut self) -> Foreseen {
        take(&mut self.foreseen)
    }
}
