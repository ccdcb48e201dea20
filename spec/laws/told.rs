//! What a run tells adds up: attempts, notifications, what a failure keeps from running, and the counts at the end.

use std::collections::{BTreeMap, BTreeSet};

use chefrs::model::collection::{Collection, Row};
use chefrs::model::event::{Event, Outcome, ResourceRef};

use super::case::{Case, run};
use super::law::{hold, machine};
use crate::truth;

/// The events of a run of its own.
fn told(case: &Case) -> Vec<Event> {
    run(&case.collection, &mut machine(case)).events
}

fn with_events(mut wrong: Vec<String>, events: &[Event]) -> Vec<String> {
    if !wrong.is_empty() {
        wrong.extend(truth::outcomes("the run", events));
    }
    wrong
}

/// The parts of a run, with restarts of the machine between them.
fn parts(events: &[Event]) -> Vec<&[Event]> {
    let begins = |event: &Event| matches!(event, Event::RunStarted { .. });
    let first: Vec<usize> = (0..events.len()).filter(|&at| begins(&events[at])).collect();
    let ends = first.iter().skip(1).copied().chain([events.len()]);
    first.iter().zip(ends).map(|(&first, end)| &events[first..end]).collect()
}

fn is_refused(part: &[Event]) -> bool {
    !part.iter().any(|event| matches!(event, Event::ActionStarted { .. }))
}

#[test]
fn what_has_failed_was_tried_as_often_as_it_was_allowed() {
    hold(
        |case| {
            let events = told(case);
            let mut wrong = Vec::new();
            for part in parts(&events).into_iter().filter(|part| !is_refused(part)) {
                let mut again: BTreeMap<usize, u32> = BTreeMap::new();
                for event in part {
                    match event {
                        Event::ActionStarted { resource, .. } => drop(again.insert(resource.row, 0)),
                        Event::Retry { resource, .. } => *again.entry(resource.row).or_default() += 1,
                        Event::ActionFinished { resource, outcome: Outcome::Failed { .. }, .. } => {
                            let allowed = case.collection.rows[resource.row].retries;
                            let again = again.get(&resource.row).copied().unwrap_or_default();
                            if again != allowed {
                                wrong.push(format!("{}: {again} of {allowed} retries", resource.id));
                            }
                        }
                        _ => {}
                    }
                }
            }
            with_events(wrong, &events)
        },
        &[],
    );
}

#[test]
fn every_notification_is_paid_and_at_the_end_once() {
    hold(
        |case| {
            let events = told(case);
            let parts = parts(&events);
            let mut wrong = Vec::new();
            // What restarts the machine each time never comes to an end.
            let ends = !matches!(events.iter().rev().nth(1), Some(Event::Restart { .. }));
            let mut carried: BTreeSet<(String, String)> = BTreeSet::new();
            for (number, part) in parts.iter().enumerate() {
                let mut earned: BTreeMap<(String, String), usize> = BTreeMap::new();
                let mut delayed = std::mem::take(&mut carried);
                let failed = part.iter().any(|event| {
                    matches!(
                        event,
                        Event::ActionFinished { outcome: Outcome::Failed { ignored: false, .. }, .. }
                    )
                });
                for (at, event) in part.iter().enumerate() {
                    let Event::Notified { from, to, action, timing, .. } = event else { continue };
                    let pair = (to.clone(), action.clone());
                    if timing == "delayed" {
                        delayed.insert(pair.clone());
                    } else {
                        *earned.entry(pair.clone()).or_default() += 1;
                    }
                    carried.insert(pair);
                    let later = part[at..].iter().chain(parts[number + 1..].iter().copied().flatten());
                    let is_paid = starts(later, to, action).next().is_some();
                    if ends && !is_paid && !(failed && may_be_dropped(&case.collection, from, to, action)) {
                        wrong.push(format!("{from} notified {to} to {action}, {timing}, which it never did"));
                    }
                }
                let all: BTreeSet<&(String, String)> = earned.keys().chain(&delayed).collect();
                for pair in all {
                    // Resources of one name in several places are several.
                    let mut by_row: BTreeMap<usize, usize> = BTreeMap::new();
                    for event in starts(part.iter(), &pair.0, &pair.1) {
                        let Event::ActionStarted { resource, .. } = event else { continue };
                        *by_row.entry(resource.row).or_default() += 1;
                    }
                    let ran = by_row.values().copied().max().unwrap_or_default();
                    let most =
                        earned.get(pair).copied().unwrap_or_default() + usize::from(delayed.contains(pair));
                    if ran > most {
                        wrong.push(format!(
                            "{} was to {} {most} times at most, and did {ran} times",
                            pair.0, pair.1
                        ));
                    }
                }
            }
            with_events(wrong, &events)
        },
        &[],
    );
}

