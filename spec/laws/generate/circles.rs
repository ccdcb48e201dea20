//! Notifications at once that would come back to where they started, which no cookbook may have: they wait for the end.

use std::collections::{BTreeMap, BTreeSet};

use crate::laws::item::Item;

/// What leads to what at once, by `type[name]`. A custom resource that is run stands behind a `!`: what runs in it may
/// change it, and what changes it need not run it.
type Ways = BTreeMap<String, BTreeSet<String>>;

/// Lets those notifications wait for the end of the list without which there would be no circle.
pub(super) fn untangled(mut items: Vec<Item>) -> Vec<Item> {
    let mut ways = Ways::new();
    for item in &items {
        inside(item, &mut ways);
    }
    for item in &mut items {
        untangle(item, &mut ways);
    }
    items
}

/// The ways that custom resources are.
fn inside(item: &Item, ways: &mut Ways) {
    for (_, rows) in &item.inside {
        for row in rows {
            ways.entry(run(&item.id(), true)).or_default().insert(run(&row.id(), row.is_custom()));
            ways.entry(row.id()).or_default().insert(item.id());
            inside(row, ways);
        }
    }
}

fn run(id: &str, custom: bool) -> String {
    if custom { format!("{id}!") } else { id.to_owned() }
}

fn untangle(item: &mut Item, ways: &mut Ways) {
    let own = item.id();
    let runs = run(&own, item.is_custom());
    let ran = |id: &str, ways: &Ways| run(id, ways.contains_key(&format!("{id}!")));
    let notifies = item.notifies.iter_mut().map(|said| (own.clone(), ran(&said.to, ways), said));
    let subscribes = item.subscribes.iter_mut().map(|said| (said.to.clone(), runs.clone(), said));
    let all: Vec<_> = notifies.chain(subscribes).collect();
    for (from, to, said) in all.into_iter().filter(|(_, _, said)| said.is_at_once()) {
        if leads(ways, &to, &from) {
            said.timing = "delayed";
        } else {
            ways.entry(from).or_default().insert(to);
        }
    }
    for row in item.inside.iter_mut().flat_map(|(_, rows)| rows) {
        untangle(row, ways);
    }
}

fn leads(ways: &Ways, from: &str, to: &str) -> bool {
    let (mut seen, mut waiting) = (BTreeSet::new(), vec![from]);
    while let Some(next) = waiting.pop() {
        if next == to {
            return true;
        }
        if seen.insert(next) {
            waiting.extend(ways.get(next).into_iter().flatten().map(String::as_str));
        }
    }
    false
}
