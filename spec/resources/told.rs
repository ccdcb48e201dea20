//! Whatever is declared of a new thing is told of it: without the property the plan says something else.

use chefrs::model::known::{Known, Stop};
use chefrs::model::query::{Answer, Query};
use chefrs::resources::TYPES;

use super::declaration::Declaration;
use super::machine::Machine;
use crate::goldens;

/// Types that make nothing which would be there afterwards.
const MAKE_NOTHING: &[&str] = &[
    "apt_update",
    "execute",
    "fragment",
    "http_check",
    "package_lists",
    "reboot",
    "script",
    "service",
    "setting",
    "wait_for",
];

#[test]
fn whatever_is_declared_of_a_new_thing_is_told() {
    let mut wrong = Vec::new();
    for entry in TYPES.iter().filter(|entry| !MAKE_NOTHING.contains(&entry.name)) {
        let name = entry.name;
        let path = goldens::spec(&format!("resources/{name}/absent_with_everything.case"));
        let case = super::all().iter().find(|case| case.path == path).expect("the type has this case");
        let not_told = case.not_told();
        let declared = case.declared.as_ref().expect("it compiles");
        let told = told(declared, &case.machine).expect("it can be planned");
        for property in &(entry.schema)().properties {
            let property = property.name.as_str();
            if not_told.contains(&property) || entry.name_property == Some(property) {
                continue;
            }
            let mut without = declared.clone();
            if without.properties.remove(property).is_none() {
                wrong.push(format!("{name}: the case does not say `{property}`"));
                continue;
            }
            match self::told(&without, &case.machine) {
                Ok(same) if same == told => {
                    wrong.push(format!("{name}: nothing tells of `{property}`: {told}"));
                }
                // What is required has no plan without it.
                Ok(_) | Err(Stop::Failed(_) | Stop::Unknown(_) | Stop::Hindered(..)) => {}
                Err(why) => wrong.push(format!("{name}: without `{property}`: {why:?}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a plan says of a declaration.
fn told(declared: &Declaration, machine: &Machine) -> Result<String, Stop> {
    let mut known = Known::default();
    let changes = loop {
        match declared.plan(machine, &mut known) {
            // Asked in other words, or of what stands in the place of what was declared.
            Err(Stop::Wanted(queries)) if !queries.iter().all(|query| known.has(query)) => {
                for query in queries {
                    let answer = answer(&query, machine);
                    known.insert(query, answer);
                }
            }
            other => break other?,
        }
    };
    let words = changes.into_iter().map(|change| {
        format!(
            "{}\n{}{}",
            change.summary,
            change.diff.unwrap_or_default(),
            change.warning.unwrap_or_default()
        )
    });
    Ok(words.collect())
}

/// What is said to a question that the machine has no answer to: what the same command says with other words, or that
/// nothing is there.
fn answer(query: &Query, machine: &Machine) -> Answer {
    match query {
        Query::Command(_) => machine.some_command().expect("the case knows what a command says"),
        Query::Digest(_) => Answer::Digest(None),
        _ => Answer::Stat(None),
    }
}
