//! What the engine promises for every cookbook, tried on generated ones.

use std::collections::BTreeSet;

use chefrs::model::collection::Collection;
use chefrs::model::event::{Event, Outcome};
use chefrs::model::foreseen::ForeseenSoFar;
use chefrs::scope::{RunScope, ScopeWord};

use super::case::{Case, Ran, cases, cut, plan, run, smaller};
use super::item::{Cookbook, Item, quoted};
use super::law::{hold, machine};
use super::machine::{How, Loss, Machine};
use crate::truth;

/// Moments at which a run is cut off.
const TRIES: usize = 12;

#[test]
fn a_plan_comes_true() {
    hold(
        |case| {
            let mut machine = machine(case);
            let planned = plan(&case.collection, &machine);
            let ran = run(&case.collection, &mut machine);
            let mut wrong = truth::events_lie(&planned, &ran.events);
            if !wrong.is_empty() {
                wrong.extend(truth::outcomes("the plan", &planned));
                wrong.extend(truth::outcomes("the run", &ran.events));
            }
            wrong
        },
        &[],
    );
}

/// Nothing is in the way of a run that may only do what the plan has foreseen.
#[test]
fn a_run_of_a_saved_plan_does_what_a_run_does() {
    hold(
        |case| {
            let free = run(&case.collection, &mut machine(case));
            let planned = plan(&case.collection, &machine(case));
            // After a failure, what follows it may come otherwise than it was planned.
            if !free.success || free.ignored || !truth::events_lie(&planned, &free.events).is_empty() {
                return Vec::new();
            }
            let mut foreseen = ForeseenSoFar::default();
            for event in &planned {
                foreseen.note(event);
            }
            let collection = Collection { foreseen: Some(foreseen.take()), ..case.collection.clone() };
            let bound = run(&collection, &mut machine(case));
            let (free, bound) =
                (truth::outcomes("a run", &free.events), truth::outcomes("a run", &bound.events));
            let differs = free.iter().zip(&bound).find(|(free, bound)| free != bound);
            differs.map(|(free, bound)| format!("{free}\nof the plan: {bound}")).into_iter().collect()
        },
        &[],
    );
}

/// Each part is of every third row, by its type and name.
#[test]
fn a_plan_of_a_part_comes_true_and_a_part_touches_nothing_else() {
    hold(
        |case| {
            let mut wrong = Vec::new();
            for part in 0..3 {
                let rows = case.collection.rows.iter().enumerate().filter(|(at, _)| at % 3 == part);
                let words = rows.filter_map(|(_, row)| ScopeWord::read(&row.id()).ok()).collect();
                let scope = RunScope { only: words, ..RunScope::default() };
                if scope.is_everything() {
                    continue;
                }
                let (collection, missing) = scope.apply(case.collection.clone());
                wrong.extend(missing.iter().map(|missing| missing.finding.message.clone()));
                let mut machine = machine(case);
                let planned = plan(&collection, &machine);
                let ran = run(&collection, &mut machine);
                wrong.extend(truth::events_lie(&planned, &ran.events));
                let is_left_out = |row: usize| collection.rows[row].left_out.is_some();
                let acted = ran.events.iter().filter_map(|event| match event {
                    Event::ActionStarted { resource, .. } if is_left_out(resource.row) => Some(&resource.id),
                    _ => None,
                });
                wrong.extend(acted.map(|id| format!("{id} acted, though it is left out")));
            }
            wrong
        },
        &[],
    );
}

#[test]
fn a_second_run_has_nothing_to_do() {
    hold(
        |case| {
            let mut machine = machine(case);
            let first = run(&case.collection, &mut machine);
            if !case.cookbook.tidy || !first.success || first.ignored {
                return Vec::new();
            }
            let before = machine.clone();
            let second = run(&case.collection, &mut machine);
            let mut wrong: Vec<String> =
                updated(&second.events).iter().map(|id| format!("{id} was updated a second time")).collect();
            wrong.extend(difference(&before.picture(), &machine.picture()));
            wrong.extend(difference(&before.logs(), &machine.logs()));
            wrong
        },
        &[],
    );
}

/// Built-in resources that changed something, in order.
fn updated(events: &[Event]) -> Vec<String> {
    let updated = events.iter().filter_map(|event| match event {
        Event::ActionFinished { resource, outcome: Outcome::Updated, .. } => Some(resource.id.clone()),
        _ => None,
    });
    updated.filter(|id| id != "wrap[it]").collect()
}

#[test]
fn a_run_that_is_cut_off_and_repeated_is_one_run() {
    hold(
        |case| {
            let mut wrong = Vec::new();
            for how in [How::Lost, How::Unheard] {
                wrong.extend(repeated(case, |case, machine, after| {
                    machine.loss = Some(Loss { after, how });
                    cut(&case.collection, machine, usize::MAX)
                }));
            }
            wrong
        },
        &[],
    );
}