/// The turns that a notification has started.
fn starts<'e>(
    events: impl Iterator<Item = &'e Event>,
    to: &str,
    wanted: &str,
) -> impl Iterator<Item = &'e Event> {
    events.filter(move |event| match event {
        Event::ActionStarted { resource, action, notified_by: Some(_) } => {
            resource.id == to && action == wanted
        }
        _ => false,
    })
}

/// Whether a failure drops a notification.
fn may_be_dropped(collection: &Collection, from: &str, to: &str, action: &str) -> bool {
    let notifiers = collection.rows.iter().filter(|row| row.id() == from);
    notifiers.flat_map(|row| &row.notifies).any(|notification| {
        let same = notification.action == action && collection.rows[notification.target].id() == to;
        same && notification.skip_on_failure
    })
}

#[test]
fn a_failure_keeps_what_comes_behind_it_from_running() {
    hold(
        |case| {
            let events = told(case);
            let mut wrong = Vec::new();
            for part in parts(&events) {
                for (at, event) in part.iter().enumerate() {
                    let Event::ActionFinished { resource, outcome: Outcome::Failed { .. }, .. } = event
                    else {
                        continue;
                    };
                    let failed = &case.collection.rows[resource.row];
                    if !failed.ignore_failure && !is_refused(part) {
                        let behind = started_behind(case, part, at, resource, failed);
                        wrong
                            .extend(behind.map(|id| format!("{id} ran although {} had failed", resource.id)));
                    }
                }
            }
            with_events(wrong, &events)
        },
        &[],
    );
}

/// What stands behind a failed row, in the recipe or in the same custom resource, and had its turn all the same.
fn started_behind<'e>(
    case: &'e Case,
    part: &'e [Event],
    at: usize,
    resource: &'e ResourceRef,
    failed: &'e Row,
) -> impl Iterator<Item = String> + 'e {
    let around = failed.parent.as_ref().map(|parent| parent.row);
    let is_over = move |event: &&Event| match event {
        Event::ActionFinished { resource, .. } | Event::Retry { resource, .. } => {
            Some(resource.row) == around
        }
        _ => false,
    };
    let rest = part[at + 1..].iter().take_while(move |event| !is_over(event));
    rest.filter_map(move |event| match event {
        Event::ActionStarted { resource: other, notified_by: None, .. } => {
            let behind = &case.collection.rows[other.row];
            (other.row > resource.row && behind.parent == failed.parent).then(|| other.id.clone())
        }
        _ => None,
    })
}

#[test]
fn the_counts_at_the_end_are_what_was_told() {
    hold(
        |case| {
            let events = told(case);
            let mut wrong = Vec::new();
            for part in parts(&events) {
                let Some(Event::RunFinished { counts, .. }) = part.last() else {
                    wrong.push("it has no end".to_owned());
                    continue;
                };
                let mut outcomes: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
                let mut not_run = 0;
                let (mut begun, mut not_begun) = (BTreeSet::new(), BTreeSet::new());
                for event in part {
                    match event {
                        Event::ActionFinished { resource, outcome, .. } => {
                            if !case.collection.rows[resource.row].custom {
                                let is_begun = !matches!(outcome, Outcome::NotRun { .. });
                                if is_begun { &mut begun } else { &mut not_begun }.insert(resource.row);
                            }
                            let word = match outcome {
                                Outcome::Updated => "updated",
                                Outcome::UpToDate => "up to date",
                                Outcome::Failed { ignored: false, .. } => "failed",
                                _ => continue,
                            };
                            outcomes.entry(resource.row).or_default().insert(word);
                        }
                        Event::NotRun { resources, .. } => not_run += resources.len(),
                        _ => {}
                    }
                }
                let most = |word: &str| outcomes.values().filter(|words| words.contains(word)).count();
                for (word, counted) in [
                    ("updated", counts.updated),
                    ("up to date", counts.up_to_date),
                    ("failed", counts.failed),
                ] {
                    if counted > most(word) {
                        wrong.push(format!("{counted} are {word}, and {} were told to be", most(word)));
                    }
                }
                // Named at its own turn, which came and led to nothing.
                not_run += not_begun.difference(&begun).count();
                if counts.not_run != not_run && !is_refused(part) {
                    wrong.push(format!("{} were not run, and {not_run} are named", counts.not_run));
                }
            }
            with_events(wrong, &events)
        },
        &[],
    );
}
