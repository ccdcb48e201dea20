//! Checks the attributes set in the layers against the declarations of a cookbook.

use serde_json::Value;

use super::all_layers::layers;
use super::{Book, first};
use crate::compile::compilation::Compilation;
use crate::compile::types::Declaration;
use crate::model::english::nearest;
use crate::model::error::{Diagnostic, Location};
use crate::model::node::{AttributeSource, lookup};
use crate::model::schema::Kind;

impl Compilation {
    /// Checks the attributes that the layers set for a cookbook.
    pub(super) fn check_layers(&self, book: &str) {
        let wrappers = self.attributes.borrow().wrappers.clone();
        for (_, source) in layers(&wrappers, &self.layers) {
            if let Some(values) = source.values.get(book) {
                self.check_layer(book, source, "", values);
            }
            for (unset, location) in &source.unset {
                if let Some(path) = unset.strip_prefix(book).and_then(|rest| rest.strip_prefix('.')) {
                    self.check_unset(book, path, location);
                }
            }
        }
    }

    /// Refuses a path that is not declared, above or below.
    fn check_unset(&self, book: &str, path: &str, location: &Location) {
        let attributes = self.attributes.borrow();
        let Some(entry) = attributes.books.get(book) else { return };
        let above = std::iter::successors(Some(path), |path| path.rsplit_once('.').map(|(above, _)| above));
        if above.into_iter().any(|path| entry.declared.contains_key(path)) || entry.has_below(path) {
            return;
        }
        let diagnostic = answered_by_machine(book, entry, path).unwrap_or_else(|| unknown(book, entry, path));
        drop(attributes);
        self.refuse_at(Some(location.clone()), diagnostic);
    }

    fn check_layer(&self, book: &str, source: &AttributeSource, path: &str, value: &Value) {
        let dotted = if path.is_empty() { book.to_owned() } else { format!("{book}.{path}") };
        let attributes = self.attributes.borrow();
        let Some(entry) = attributes.books.get(book) else { return };
        let diagnostic = match (entry.declared.get(path), value) {
            (Some(declaration), value) => match declaration.kind.examine_part(value).misfits.first() {
                None => return,
                Some(misfit) => {
                    let diagnostic = Diagnostic::error(format!("attribute {}", misfit.sentence(&dotted, "")))
                        .note(format!("declared at {}", declaration.location));
                    let whole = misfit.path.is_empty();
                    let other = other_kind(source, &dotted, &declaration.kind, value).filter(|_| whole);
                    match other.or_else(|| misfit.hint.clone()) {
                        Some(hint) => diagnostic.hint(hint),
                        None => diagnostic,
                    }
                }
            },
            (None, Value::Object(below)) if path.is_empty() || entry.has_below(path) => {
                drop(attributes);
                for (key, value) in below {
                    let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                    self.check_layer(book, source, &path, value);
                }
                return;
            }
            (None, value) if path.is_empty() || entry.has_below(path) => {
                let found = crate::model::schema::found(value);
                Diagnostic::error(format!("attribute `{dotted}` takes a table, not {found}"))
            }
            (None, _) => unknown(book, entry, path),
        };
        let diagnostic = answered_by_machine(book, entry, path).unwrap_or(diagnostic);
        drop(attributes);
        self.refuse_layer(source, &dotted, diagnostic);
    }

    /// Records an error about the merged layers of an attribute, at the last one that sets it.
    pub(super) fn refuse_merged(&self, path: &str, declared: &Declaration, error: Diagnostic) -> mlua::Error {
        let wrappers = self.attributes.borrow().wrappers.clone();
        let set_by =
            layers(&wrappers, &self.layers).filter(|(_, source)| lookup(&source.values, path).is_some());
        match set_by.last() {
            Some((_, source)) => {
                self.refuse_layer(source, path, error.note(format!("declared at {}", declared.location)))
            }
            None => self.refuse_at(Some(declared.location.clone()), error),
        }
    }

    fn refuse_layer(&self, source: &AttributeSource, path: &str, error: Diagnostic) -> mlua::Error {
        let location = origin(source, path);
        let error = match &location {
            Some(_) => error,
            None => error.note(format!("set by {}", source.origin)),
        };
        self.refuse_at(location, error)
    }
}

/// The error for a layer that sets a probe.
fn answered_by_machine(book: &str, entry: &Book, path: &str) -> Option<Diagnostic> {
    let (name, probe) = entry.probes.get_key_value(first(path))?;
    let wrong = format!("`{book}.{name}` is a probe: its value is what the machine answers");
    Some(
        Diagnostic::error(wrong)
            .note(format!("declared at {}", probe.declaration.location))
            .hint("leave it out; for `chefrs check`, give the probe an `example`, or record facts with `chefrs facts > FILE`"),
    )
}

/// The error for an attribute that a cookbook does not declare.
fn unknown(book: &str, entry: &Book, path: &str) -> Diagnostic {
    let (above, last) = path.rsplit_once('.').unwrap_or(("", path));
    let known = entry.keys_below(above);
    let diagnostic = Diagnostic::error(format!("cookbook `{book}` has no attribute `{book}.{path}`"));
    let above = if above.is_empty() { book.to_owned() } else { format!("{book}.{above}") };
    match nearest(last, known.iter().map(String::as_str)) {
        Some(near) => diagnostic.hint(format!("did you mean `{above}.{near}`?")),
        None => diagnostic.hint(format!("`chefrs explain {book}` lists its attributes")),
    }
}

/// The suggestion for a string that was given as a number, or the reverse.
fn other_kind(source: &AttributeSource, dotted: &str, kind: &Kind, value: &Value) -> Option<String> {
    // Use the original text: `1.10` was parsed to the number 1.1.
    let typed = source.origin.strip_prefix("--set ").and_then(|word| word.split_once('='));
    let word = |text: &str| match typed {
        Some((key, _)) => format!("write `--set '{key}={text}'`"),
        None => format!("write `{} = {text}`", dotted.rsplit('.').next().unwrap_or(dotted)),
    };
    match value {
        Value::Number(_) | Value::Bool(_) if kind.check(&mut Value::from("text")).is_ok() => {
            let text = typed.map_or_else(|| value.to_string(), |(_, text)| text.to_owned());
            Some(word(&format!("\"{text}\"")))
        }
        Value::String(text) => {
            let mut plain: Value = serde_json::from_str(text).ok()?;
            (!plain.is_string() && kind.check(&mut plain).is_ok()).then(|| word(text))
        }
        _ => None,
    }
}

/// The line that set a path, or else the line of the nearest table that contains it.
pub(in crate::compile) fn origin(source: &AttributeSource, path: &str) -> Option<Location> {
    let mut path = path;
    loop {
        if let Some(location) = source.lines.get(path) {
            return Some(location.clone());
        }
        path = path.rsplit_once('.')?.0;
    }
}
