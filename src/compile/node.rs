//! The content of the node: facts, attributes and layers by their first key.

use mlua::Lua;
use serde_json::Value;

use crate::model::english::nearest;
use crate::model::error::Diagnostic;

use super::compilation::Compilation;
use super::fault::{fresh, recorded};
use super::{foreign, place};

impl Compilation {
    /// Facts and attributes below a first key, as far as they are loaded.
    pub(super) fn node_value(&self, key: &str) -> mlua::Result<Option<Value>> {
        self.look_at(key)?;
        self.session.borrow_mut().read.insert(key.to_owned());
        let declared = self.attributes.borrow().values(key);
        let value = declared.or_else(|| {
            let fact = self.facts.get(key);
            self.layers.iter().fold(fact.cloned(), |below, source| source.over(key, fact, below))
        });
        Ok(value.filter(|value| !value.is_null()))
    }

    /// First keys of all facts, layers and loaded cookbooks, sorted.
    pub(super) fn node_keys(&self) -> Vec<String> {
        let mut keys: Vec<String> = self.facts.keys().cloned().collect();
        keys.extend(self.layers.iter().flat_map(|source| source.values.keys().cloned()));
        keys.extend(self.attributes.borrow().names());
        keys.sort();
        keys.dedup();
        keys
    }

    /// Whether a loaded cookbook declares this attribute. The path begins with the name of the cookbook.
    fn declares(&self, dotted: &str) -> bool {
        let parts = dotted.split_once('.');
        parts.is_some_and(|(book, path)| self.attributes.borrow().declares(book, path))
    }

    /// Whether a loaded cookbook declares this attribute, one below it, or this probe.
    fn declares_any(&self, book: &str, path: &str) -> bool {
        let attributes = self.attributes.borrow();
        attributes.declares(book, path)
            || attributes.has_below(book, path)
            || attributes.probe(book, path).is_some()
    }

    /// The first attribute below a path that a loaded cookbook declares.
    fn declared_below(&self, dotted: &str) -> Option<String> {
        let (book, path) = dotted.split_once('.')?;
        let attributes = self.attributes.borrow();
        let key = attributes.keys_below(book, path).into_iter().next()?;
        Some(format!("{dotted}.{key}"))
    }

    /// If facts are not known, stops the compile when it reads a key that may be a fact.
    ///
    /// # Errors
    /// The compile was stopped.
    fn look_at(&self, key: &str) -> mlua::Result<()> {
        let Some(sure) = self.sure.get() else { return Ok(()) };
        let is_attribute = || {
            self.attributes.borrow().values(key).is_some()
                || self.layers.iter().any(|source| source.values.contains_key(key))
        };
        if !self.facts.contains_key(key) && is_attribute() {
            return Ok(());
        }
        // Later errors may be caused by the stop.
        self.sure.set(Some(sure.min(self.session.borrow().errors.len())));
        self.budget.stop();
        Err(recorded("stopped"))
    }
}

/// Start of the cause of errors about an attribute that is not set.
const NOT_SET: &str = "attribute ";

/// The cause that all errors about one attribute share which is not set.
pub(super) fn not_set(dotted: &str) -> String {
    format!("{NOT_SET}{dotted}")
}

/// Whether this is the cause of errors about an attribute that is not set.
pub(super) fn is_not_set(cause: &str) -> bool {
    cause.starts_with(NOT_SET)
}

/// The error for an attribute that is not set, read by a file of the cookbook `book`.
pub(super) fn missing<'a>(
    compilation: &Compilation,
    lua: &Lua,
    book: &str,
    path: &str,
    key: &str,
    names: impl Iterator<Item = &'a str>,
) -> mlua::Error {
    let diagnostic = Diagnostic::error(format!("attribute `{path}.{key}` is not set"));
    let inside = path.strip_prefix("node").unwrap_or(path).trim_start_matches('.');
    let dotted = if inside.is_empty() { key.to_owned() } else { format!("{inside}.{key}") };
    let foreign = if inside.is_empty() {
        foreign::hint_for_node_key(key, &compilation.line_that_runs(lua))
    } else {
        None
    };
    let near = || nearest(key, names).map(|near| format!("did you mean `{path}.{near}`?"));
    let diagnostic = if compilation.declares(&dotted) {
        diagnostic
            .caused_by(not_set(&dotted))
            .note("its cookbook declares it without a default")
            .hint(format!(
                "set it: `{dotted} = …` below `[attributes]` in chefrs.toml, or `--set {dotted}=…`"
            ))
            .hint(format!("or read it as optional: `node:get(\"{dotted}\")`"))
    } else if inside.is_empty() && compilation.declares_any(book, key) {
        diagnostic.hint(format!("the attributes of a cookbook are below its name: `node.{book}.{key}`"))
    } else if let Some(below) = compilation.declared_below(&dotted) {
        diagnostic
            .caused_by(not_set(&below))
            .note(format!("its cookbook declares `{below}` without a default"))
            .hint(format!("set it: `{below} = …` below `[attributes]` in chefrs.toml, or `--set {below}=…`"))
            .hint(format!("or read it as optional: `node:get(\"{below}\")`"))
    } else if let Some(hint) = foreign.or_else(near) {
        diagnostic.hint(hint)
    } else {
        diagnostic
            .caused_by(not_set(&dotted))
            .hint(format!("set it: `{dotted} = …` below `[attributes]` in chefrs.toml, in a file in `nodes/` or `groups/`, or with `--set {dotted}=…`"))
            .hint(format!("or read it as optional: `node:get(\"{dotted}\")`"))
    };
    fresh(match place::here(lua) {
        Some(location) => diagnostic.at(location),
        None => diagnostic,
    })
}
