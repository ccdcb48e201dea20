//! Laws over the roster: what holds for every resource type, those to come included. In `laws/` what holds for every
//! cookbook, tried on generated ones.

mod case;
mod generate;
mod item;
mod law;
mod machine;
mod promises;
pub mod random;
mod shrink;
mod together;
mod told;

use std::collections::{BTreeMap, BTreeSet};

use chefrs::model::change::Change;
use chefrs::model::collection::Collection;
use chefrs::model::known::{Known, Stop};
use chefrs::model::schema::Kind;
use chefrs::model::step::Step;
use chefrs::resources::TYPES;

use crate::resources;

/// The generated cookbooks, compiled, with their seeds.
pub fn collections() -> impl Iterator<Item = (u64, &'static Collection)> {
    case::cases().iter().map(|case| (case.seed, &case.collection))
}

#[test]
fn the_roster_is_sorted_and_has_no_name_twice() {
    let names: Vec<&str> = TYPES.iter().map(|entry| entry.name).collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(names, sorted);
}

#[test]
fn every_type_stands_in_the_generated_cookbooks() {
    let there = case::types();
    let never: Vec<&str> =
        TYPES.iter().map(|entry| entry.name).filter(|name| !there.contains(*name)).collect();
    assert!(never.is_empty(), "`laws/generate` makes none of {}", never.join(", "));
}

#[test]
fn every_type_property_and_action_is_documented() {
    let mut missing = Vec::new();
    let mut text = |place: String, doc: &str| {
        if doc.is_empty() || !doc.ends_with(['.', ':', '`']) {
            missing.push(format!("{place}: {doc:?}"));
        }
    };
    for entry in TYPES {
        let schema = (entry.schema)();
        text(entry.name.into(), &schema.doc);
        for property in &schema.properties {
            text(format!("{}.{}", entry.name, property.name), &property.doc);
        }
        for action in entry.actions {
            text(format!("{} {}", entry.name, action.name), action.doc);
        }
    }
    assert!(missing.is_empty(), "no sentence:\n{}", missing.join("\n"));
}

#[test]
fn every_type_has_a_name_property_that_it_knows_and_no_property_that_all_types_have() {
    for entry in TYPES {
        let schema = (entry.schema)();
        if let Some(name) = entry.name_property {
            assert!(schema.property(name).is_some(), "{}: name property `{name}`", entry.name);
        }
        for common in ["action", "only_if", "not_if", "notifies", "subscribes", "retries", "sensitive", "why"]
        {
            assert!(schema.property(common).is_none(), "{}: `{common}`", entry.name);
        }
    }
}

#[test]
fn every_property_has_a_kind_that_can_be_checked() {
    for entry in TYPES {
        for property in (entry.schema)().properties {
            assert_ne!(property.kind, Kind::Any, "{}.{}", entry.name, property.name);
        }
    }
}

#[test]
fn every_type_has_eight_cases() {
    let mut cases: BTreeMap<&str, usize> = BTreeMap::new();
    for case in resources::all() {
        let folder = case.path.parent().and_then(|folder| folder.file_name());
        *cases.entry(folder.and_then(|name| name.to_str()).unwrap_or_default()).or_default() += 1;
    }
    let few: Vec<&str> = TYPES
        .iter()
        .map(|entry| entry.name)
        .filter(|name| cases.get(name).copied().unwrap_or(0) < 8)
        .collect();
    assert!(few.is_empty(), "fewer than eight cases: {}", few.join(", "));
}

/// What a change says will hold afterwards is what makes it unnecessary.
#[test]
fn every_predicted_answer_makes_its_change_unnecessary() {
    let mut wrong = Vec::new();
    for case in resources::all() {
        let Ok(declared) = &case.declared else { continue };
        let mut known = Known::default();
        let Ok(changes) = declared.plan(&case.machine, &mut known) else { continue };
        lay(&mut known, &changes);
        match declared.plan(&case.machine, &mut known) {
            Ok(left) if left.iter().all(|change| change.repeats || change.is_message) => {}
            Ok(left) => {
                let left: Vec<String> = left.into_iter().map(|change| change.summary).collect();
                wrong.push(format!("{}: would again {}", case.path.display(), left.join(", ")));
            }
            // A content that is still open can't be compared.
            Err(Stop::Unknown(_) | Stop::Hindered(..)) => {}
            Err(stop) => wrong.push(format!("{}: {stop:?}", case.path.display())),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What the machine does not show, the journal tells: then that is done, and nothing else.
#[test]
fn what_the_machine_does_not_show_is_done_after_an_attempt_that_was_broken_off() {
    let mut wrong = Vec::new();
    let mut types = BTreeSet::new();
    for case in resources::all() {
        let Ok(declared) = &case.declared else { continue };
        let mut known = Known::default();
        let Ok(changes) = declared.plan(&case.machine, &mut known) else { continue };
        let Some(begun) = changes.iter().find_map(|change| change.unseen) else { continue };
        types.insert(declared.r#type.as_str());
        lay(&mut known, &changes);
        known.set_begun(Some(begun));
        match declared.plan(&case.machine, &mut known) {
            Ok(left) if !left.is_empty() && left.iter().all(|change| change.unseen.is_some()) => {}
            // A content that is still open can't be compared.
            Err(Stop::Unknown(_)) => {}
            left => wrong.push(format!("{}: the rest would be {left:?}", case.path.display())),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let known = [
        "apt_repository",
        "firewall_rule",
        "mount",
        "swap_file",
        "systemd_unit",
        "timer",
        "yum_repository",
        "zypper_repository",
    ];
    assert_eq!(types.into_iter().collect::<Vec<_>>(), known);
}

/// A run that ends between two changes leaves the rest of them to the next one, unless they say that nothing shows it.
#[test]
fn every_change_shows_that_it_is_missing_or_says_that_nothing_does() {
    let mut wrong = Vec::new();
    for case in resources::all() {
        let Ok(declared) = &case.declared else { continue };
        let mut known = Known::default();
        let Ok(changes) = declared.plan(&case.machine, &mut known) else { continue };
        for made in 1..changes.len() {
            let mut known = Known::default();
            lay(&mut known, &changes[..made]);
            let Ok(left) = declared.plan(&case.machine, &mut known) else { continue };
            let is_left = |step: &Step| left.iter().any(|change| change.steps.contains(step));
            let rest = changes[made..].iter().filter(|change| change.unseen.is_none());
            let lost = rest
                .filter(|change| change.steps.iter().any(|step| step.command().is_some() && !is_left(step)));
            wrong.extend(
                lost.map(|change| format!("{}, after {made}: {}", case.path.display(), change.summary)),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn lay(known: &mut Known, changes: &[Change]) {
    for (query, answer) in changes.iter().flat_map(|change| change.then.clone()) {
        known.insert(query, answer);
    }
}
