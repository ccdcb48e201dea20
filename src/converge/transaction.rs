//! Adjacent package resources of one manager, action and options: one transaction.

use crate::model::change::Change;
use crate::model::collection::Timing;
use crate::model::event::{Mode, Outcome};
use crate::model::journal::Debt;
use crate::model::step::{Command, Step};

use super::engine::Engine;

/// A row that takes part; without a change it is up to date.
struct Member {
    row: usize,
    change: Option<Change>,
}

/// What became of rows that were converged together.
pub(super) struct Together {
    /// How many, from the head of the list.
    pub(super) rows: usize,
    /// Whether any was updated.
    pub(super) updated: bool,
    /// Whether any failed.
    pub(super) failed: bool,
}

/// Whether a row may share a transaction.
enum Joining {
    Apart,
    UpToDate,
    Changing(Change),
}

impl Engine<'_> {
    /// Converges the package resources at the head of the list together, if there are at least two to be changed by
    /// the same command.
    pub(super) fn transaction(&mut self, rows: &[usize]) -> Option<Together> {
        if self.options.mode == Mode::Plan || self.row(rows[0]).r#type != "package" {
            return None;
        }
        let mut members: Vec<Member> = Vec::new();
        let mut command: Option<Command> = None;
        for &row in rows {
            let change = match self.joining(row) {
                Joining::Apart => break,
                Joining::UpToDate => None,
                Joining::Changing(change) => Some(change),
            };
            if let Some(Step::Packages { command: wanted, .. }) =
                change.as_ref().and_then(|c| c.steps.first())
                && command.get_or_insert_with(|| wanted.clone()) != wanted
            {
                break;
            }
            // What must happen right after this one comes before the next.
            let last = self.row(row).notifies.iter().any(|n| n.timing == Timing::Immediately);
            members.push(Member { row, change });
            if last {
                break;
            }
        }
        let changing = members.iter().filter(|member| member.change.is_some()).count();
        if changing < 2 {
            return None;
        }
        let rows = members.len();
        let before = self.failures.len();
        let updated = self.commit(members);
        Some(Together { rows, updated, failed: self.failures.len() > before })
    }

    fn joining(&mut self, row: usize) -> Joining {
        let declared = self.row(row);
        let plain = declared.r#type == "package"
            && declared.only_if.is_empty()
            && declared.not_if.is_empty()
            && declared.retries == 0
            && !declared.ignore_failure
            && declared.notifies.iter().all(|n| n.timing != Timing::Before);
        let [action] = declared.actions.as_slice() else { return Joining::Apart };
        if !plain || action == "nothing" {
            return Joining::Apart;
        }
        // Whatever is wrong with it is told at its own turn.
        let Ok(planner) = self.load(row) else { return Joining::Apart };
        if planner.check(action).is_err() {
            return Joining::Apart;
        }
        let Ok(wanted) = self.know.plan(planner.as_ref(), action) else { return Joining::Apart };
        let mut changes = wanted.changes;
        match changes.as_slice() {
            [] => Joining::UpToDate,
            [Change { steps, .. }] if matches!(steps.as_slice(), [Step::Packages { .. }]) => {
                changes.pop().map_or(Joining::Apart, Joining::Changing)
            }
            _ => Joining::Apart,
        }
    }

    /// Whether any was updated.
    fn commit(&mut self, members: Vec<Member>) -> bool {
        let mut all: Option<Step> = None;
        let mut leader = members[0].row;
        for member in &members {
            let Some(Step::Packages { packages: more, .. }) =
                member.change.as_ref().and_then(|c| c.steps.first())
            else {
                continue;
            };
            if let Some(Step::Packages { packages, .. }) = &mut all {
                for name in more {
                    if !packages.contains(name) {
                        packages.push(name.clone());
                    }
                }
            } else {
                all = member.change.as_ref().and_then(|change| change.steps.first().cloned());
                leader = member.row;
            }
        }
        let Some(step) = all else { return false };
        let action = self.row(leader).actions[0].clone();
        for member in &members {
            let resource = self.reference(member.row);
            self.started(resource.clone(), &action, None);
            if let Some(change) = &member.change {
                self.announce(&resource, change, false);
            }
        }
        let resource = self.reference(leader);
        let changing: Vec<usize> =
            members.iter().filter(|member| member.change.is_some()).map(|member| member.row).collect();
        let fresh = self.due(&changing);
        let mut failure = self.record(&fresh).and_then(|()| self.step(&resource, &step)).err();
        let (came, missing): (Vec<usize>, Vec<usize>) =
            changing.into_iter().partition(|&row| self.settled(row, &action));
        // The custom resource around them all has changed if one of them has.
        let ids: Vec<String> = missing.iter().map(|&row| self.row(row).id()).collect();
        let unearned: Vec<Debt> =
            fresh.into_iter().filter(|debt| came.is_empty() || ids.contains(&debt.from)).collect();
        self.strike(&unearned);
        for member in &members {
            let outcome = match (&member.change, came.contains(&member.row)) {
                (None, _) => Outcome::UpToDate,
                (Some(_), true) => Outcome::Updated,
                (Some(_), false) => match failure.take() {
                    Some(failure) => Outcome::Failed { failure, ignored: false },
                    None => Outcome::NotRun {
                        reason: format!("it was to be installed together with {}, which failed", resource.id),
                    },
                },
            };
            self.finished(member.row, &action, outcome);
        }
        if let Some(failure) = failure {
            // The command failed although every package is where it shall be.
            self.finished(leader, &action, Outcome::Failed { failure, ignored: false });
        }
        !came.is_empty()
    }

    fn settled(&mut self, row: usize, action: &str) -> bool {
        let Ok(planner) = self.load(row) else { return false };
        self.know.plan(planner.as_ref(), action).is_ok_and(|planned| planned.changes.is_empty())
    }
}
