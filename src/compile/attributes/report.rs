//! Lists all attributes with the sources of their values, for `chefrs explain`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::all_layers::layers;
use super::layers::origin;
use crate::compile::compilation::Compilation;
use crate::compile::input::Attribute;
use crate::compile::reference::as_paths;
use crate::compile::types::ProbeDeclaration;
use crate::model::asked_probe::AskedProbe;
use crate::model::content::sha256;
use crate::model::error::Location;
use crate::model::node::{Layer, lookup_components};
use crate::model::sorted;

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
                let components: Vec<&str> = dotted.split('.').collect();
                layers.extend(self.said(&components));
                let mut value = book.values.get(path).cloned().flatten().unwrap_or(Value::Null);
                as_paths(&mut value);
                report.insert(
                    dotted.clone(),
                    Attribute {
                        path: dotted,
                        doc: declaration.doc.clone(),
                        value,
                        property: Some(declaration.property(path)),
                        layers,
                    },
                );
            }
        }
        for (name, book) in &attributes.books {
            for (probe, read) in &book.probes {
                let path = format!("{name}.{probe}");
                let ProbeDeclaration { doc, location, example, .. } = &read.declaration;
                let layer = if read.is_answered || example.is_none() { Layer::Probe } else { Layer::Example };
                let layers = vec![(layer, read.value.clone(), location.file.clone(), Some(location.clone()))];
                let attribute = Attribute {
                    path: path.clone(),
                    doc: doc.clone(),
                    value: read.value.clone(),
                    property: None,
                    layers,
                };
                report.insert(path, attribute);
            }
        }
        let keys = self.layers.iter().flat_map(|source| source.values.keys());
        let free: BTreeSet<&String> =
            sorted::collected(keys.filter(|key| !attributes.books.contains_key(*key)));
        for key in free {
            let value = self.layers.iter().fold(None, |below, source| source.over(key, None, below));
            let mut found = Vec::new();
            leaves(&mut vec![key.as_str()], value.as_ref().unwrap_or(&Value::Null), &mut found);
            for (path, value) in found {
                let layers = self.said(&path);
                let path = quoted(&path);
                report.insert(
                    path.clone(),
                    Attribute { path, doc: String::new(), value, property: None, layers },
                );
            }
        }
        report.into_values().collect()
    }

    /// The probes that recipes could read, sorted.
    pub(in crate::compile) fn asked_probes(&self) -> Vec<AskedProbe> {
        let attributes = self.attributes.borrow();
        let all = attributes.books.iter().flat_map(|(cookbook, book)| {
            book.probes.iter().map(move |(name, read)| AskedProbe {
                cookbook: cookbook.clone(),
                name: name.clone(),
                answered: read.is_answered,
                sha256: (!read.value.is_null()).then(|| sha256(read.value.to_string().as_bytes())),
                location: read.declaration.location.clone(),
            })
        });
        all.collect()
    }

    fn said(&self, components: &[&str]) -> Vec<(Layer, Value, String, Option<Location>)> {
        let path = &components.join(".");
        let wrappers = self.attributes.borrow().wrappers.clone();
        layers(&wrappers, &self.layers)
            .flat_map(|(_, source)| {
                let place = |found: Option<&Location>| (source.origin.clone(), found.cloned());
                let unset = source.unset.get(path).map(|location| (Value::Null, place(Some(location))));
                let own = lookup_components(&source.values, components.iter().copied())
                    .map(|value| (value.clone(), place(origin(source, path).as_ref())));
                let both = unset.into_iter().chain(own);
                both.map(|(value, (origin, location))| (source.layer, value, origin, location))
            })
            .collect()
    }
}

/// Adds all values that are not tables, with their paths.
fn leaves<'a>(path: &mut Vec<&'a str>, value: &'a Value, into: &mut Vec<(Vec<&'a str>, Value)>) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (key, value) in map {
                path.push(key);
                leaves(path, value, into);
                path.pop();
            }
        }
        _ => into.push((path.clone(), value.clone())),
    }
}

/// The dotted path. A component that has a dot itself is quoted, as `--set` takes it.
fn quoted(components: &[&str]) -> String {
    let quoted =
        components.iter().map(|key| if key.contains('.') { format!("\"{key}\"") } else { (*key).to_owned() });
    quoted.collect::<Vec<_>>().join(".")
}
