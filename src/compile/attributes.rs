//! Attributes of the loaded cookbooks: declarations and final values.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Map, Value};

use super::types::{Declaration, ReadProbe};
use all_layers::Wrapper;

mod all_layers;
pub(super) mod layers;
pub(super) mod load;
pub(super) mod report;
pub(super) mod values;
pub(super) mod words;
mod wrappers;

/// The attributes of all loaded cookbooks.
#[derive(Default)]
pub(super) struct AttributeTable {
    books: BTreeMap<String, Book>,
    /// The cookbooks that set attributes of others, lowest first.
    wrappers: Vec<Rc<Wrapper>>,
}

/// The attributes of one cookbook, by dotted path without the name of the cookbook.
#[derive(Default)]
struct Book {
    declared: BTreeMap<String, Rc<Declaration>>,
    /// Probes by name. Recipes read them beside the attributes.
    probes: BTreeMap<String, Rc<ReadProbe>>,
    /// Computed values. None for an attribute that is not set.
    values: BTreeMap<String, Option<Value>>,
    /// Computed defaults, for the report.
    defaults: BTreeMap<String, Value>,
    /// Paths that are being computed, to detect cycles.
    pending: Vec<String>,
    complete: bool,
}

impl AttributeTable {
    /// The values of a loaded cookbook as a tree.
    pub(super) fn values(&self, book: &str) -> Option<Value> {
        let book = self.books.get(book).filter(|book| book.complete)?;
        let mut tree = Map::new();
        for (path, value) in &book.values {
            if let Some(value) = value {
                place_value(&mut tree, path, value.clone());
            }
        }
        for (name, probe) in &book.probes {
            tree.insert(name.clone(), probe.value.clone());
        }
        Some(Value::Object(tree))
    }

    /// The value of a probe. Null if there is nothing.
    pub(super) fn probe(&self, book: &str, name: &str) -> Option<&Value> {
        Some(&self.books.get(book)?.probes.get(name)?.value)
    }

    /// Names of the loaded cookbooks that declare attributes.
    pub(super) fn names(&self) -> Vec<String> {
        self.books
            .iter()
            .filter(|(_, book)| !book.declared.is_empty() || !book.probes.is_empty())
            .map(|(name, _)| name.clone())
            .collect()
    }

    /// Whether the attributes of a cookbook are loaded.
    pub(super) fn is_loaded(&self, book: &str) -> bool {
        self.books.contains_key(book)
    }

    /// Dotted paths of the declared attributes whose last component is this word.
    pub(super) fn called(&self, word: &str) -> impl Iterator<Item = String> {
        let all =
            self.books.iter().flat_map(|(book, entry)| entry.declared.keys().map(move |path| (book, path)));
        all.filter(move |(_, path)| path.rsplit('.').next() == Some(word))
            .map(|(book, path)| format!("{book}.{path}"))
    }

    /// Whether the cookbook declares exactly this path.
    pub(super) fn declares(&self, book: &str, path: &str) -> bool {
        self.books.get(book).is_some_and(|book| book.declared.contains_key(path))
    }

    /// Whether the cookbook declares an attribute below this path.
    pub(super) fn has_below(&self, book: &str, path: &str) -> bool {
        self.books.get(book).is_some_and(|book| book.has_below(path))
    }

    /// Keys directly below a path.
    pub(super) fn keys_below(&self, book: &str, path: &str) -> Vec<String> {
        self.books.get(book).map(|book| book.keys_below(path)).unwrap_or_default()
    }
}

impl Book {
    fn has_below(&self, path: &str) -> bool {
        let prefix = format!("{path}.");
        self.declared.keys().any(|declared| declared.starts_with(&prefix))
    }

    fn keys_below(&self, path: &str) -> Vec<String> {
        let prefix = if path.is_empty() { String::new() } else { format!("{path}.") };
        let mut keys: Vec<String> = self
            .declared
            .keys()
            .filter_map(|declared| declared.strip_prefix(&prefix))
            .map(|rest| rest.split('.').next().unwrap_or(rest).to_owned())
            .collect();
        keys.dedup();
        if path.is_empty() {
            keys.extend(self.probes.keys().cloned());
        }
        keys
    }
}

/// The first component of a dotted path.
fn first(path: &str) -> &str {
    path.split('.').next().unwrap_or(path)
}

fn place_value(tree: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None => {
            tree.insert(path.to_owned(), value);
        }
        Some((first, rest)) => {
            let below = tree.entry(first).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(below) = below {
                place_value(below, rest, value);
            }
        }
    }
}
