//! The smallest cookbook in which something is still wrong.

use super::item::{Cookbook, Item};

/// Smaller cookbooks that are tried at most.
const TRIES: usize = 500;

/// Takes away whatever can go while the cookbook stays wrong.
pub fn smallest(cookbook: &Cookbook, is_wrong: impl Fn(&Cookbook) -> bool) -> Cookbook {
    let (mut best, mut tries) = (cookbook.clone(), 0);
    let mut may_try = || {
        tries += 1;
        tries <= TRIES
    };
    while let Some(better) =
        less(&best).into_iter().take_while(|_| may_try()).find(|candidate| is_wrong(candidate))
    {
        best = better;
    }
    best
}

/// All cookbooks with one thing less.
fn less(cookbook: &Cookbook) -> Vec<Cookbook> {
    without_one(&cookbook.items)
        .into_iter()
        .map(|items| Cookbook { items, ..cookbook.clone() })
        .filter(|smaller| smaller != cookbook)
        .collect()
}

fn without_one(items: &[Item]) -> Vec<Vec<Item>> {
    let replaced = |at: usize, by: Vec<Item>| {
        let mut items = items.to_vec();
        items.splice(at..=at, by);
        items
    };
    let mut found = Vec::new();
    // The most first: whole rows, then custom resources, then what is said of a row.
    found.extend((0..items.len()).map(|at| replaced(at, Vec::new())));
    for (at, item) in items.iter().enumerate() {
        for (_, rows) in &item.inside {
            found.push(replaced(at, rows.clone()));
        }
        found.extend(simpler(item).into_iter().map(|simpler| replaced(at, vec![simpler])));
    }
    found
}

fn simpler(item: &Item) -> Vec<Item> {
    let mut found = Vec::new();
    for at in 0..item.properties.len() {
        let mut simpler = item.clone();
        simpler.properties.remove(at);
        found.push(simpler);
    }
    for at in 0..item.notifies.len() {
        let mut simpler = item.clone();
        simpler.notifies.remove(at);
        found.push(simpler);
    }
    for at in 0..item.subscribes.len() {
        let mut simpler = item.clone();
        simpler.subscribes.remove(at);
        found.push(simpler);
    }
    for (at, (_, rows)) in item.inside.iter().enumerate() {
        if item.inside.len() > 1 {
            let mut simpler = item.clone();
            simpler.inside.remove(at);
            found.push(simpler);
        }
        for rows in without_one(rows).into_iter().filter(|rows| !rows.is_empty()) {
            let mut simpler = item.clone();
            simpler.inside[at].1 = rows;
            found.push(simpler);
        }
    }
    found
}
