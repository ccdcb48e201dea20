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

use std::collections::BTreeMap;

use chefrs::model::known::{Known, Stop};
use chefrs::model::schema::Kind;
use chefrs::resources::TYPES;

use crate::resources;

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
        for (query, answer) in changes.iter().flat_map(|change| change.then.clone()) {
            known.insert(query, answer);
        }
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
