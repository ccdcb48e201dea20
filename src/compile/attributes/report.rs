//! Lists all attributes with the sources of their values, for `chefrs explain`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::layers::origin;
use super::over;
use crate::compile::compilation::Compilation;
use crate::compile::input::Attribute;
use crate::compile::reference::as_paths;
use crate::model::error::Location;
use crate::model::node::{Layer, lookup};

impl Compilation {
    /// All attributes that are declared or set, with the layers that set them.
    pub(in crate::compile) fn attribute_report(&self) -> Vec<Attribute> {
        let attributes = self.attributes.borrow();
        let mut report: BTreeMap<String, Attribute> = BTreeMap::new();
        for (name, book) in &attributes.books {
            for (path, declaration) in &book.declared {
                let dotted = format!("{name}.{path}");
                let mut layers = Vec::new();
                if let Some(default) = book.defaults.get(path) {
                    let location = self.session.borrow().quote(declaration.location.clone());
                    layers.push((Layer::Cookbook, default.clone(), location.file.clone(), Some(location)));
                }
                layers.extend(self.said(&dotted));
                let mut value = book.values.get(path).cloned().flatten().unwrap_or(Value::Null);
                as_paths(&mut value);
                report.insert(
                    dotted.clone(),
                    Attribute { path: dotted, doc: declaration.doc.clone(), value, layers },
                );
            }
        }
        let mut free = Vec::new();
        for source in &self.layers {
            for (key, value) in &source.values {
                if !attributes.books.contains_key(key) {
                    leaves(key, value, &mut free);
                }
            }
        }
        for path in free {
            let layers: Vec<_> = self.said(&path);
            let value =
                layers.iter().map(|(_, value, _, _)| value.clone()).reduce(over).unwrap_or(Value::Null);
            report.insert(path.clone(), Attribute { path, doc: String::new(), value, layers });
        }
        report.into_values().collect()
    }

    fn said(&self, path: &str) -> Vec<(Layer, Value, String, Option<Location>)> {
        self.layers
            .iter()
            .filter_map(|source| {
                let value = lookup(&source.values, path)?.clone();
                Some((source.layer, value, source.origin.clone(), origin(source, path)))
            })
            .collect()
    }
}

/// Adds the dotted paths of all values that are not tables.
fn leaves(path: &str, value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (key, value) in map {
                leaves(&format!("{path}.{key}"), value, into);
            }
        }
        _ => into.push(path.to_owned()),
    }
}