#[test]
fn a_run_that_is_interrupted_and_repeated_is_one_run() {
    hold(|case| repeated(case, |case, machine, after| cut(&case.collection, machine, after)), &[]);
}

#[test]
fn a_run_that_fails_once_and_is_repeated_is_one_run() {
    hold(
        |case| {
            repeated(case, |case, machine, after| {
                machine.loss = Some(Loss { after, how: How::Failed });
                cut(&case.collection, machine, usize::MAX)
            })
        },
        &[],
    );
}

/// How two runs, of which the first does not come to its end, leave the machine another one than a single run does.
/// `broken` makes a part of a run, up to a number of steps or events.
fn repeated(case: &Case, broken: impl Fn(&Case, &mut Machine, usize) -> Ran) -> Vec<String> {
    // Whether a notification is dropped depends on what has failed by then, which is otherwise in two parts than in one.
    let Some(case) = &smaller(case.seed, never_dropped(&case.cookbook)) else {
        return vec!["it does not compile without `on_failure`".to_owned()];
    };
    let mut whole = machine(case);
    let ran = run(&case.collection, &mut whole);
    // What failed and was ignored may go well later, and what always acts does so twice.
    if !case.cookbook.tidy || ran.ignored {
        return Vec::new();
    }
    // What does not come to rest comes out otherwise each time.
    let again = &mut whole.clone();
    run(&case.collection, again);
    if again.picture() != whole.picture() {
        return Vec::new();
    }
    let steps = ran.events.len();
    let mut wrong = Vec::new();
    for after in (0..steps).step_by(steps / TRIES + 1) {
        let mut machine = machine(case);
        let part = broken(case, &mut machine, after);
        if part.ignored {
            continue;
        }
        let rest = run(&case.collection, &mut machine);
        // What fails in any case may be known before the second time, and then nothing is touched: what is owed is owed.
        if rest.ignored || !ran.success && rest.is_refused() {
            continue;
        }
        let mut differences = difference(&whole.picture(), &machine.picture());
        // What was cut off may have changed something: what it owes is owed, and paid, even where it fails from then on.
        let (once, twice) = (whole.logs(), machine.logs());
        differences.extend(once.difference(&twice).map(|line| format!("  never: {line}")));
        // Reading files once more does no harm.
        let (read, unread) = (whole.unread(), machine.unread());
        differences.extend(unread.difference(&read).map(|line| format!("  left: {line}")));
        if ran.success {
            differences.extend(difference(&once, &twice));
            differences.extend(difference(&whole.owed(), &machine.owed()));
        }
        if !differences.is_empty() {
            wrong.push(format!("it ended early, after {after}:\n{}", differences.join("\n")));
            wrong.extend(truth::outcomes("the first", &part.events));
            wrong.extend(truth::outcomes("the second", &rest.events));
        }
    }
    wrong
}

/// The same without notifications that a failure drops.
fn never_dropped(cookbook: &Cookbook) -> Cookbook {
    fn all(items: &mut [Item]) {
        for item in items {
            for notification in item.notifies.iter_mut().chain(&mut item.subscribes) {
                notification.skips = false;
            }
            item.inside.iter_mut().for_each(|(_, rows)| all(rows));
        }
    }
    let mut cookbook = cookbook.clone();
    all(&mut cookbook.items);
    cookbook
}

fn difference(one: &BTreeSet<String>, two: &BTreeSet<String>) -> Vec<String> {
    let only = |words: &str, left: &BTreeSet<String>, right: &BTreeSet<String>| {
        left.difference(right).map(|line| format!("  {words}: {line}")).collect::<Vec<_>>()
    };
    [only("in the one alone", one, two), only("in the other alone", two, one)].concat()
}

#[test]
fn a_custom_resource_around_a_row_is_the_row() {
    hold(
        |case| {
            let mut wrong = Vec::new();
            for at in 0..case.cookbook.items.len() {
                let item = &case.cookbook.items[at];
                // Adjacent packages are one transaction, which a custom resource takes apart. A row with several actions
                // notifies after each of them, a custom resource once. What others name has to stay where they find it.
                let listens = !item.subscribes.is_empty();
                let other = item.is_custom() || item.waits() || item.has_several_actions() || listens;
                let is_spoken_for =
                    is_named(&case.cookbook, item) || has_notifying_part(&case.cookbook.items, item);
                if other || item.r#type == "package" || is_spoken_for {
                    continue;
                }
                let mut cookbook = case.cookbook.clone();
                cookbook.items[at] = wrapped(item);
                let Some(other) = smaller(case.seed, cookbook) else {
                    wrong.push(format!("{} in a custom resource does not compile", item.id()));
                    continue;
                };
                let (mut one, mut two) = (machine(case), machine(case));
                let (plain, custom) = (run(&case.collection, &mut one), run(&other.collection, &mut two));
                if plain.success != custom.success {
                    wrong.push(format!(
                        "{}: success {}, in a custom resource {}",
                        item.id(),
                        plain.success,
                        custom.success
                    ));
                }
                let (plain, custom) = (updated(&plain.events), updated(&custom.events));
                if plain != custom {
                    wrong.push(format!("{} in a custom resource: {custom:?}, not {plain:?}", item.id()));
                }
                let mut differences = difference(&one.picture(), &two.picture());
                differences.extend(difference(&one.logs(), &two.logs()));
                if !differences.is_empty() {
                    wrong.push(format!("{} in a custom resource:\n{}", item.id(), differences.join("\n")));
                }
            }
            wrong
        },
        &[],
    );
}

