//! Facts about processors and memory that don't change.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// The fact `cpu`, from `/proc/cpuinfo`: `total` counts threads, `cores` cores, `real` packages.
#[must_use]
pub fn cpu(text: &str) -> Value {
    let mut total = 0;
    let mut packages = BTreeSet::new();
    let mut cores = BTreeSet::new();
    let mut facts = Map::new();
    for block in text.split("\n\n") {
        let field = |name: &str| {
            block.lines().filter_map(|line| line.split_once(':')).find_map(|(key, value)| {
                let value = value.trim();
                (key.trim() == name && !value.is_empty()).then_some(value)
            })
        };
        if field("processor").is_some() {
            total += 1;
        }
        if let Some(package) = field("physical id") {
            packages.insert(package);
            cores.extend(field("core id").map(|core| (package, core)));
        }
        for (fact, name) in [("vendor_id", "vendor_id"), ("model_name", "model name")] {
            if let Some(value) = field(name) {
                facts.entry(fact).or_insert_with(|| json!(value));
            }
        }
    }
    facts.insert("total".into(), json!(total));
    // Machines that don't report packages have one.
    facts.insert("real".into(), json!(packages.len().max(usize::from(total > 0))));
    facts.insert("cores".into(), json!(if cores.is_empty() { total } else { cores.len() }));
    Value::Object(facts)
}

/// The fact `memory`, from `/proc/meminfo`. Only totals, because free memory changes all the time.
#[must_use]
pub fn memory(text: &str) -> Value {
    let total = |name: &str| {
        let line = text.lines().filter_map(|line| line.split_once(':')).find(|(key, _)| *key == name);
        line.map_or_else(|| "0kB".to_owned(), |(_, value)| value.split_ascii_whitespace().collect())
    };
    json!({ "total": total("MemTotal"), "swap": { "total": total("SwapTotal") } })
}
