//! What a project consists of: the settings, a manifest, a node and a group, each a section.

use chefrs::cookbook::Project;
use chefrs::cookbook::inventory::Inventory;
use chefrs::model::address::Address;
use chefrs::model::error::Diagnostics;

use super::ground::Ground;
use super::text::{is_on_its_lines, sections};

/// Where the sections lie; the second place is that of a project without settings, which name programs that would run.
const SETTINGS: &str = "chefrs.toml";
const FILES: [&str; 3] = ["cookbooks/site/cookbook.toml", "nodes/web1.toml", "groups/web.toml"];

/// Opens it, and its inventory.
pub fn project(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut sections = sections(&text);
    let settings = sections.next().unwrap_or_default();
    let ground = Ground::new();
    ground.write(SETTINGS, settings);
    told(Project::open(&ground.path("")), &ground);
    std::fs::remove_file(ground.path(SETTINGS)).expect("it was written");
    for (file, text) in FILES.iter().zip(sections) {
        ground.write(file, text);
    }
    let Some(project) = told(Project::open(&ground.path("")), &ground) else { return };
    if let Some(inventory) = told(project.inventory().cloned(), &ground) {
        is_consistent(&inventory);
    }
}

/// What a program of a project prints as its inventory.
pub fn inventory(data: &[u8]) {
    let printed = String::from_utf8_lossy(data);
    match Inventory::of_program("./inventory", &printed) {
        Ok(inventory) => {
            is_consistent(&inventory);
            // A run on other machines never becomes one here because a program says so.
            let is_away = |address: &Address| matches!(address, Address::Ssh { .. });
            assert!(inventory.nodes().all(|node| is_away(&node.address)));
        }
        Err(mistakes) => mistakes.0.iter().for_each(is_on_its_lines),
    }
}

/// Every mistake can be found.
fn told<T>(read: Result<T, Diagnostics>, ground: &Ground) -> Option<T> {
    read.map_err(|Diagnostics(mistakes)| {
        assert!(!mistakes.is_empty());
        for mistake in &mistakes {
            is_on_its_lines(mistake);
            if let Some(location) = &mistake.location
                && let Ok(text) = std::fs::read_to_string(ground.path(&location.file))
            {
                let lines = u32::try_from(text.split('\n').count()).expect("a short text");
                assert!(location.line <= lines, "{location} of {lines} lines");
            }
        }
    })
    .ok()
}

/// Nodes are found by their names and groups, and every group is known.
fn is_consistent(inventory: &Inventory) {
    let groups: Vec<&str> = inventory.groups().collect();
    for node in inventory.nodes() {
        let found = inventory.select(&[&node.name]).expect("it is known");
        assert_eq!(found.first(), Some(node));
        assert!(node.groups.iter().all(|group| groups.contains(&group.as_str())));
        for group in &node.groups {
            assert!(inventory.select(&[format!("@{group}")]).expect("it has nodes").contains(node));
        }
    }
}