fn is_named(cookbook: &Cookbook, item: &Item) -> bool {
    cookbook.text().contains(&format!("\"{}\"", item.id()))
}

/// Whether a fragment of a file notifies: that is done by the file itself, and so ahead of what a custom resource around it
/// notifies.
fn has_notifying_part(items: &[Item], file: &Item) -> bool {
    let into = ("into".to_owned(), quoted(&file.name));
    items.iter().any(|item| {
        let inside = item.inside.iter().any(|(_, rows)| has_notifying_part(rows, file));
        inside || item.r#type == "fragment" && !item.notifies.is_empty() && item.properties.contains(&into)
    })
}

/// A custom resource that holds the row, with all that is said of any resource around it.
fn wrapped(item: &Item) -> Item {
    let common = ["only_if", "not_if", "retries", "retry_delay", "ignore_failure", "sensitive"];
    let mut inner = item.clone();
    let mut outer = Item::new("wrap", "it");
    outer.notifies = std::mem::take(&mut inner.notifies);
    for (name, value) in &item.properties {
        if common.contains(&name.as_str()) {
            outer = outer.with(name, value.clone());
        }
    }
    inner.properties.retain(|(name, _)| !common.contains(&name.as_str()));
    outer.inside = vec![("go".into(), vec![inner])];
    outer
}

#[test]
fn what_a_guard_keeps_back_is_not_even_asked() {
    hold(
        |case| {
            let mut machine = machine(case);
            let ran = run(&case.collection, &mut machine);
            let mut wrong = Vec::new();
            for (row, declared) in case.collection.rows.iter().enumerate() {
                let outcomes: Vec<&Outcome> = ran
                    .events
                    .iter()
                    .filter_map(|event| match event {
                        Event::ActionFinished { resource, outcome, .. } if resource.row == row => {
                            Some(outcome)
                        }
                        _ => None,
                    })
                    .collect();
                if outcomes.is_empty()
                    || outcomes.iter().any(|outcome| !matches!(outcome, Outcome::Skipped { .. }))
                {
                    continue;
                }
                let said = serde_json::Value::from(declared.properties.clone()).to_string();
                let asked = machine.asked.iter().filter(|command| command.starts_with("echo deferred"));
                for command in asked {
                    let name = command.trim_start_matches("echo ");
                    if said.contains(&format!("\"{name}\"")) {
                        wrong.push(format!("{} was skipped, and `{command}` was run", declared.id()));
                    }
                }
            }
            wrong
        },
        &[],
    );
}

#[test]
fn where_every_row_is_kept_back_nothing_is_asked_for_their_values_and_nothing_happens() {
    hold(
        |case| {
            let mut cookbook = case.cookbook.clone();
            for item in cookbook.items.iter_mut().filter(|item| !item.waits()) {
                *item = item.clone().with("not_if", "true");
            }
            let Some(case) = &smaller(case.seed, cookbook) else {
                return vec!["it does not compile with guards".to_owned()];
            };
            let mut machine = machine(case);
            let before = machine.picture();
            run(&case.collection, &mut machine);
            let values = machine.asked.iter().filter(|command| command.starts_with("echo deferred"));
            let mut wrong: Vec<String> = values.map(|command| format!("`{command}` was run")).collect();
            wrong.extend(difference(&before, &machine.picture()));
            wrong
        },
        &[],
    );
}

/// Share of what plans tell for certain, in percent: who says that nothing can be known is never wrong.
#[test]
fn plans_are_certain_where_they_can_be() {
    let counts = cases().iter().map(|case| truth::certainty(&plan(&case.collection, &machine(case))));
    let (certain, unknown) = counts.fold((0, 0), |(a, b), (c, d)| (a + c, b + d));
    let share = 100 * certain / (certain + unknown);
    assert!(share >= 60, "{certain} outcomes are certain, {unknown} are not: {share} %");
}
