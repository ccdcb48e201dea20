//! Attributes that a cookbook sets for the cookbooks that it depends on: `[attributes.nginx]` in its `cookbook.toml`.

use std::collections::BTreeSet;
use std::rc::Rc;

use serde_json::{Map, Value};

use super::Book;
use super::all_layers::{Wrapper, layers};
use super::layers::origin;
use crate::compile::compilation::Compilation;
use crate::model::error::Diagnostic;
use crate::model::node::lookup;

impl Compilation {
    /// Adds what cookbooks and those that they depend on set for their dependencies. What has been added stays. Errors
    /// are recorded.
    pub(in crate::compile) fn add_wrappers<'a>(&self, books: impl Iterator<Item = &'a str>) {
        let (mut seen, mut order) = (BTreeSet::new(), Vec::new());
        books.for_each(|book| self.list_wrappers(book, &mut seen, &mut order));
        let present = self.attributes.borrow().wrappers.len();
        for book in order {
            self.add_wrapper(book);
        }
        let all = self.attributes.borrow().wrappers.clone();
        for (at, wrapper) in all.iter().enumerate().skip(present) {
            for other in &all[..at] {
                self.refuse_contradiction(&all, wrapper, other);
            }
        }
    }

    /// The cookbooks that set attributes and are not added yet, each after those that it depends on: it may change what
    /// they set.
    fn list_wrappers(&self, book: &str, seen: &mut BTreeSet<String>, order: &mut Vec<String>) {
        // The project may use every cookbook, and depends on none.
        if book.is_empty() || !seen.insert(book.to_owned()) {
            return;
        }
        let Some(found) = self.book(book) else { return };
        for dependency in found.dependencies.values() {
            self.list_wrappers(dependency, seen, order);
        }
        let is_added = self.attributes.borrow().wrappers.iter().any(|wrapper| wrapper.book == book);
        if found.attributes.is_some() && !is_added {
            order.push(book.to_owned());
        }
    }

    fn add_wrapper(&self, book: String) {
        let Some(source) = self.book(&book).and_then(|found| found.attributes.clone()) else { return };
        self.authorize_wrapper(&book, &source);
        let wrapper = Rc::new(Wrapper { book, source });
        let present = self.attributes.borrow().wrappers.clone();
        let late = self.too_late(&present, &wrapper);
        self.attributes.borrow_mut().wrappers.push(wrapper);
        if let Some(late) = late {
            self.refuse_at(None, late);
        }
    }

    /// Whether a cookbook depends on another one, directly or through others.
    fn depends(&self, book: &str, on: &str) -> bool {
        let mut seen = BTreeSet::new();
        let mut next = vec![book];
        while let Some(book) = next.pop() {
            let found = self.book(book).into_iter().flat_map(|found| found.dependencies.values());
            for dependency in found.filter(|name| seen.insert(name.as_str())) {
                if dependency == on {
                    return true;
                }
                next.push(dependency);
            }
        }
        false
    }

    /// Reports the first attribute for which two cookbooks have different values, unless one that depends on them
    /// decides, or a higher layer.
    fn refuse_contradiction(&self, all: &[Rc<Wrapper>], one: &Wrapper, other: &Wrapper) {
        let mut paths = Vec::new();
        contradictions(&one.source.values, &other.source.values, "", &mut paths);
        let decides = |wrapper: &Rc<Wrapper>, path: &str| {
            let below = [one, other].into_iter().filter(|below| below.book != wrapper.book);
            lookup(&wrapper.source.values, path).is_some()
                && below.into_iter().any(|below| self.depends(&wrapper.book, &below.book))
        };
        paths.retain(|path| {
            !all.iter().any(|wrapper| decides(wrapper, path))
                && !self.layers.iter().any(|layer| lookup(&layer.values, path).is_some())
        });
        let Some(path) = paths.into_iter().next() else { return };
        let value = |wrapper: &Wrapper| {
            lookup(&wrapper.source.values, &path).map(Value::to_string).unwrap_or_default()
        };
        let message = format!(
            "the cookbooks `{}` and `{}` set `{path}` to different values, {} and {}",
            other.book,
            one.book,
            value(other),
            value(one)
        );
        let mut diagnostic = Diagnostic::error(message)
            .hint(format!(
                "decide in chefrs.toml, in a file of the node or a group, or with `--set {path}=…`"
            ))
            .hint("or let one of the two depend on the other: then its value counts");
        if let Some(place) = origin(&other.source, &path) {
            diagnostic = diagnostic.note(format!("the other one is in {place}"));
        }
        self.refuse_at(origin(&one.source, &path), diagnostic);
    }

    /// The error for a cookbook that changes an attribute whose value is computed already, and may have been read.
    fn too_late(&self, present: &[Rc<Wrapper>], wrapper: &Rc<Wrapper>) -> Option<Diagnostic> {
        let with_it: Vec<Rc<Wrapper>> = present.iter().chain([wrapper]).cloned().collect();
        let attributes = self.attributes.borrow();
        let (name, path) = wrapper.source.values.keys().find_map(|name| {
            let book = attributes.books.get(name).filter(|book| book.complete)?;
            let value = |path: &str, wrappers: &[Rc<Wrapper>]| self.value_with(name, book, path, wrappers);
            let path =
                book.declared.keys().find(|path| value(path, present) != value(path, &with_it)).cloned()?;
            Some((name, path))
        })?;
        let dotted = format!("{name}.{path}");
        let message = format!(
            "the cookbook `{}` sets `{dotted}`, but is used after `{name}`, whose attributes have their values already",
            wrapper.book
        );
        let diagnostic = Diagnostic::error(message)
            .hint(format!("name `{}` before `{name}`, in the run list or in the recipe", wrapper.book));
        Some(match origin(&wrapper.source, &dotted) {
            Some(location) => diagnostic.at(location),
            None => diagnostic,
        })
    }

    /// The value of an attribute with these wrapper cookbooks.
    fn value_with(&self, name: &str, book: &Book, path: &str, wrappers: &[Rc<Wrapper>]) -> Option<Value> {
        let dotted = format!("{name}.{path}");
        let default = book.defaults.get(path);
        layers(wrappers, &self.layers)
            .fold(default.cloned(), |below, (_, source)| source.over(&dotted, default, below))
    }
}

/// The paths at which both have a value, and not the same.
fn contradictions(
    one: &Map<String, Value>,
    other: &Map<String, Value>,
    above: &str,
    found: &mut Vec<String>,
) {
    for (key, value) in one {
        let path = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
        match (value, other.get(key)) {
            (Value::Object(one), Some(Value::Object(other))) => contradictions(one, other, &path, found),
            (one, Some(other)) if one != other => found.push(path),
            _ => {}
        }
    }
}
