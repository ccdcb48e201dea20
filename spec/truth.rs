//! What a plan said against what the run that followed did: every word of a plan comes true. Reads the events as JSON, as
//! `--format json` prints them, so that it serves the engine alone as well as the whole program.

use std::collections::BTreeSet;

use chefrs::model::event::Event;
use serde_json::Value;

mod told;

use told::{Done, Key, Notified, Told, text};

/// The words of the plan that did not come true, each a sentence; nothing where all did. A run in several parts, with
/// restarts of the machine between them, is one after the other.
pub fn lies(plan: &[Value], run: &[Value]) -> Vec<String> {
    let refused = !run.iter().any(|event| event["event"] == "action_started")
        && run.iter().any(|event| event["event"] == "action_finished" && event["action"] != "nothing");
    let (plan, run) = (Told::of(plan), Told::of(run));
    let mut wrong = plan.unfounded();
    if refused {
        // It touched nothing. What it was refused for is what the plan said would fail.
        let told = |key: &&Key| !plan.outcomes(key).contains(&"failed");
        wrong.extend(
            run.actions
                .keys()
                .filter(told)
                .map(|key| format!("{}: refused, and the plan did not say so", key.words())),
        );
        return wrong;
    }
    let known = plan.impossible.iter().filter(|key| run.has_changed_before(key));
    wrong.extend(known.map(|key| {
        format!("{}: the plan knew that it is impossible, and the run changed something first", key.words())
    }));
    let surprises = run.surprises(&plan);
    // What was to follow a failure that nobody could foresee did not have to come, and may have come otherwise. What was
    // to follow an interrupt came later.
    let first = surprises.iter().map(|(_, done)| done.at).chain(run.ended).min();
    let is_open = |at: usize| first.is_some_and(|first| first <= at);
    let keys: BTreeSet<&Key> = plan.actions.keys().chain(run.actions.keys()).collect();
    for key in keys {
        let (said, done) = (plan.outcomes(key), run.outcomes(key));
        if said.contains(&"unknown") || plan.is_within_unknown(key, &run) || plan.may_be_notified(key) {
            continue;
        }
        // What came again after a restart of the machine counts where the plan said so.
        let again: usize = run.again.get(key).copied().unwrap_or_default();
        let acted = run.actions.get(key).map(Vec::as_slice).unwrap_or_default();
        // A failure in a later part of the run is what it comes to.
        let last = acted.last().filter(|done| done.in_the_end);
        let agree = match last {
            Some(last) => said.last() == Some(&last.outcome.as_str()) || is_open(last.at),
            None => said.iter().zip(acted).all(|(said, done)| *said == done.outcome || is_open(done.at)),
        };
        let more = acted.iter().skip(said.len()).all(|done| is_open(done.at));
        let missing = said.len() <= acted.len() + again || first.is_some();
        if !(agree && more && missing) {
            let (key, said, done) = (key.words(), list(&said), list(&done));
            wrong.push(format!("{key}: the plan said {said}, the run did {done}"));
        }
    }
    for notified in &plan.notified {
        // The first of those who notify alike is told of, and the plan was not certain of that one. Of those who only
        // may, the plan tells of the first, too.
        let first_of_them = |other: &Notified| {
            let may = |told: &Notified| {
                told.uncertain
                    && told.is_alike(other)
                    && (told.from == other.from || plan.unknown.contains(&other.from))
            };
            other.is_alike(notified) && plan.notified.iter().any(may)
        };
        let came = run.notified.iter().any(|other| other.is_same(notified) || first_of_them(other));
        if !notified.uncertain && !came && first.is_none() {
            wrong.push(format!("the plan said that {}, and the run did not", notified.words()));
        }
    }
    for notified in &run.notified {
        // Of those who may notify alike, the first is told of.
        let may = |other: &Notified| {
            other.uncertain && other.is_alike(notified) && plan.unknown.contains(&notified.from)
        };
        let told = plan.notified.iter().any(|other| other.is_same(notified) || may(other));
        if !told && !is_open(notified.at) {
            wrong.push(format!("the run saw that {}, and the plan said nothing of it", notified.words()));
        }
    }
    wrong
}

/// The same for events at hand.
pub fn events_lie(plan: &[Event], run: &[Event]) -> Vec<String> {
    lies(&values(plan), &values(run))
}

/// How many outcomes of a plan are certain, and how many are not. Those that only may be notified are told on top.
pub fn certainty(plan: &[Event]) -> (usize, usize) {
    let plan = Told::of(&values(plan));
    let all = plan.actions.values().flatten();
    let all = all.filter(|done| done.outcome != "unknown" || done.by.is_none());
    let (unknown, certain): (Vec<&Done>, Vec<&Done>) = all.partition(|done| done.outcome == "unknown");
    (certain.len(), unknown.len())
}

/// What became of each action, a line each, for people.
pub fn outcomes(who: &str, events: &[Event]) -> Vec<String> {
    let lines = events.iter().filter_map(|event| match event {
        Event::ActionFinished { resource, action, outcome, .. } => {
            let outcome = serde_json::to_value(outcome).expect("an outcome is data");
            let until = outcome["until"].as_str().map(|until| format!(" until {until}")).unwrap_or_default();
            let why =
                outcome["failure"]["message"].as_str().map(|why| format!(": {why}")).unwrap_or_default();
            Some(format!("{} {action}: {}{until}{why}", resource.id, text(&outcome["outcome"])))
        }
        Event::Notified { from, to, action, timing, uncertain, .. } => {
            let verb = if *uncertain { "may notify" } else { "notifies" };
            Some(format!("{from} {verb} {to} to {action}, {timing}"))
        }
        Event::RunStarted { .. } => Some("begin".to_owned()),
        _ => None,
    });
    lines.map(|line| format!("  {who}: {line}")).collect()
}

fn values(events: &[Event]) -> Vec<Value> {
    events.iter().map(|event| serde_json::to_value(event).expect("an event is data")).collect()
}

fn list(outcomes: &[&str]) -> String {
    if outcomes.is_empty() { "nothing".to_owned() } else { outcomes.join(", ").replace('_', " ") }
}
