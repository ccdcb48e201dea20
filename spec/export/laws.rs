//! What holds for every resource type, and for every cookbook.

use std::collections::BTreeMap;

use camino::Utf8Path;
use chefrs::model::collection::Collection;
use chefrs::resources::TYPES;

use super::{SHELLS, complaint, exported, facts};
use crate::compile::lay_out_example;
use crate::laws::collections;

/// Every action of every type becomes lines of a script and of notes, or says why it can't.
#[test]
fn every_type_exports_every_action_or_says_why_not() {
    let mut wrong = Vec::new();
    for entry in TYPES {
        for action in entry.actions {
            let system = match entry.name {
                "yum_repository" => "rocky-9",
                "zypper_repository" => "opensuse-15",
                _ => "debian-12",
            };
            let (name, action) = (entry.name, action.name);
            let Some(collection) = example(entry.name, action, system) else { continue };
            for form in ["sh", "markdown"] {
                let (text, losses) = exported(form, &collection, &facts(system), &BTreeMap::new());
                for loss in losses {
                    let reason = loss.rsplit(": ").next().unwrap_or_default();
                    if reason.is_empty() || reason.ends_with('.') {
                        wrong.push(format!("{name} {action} as {form}: {loss}"));
                    }
                }
                if form == "sh" {
                    wrong.extend(
                        complaint(SHELLS[0], &text).map(|why| format!("{name} {action}: {why}\n{text}")),
                    );
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The example of a type with another action in all its rows; nothing if it does not compile to that.
fn example(name: &str, action: &str, system: &str) -> Option<Collection> {
    let folder = tempfile::tempdir().unwrap();
    let root = Utf8Path::from_path(folder.path()).unwrap();
    lay_out_example(root, chefrs::resources::find(name)?);
    let project = chefrs::cookbook::Project::open(root).unwrap();
    let run_list = ["main".to_owned()];
    let facts = facts(system);
    let input =
        chefrs::compile::Input { project: &project, run_list: &run_list, facts: &facts, attributes: &[] };
    let mut collection = chefrs::compile::compile(&input).ok()?.collection;
    for row in collection.rows.iter_mut().filter(|row| row.r#type == name) {
        row.actions = vec![action.to_owned()];
    }
    Some(collection)
}

/// Whatever a cookbook declares, its script is one that shells take, and it is the same every time.
#[test]
fn every_generated_cookbook_exports_to_a_script_that_shells_take() {
    let mut wrong = Vec::new();
    let facts = facts("debian-12");
    for (seed, collection) in collections() {
        let (text, _) = exported("sh", collection, &facts, &BTreeMap::new());
        let (again, _) = exported("sh", collection, &facts, &BTreeMap::new());
        assert_eq!(text, again, "seed {seed}");
        let shells = SHELLS.iter().filter_map(|shell| complaint(shell, &text));
        wrong.extend(shells.map(|why| format!("seed {seed}: {why}")));
        let (notes, _) = exported("markdown", collection, &facts, &BTreeMap::new());
        assert!(notes.starts_with("# Runbook: main\n"), "seed {seed}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
