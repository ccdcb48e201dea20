//! Builds the inventory from records: resolves group members, and checks that all names exist.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::known::{Inventory, Node};
use super::record::{GroupRecord, NodeRecord, Records};
use crate::cookbook::near::these;
use crate::model::address::Address;
use crate::model::english::nearest;
use crate::model::error::{Diagnostic, Diagnostics};
use crate::model::node::{AttributeSource, IDENTITY, Layer};
use crate::model::pattern::{is_pattern, matches};
use crate::model::run_list::ListedRecipe;
use crate::model::sorted;

/// Most mistakes with a suggestion. Finding one compares all names.
const SUGGESTED: usize = 20;

/// A group, from all records about it.
#[derive(Default)]
struct GatheredGroup {
    run_list: Vec<ListedRecipe>,
    attributes: Vec<AttributeSource>,
    /// Nodes that the group lists.
    nodes: BTreeSet<String>,
    /// Patterns of nodes that the group lists.
    patterns: Vec<String>,
}

impl GatheredGroup {
    fn lists(&self, node: &str) -> bool {
        self.nodes.contains(node) || self.patterns.iter().any(|pattern| matches(pattern, node))
    }
}

/// Builds the inventory.
pub(super) fn gather(records: Records) -> Result<Inventory, Diagnostics> {
    let mut wrong = Vec::new();
    check_unique(&records.nodes, &mut wrong);
    let groups = groups(records.groups, &records.nodes, &mut wrong);
    check_groups(&records.nodes, &groups, &mut wrong);
    if !wrong.is_empty() {
        return Err(Diagnostics(wrong));
    }
    let mut inventory = Inventory::default();
    inventory.groups.extend(groups.keys().map(|name| (name.clone(), Vec::new())));
    for record in records.nodes {
        let node = node(record, &groups);
        for group in &node.groups {
            inventory.groups.entry(group.clone()).or_default().push(node.name.clone());
        }
        inventory.nodes.insert(node.name.clone(), node);
    }
    for members in inventory.groups.values_mut() {
        members.sort();
    }
    Ok(inventory)
}

/// Reports nodes with the same name or address. The same address usually means that a copied file was not edited.
fn check_unique(nodes: &[NodeRecord], wrong: &mut Vec<Diagnostic>) {
    let mut names: BTreeMap<&str, &NodeRecord> = BTreeMap::new();
    let mut addresses: BTreeMap<&Address, &NodeRecord> = BTreeMap::new();
    for node in nodes {
        if let Some(other) = names.insert(&node.name, node) {
            wrong.push(
                Diagnostic::error(format!("there are two nodes `{}`", node.name))
                    .at(node.location.clone())
                    .note(format!("the other one is in {}", other.location)),
            );
        } else if let Some(other) = addresses.insert(&node.address, node) {
            let message =
                format!("`{}` and `{}` have the same address, `{}`", other.name, node.name, node.address);
            wrong.push(
                Diagnostic::error(message)
                    .at(node.address_location.clone())
                    .note(format!("the other one is in {}", other.location))
                    .hint("a machine is one node; use groups for its roles"),
            );
        }
    }
}

fn groups(
    records: Vec<GroupRecord>,
    nodes: &[NodeRecord],
    wrong: &mut Vec<Diagnostic>,
) -> BTreeMap<String, GatheredGroup> {
    let mut groups: BTreeMap<String, GatheredGroup> = BTreeMap::new();
    let known: BTreeSet<&str> = nodes.iter().map(|node| node.name.as_str()).collect();
    for record in records {
        for name in &record.nodes {
            if !is_pattern(name) && !known.contains(name.as_str()) {
                let mistake = Diagnostic::error(format!("there is no node `{name}`"));
                let candidates = known.iter().copied().filter(|_| wrong.len() < SUGGESTED);
                let mistake = match nearest(name, candidates) {
                    Some(near) => mistake.hint(format!("did you mean `{near}`?")),
                    None => {
                        mistake.hint(format!("a node is a file: `nodes/{name}.toml`, which may be empty"))
                    }
                };
                wrong.push(mistake.at(record.nodes_location.clone()));
            }
        }
        let group = groups.entry(record.name).or_default();
        group.attributes.extend(record.attributes);
        group.run_list.extend(record.run_list);
        let (patterns, nodes): (Vec<_>, Vec<_>) = record.nodes.into_iter().partition(|name| is_pattern(name));
        group.nodes.extend(nodes);
        group.patterns.extend(patterns);
    }
    groups
}

fn check_groups(nodes: &[NodeRecord], groups: &BTreeMap<String, GatheredGroup>, wrong: &mut Vec<Diagnostic>) {
    for node in nodes {
        for name in node.groups.iter().filter(|name| !groups.contains_key(*name)) {
            let mut mistake =
                Diagnostic::error(format!("there is no group `{name}`")).at(node.groups_location.clone());
            let candidates = groups.keys().map(String::as_str).filter(|_| wrong.len() < SUGGESTED);
            if let Some(near) = nearest(name, candidates) {
                mistake = mistake.hint(format!("did you mean `{near}`?"));
            } else if let Some(these) = these(groups.keys()) {
                mistake = mistake.note(format!("there is {these}"));
            }
            wrong.push(mistake.hint(format!("a group is a file: `groups/{name}.toml`, which may be empty")));
        }
    }
}

/// Its name and its groups, which recipes read like attributes.
fn identity(record: &NodeRecord, groups: &[String]) -> AttributeSource {
    let lines = IDENTITY.map(|key| (key.to_owned(), record.location.clone()));
    let values = [Value::from(record.name.as_str()), Value::from(groups)];
    AttributeSource {
        layer: Layer::Node,
        origin: record.location.file.clone(),
        lines: sorted::collected(lines),
        unset: BTreeMap::new(),
        values: sorted::collected(IDENTITY.map(str::to_owned).into_iter().zip(values)),
    }
}

/// Groups that list the node come first, sorted by name. Then the groups that the node names, in its order.
fn node(record: NodeRecord, groups: &BTreeMap<String, GatheredGroup>) -> Node {
    let listing =
        groups.iter().filter(|(name, group)| group.lists(&record.name) && !record.groups.contains(name));
    let mut names: Vec<String> = listing.map(|(name, _)| name.clone()).collect();
    names.extend(record.groups.iter().cloned());
    let of_groups = || names.iter().filter_map(|name| groups.get(name));
    let identity = std::iter::once(identity(&record, &names));
    let of_groups_then_own =
        of_groups().flat_map(|group| &group.attributes).cloned().chain(record.attributes);
    let attributes = identity.chain(of_groups_then_own).collect();
    let mut listed = BTreeSet::new();
    let run_list = of_groups().flat_map(|group| &group.run_list).cloned().chain(record.run_list);
    let run_list = run_list.filter(|entry| listed.insert(entry.recipe.clone())).collect();
    Node {
        name: record.name,
        address: record.address,
        r#become: record.r#become,
        engine: record.engine,
        groups: names,
        run_list,
        attributes,
        location: Some(record.location),
    }
}
