//! Sealing: names of templates, files and trees become their content, so that nothing of the disk is needed later.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Map, Value};

use crate::cookbook::Cookbook;
use crate::model::blob::Blobs;
use crate::model::content::Template;
use crate::model::english::nearest;
use crate::model::error::Diagnostic;
use crate::model::schema::{Kind, Property, Schema};
use crate::template;

use super::engine::Engine;

/// Partials that one template may reach.
const PARTIALS: usize = 100;

impl Engine {
    /// Replaces the values of all properties that name a file of a cookbook.
    pub(super) fn seal(
        self: &Rc<Self>,
        index: usize,
        schema: &Schema,
        name: &str,
        properties: &mut Map<String, Value>,
    ) {
        for property in &schema.properties {
            if !matches!(property.kind, Kind::Template | Kind::File | Kind::Tree) {
                continue;
            }
            if !properties.contains_key(&property.name) {
                let default = default_source(name, &property.kind);
                if property.required || self.has_default(index, schema, property, &default) {
                    properties.insert(property.name.clone(), Value::from(default));
                }
            }
            let source = match properties.get(&property.name) {
                None => continue,
                Some(Value::String(source)) => source.clone(),
                // Content is sealed here alone: a table in its place would be content that no cookbook holds.
                Some(Value::Object(_)) => {
                    let id = self.session.borrow().drafts[index].row.id();
                    let message = format!(
                        "{id}: property `{}` takes {}, not a table",
                        property.name,
                        property.kind.describe()
                    );
                    self.mistake(index, Some(&property.name), Diagnostic::error(message));
                    continue;
                }
                Some(_) => continue,
            };
            match self.sealed(index, schema, &property.kind, &source, properties) {
                Ok(value) => {
                    properties.insert(property.name.clone(), value);
                }
                Err(mut diagnostic) => {
                    // A mistake inside a template keeps its own place; the declaration becomes a note.
                    if let Some(location) = diagnostic.location.take() {
                        let declared = self.session.borrow().drafts[index].row.location.clone();
                        let mut session = self.session.borrow_mut();
                        session.drafts[index].broken = true;
                        let id = session.drafts[index].row.id();
                        session.record(
                            diagnostic.at(location).note(format!("used by {id}, declared at {declared}")),
                        );
                    } else {
                        let id = self.session.borrow().drafts[index].row.id();
                        diagnostic.message = format!("{id}: {}", diagnostic.message);
                        self.mistake(index, Some(&property.name), *diagnostic);
                    }
                }
            }
        }
    }

    /// Whether a `source` that may be left out is there under its default name, and nothing else can say the content.
    fn has_default(&self, index: usize, schema: &Schema, property: &Property, default: &str) -> bool {
        if property.name != "source" || schema.property("content").is_some() {
            return false;
        }
        let declaring = self.session.borrow().drafts[index].row.cookbook.clone();
        let Some(book) = self.book(&declaring) else { return false };
        match property.kind {
            Kind::Template => matches!(book.text(&format!("templates/{default}")), Ok(Some(_))),
            Kind::File => book.file(default, &mut Blobs::new()).is_ok(),
            _ => false,
        }
    }

    fn sealed(
        &self,
        index: usize,
        schema: &Schema,
        kind: &Kind,
        source: &str,
        properties: &Map<String, Value>,
    ) -> Result<Value, Box<Diagnostic>> {
        let declaring = self.session.borrow().drafts[index].row.cookbook.clone();
        let other =
            schema.property("cookbook").and_then(|_| properties.get("cookbook")).and_then(Value::as_str);
        let book = match other {
            Some(alias) => match self.dependencies(&declaring).get(alias) {
                Some(name) => self.book(name),
                None if alias == declaring => self.book(&declaring),
                None => return Err(Box::new(self.not_a_dependency(&declaring, alias))),
            },
            None => self.book(&declaring),
        };
        let book = if self.grants(source) { Some(&self.own) } else { book };
        let Some(book) = book else { return Err(Box::new(Diagnostic::error("the cookbook is not there"))) };
        let sealed = match kind {
            Kind::Template => serde_json::to_value(template(book, source)?),
            Kind::File => serde_json::to_value(book.file(source, &mut self.session.borrow_mut().blobs)?),
            _ => serde_json::to_value(book.tree(source, &mut self.session.borrow_mut().blobs)?),
        };
        sealed.map_err(|error| Box::new(Diagnostic::error(error.to_string())))
    }

    /// Whether a cookbook may read this path of the project. No cookbook sees the project's files, except for those
    /// that the attributes of the project, of a node or of the command line name, word for word.
    fn grants(&self, source: &str) -> bool {
        (source == "." || source.starts_with("./"))
            && self.layers.iter().any(|layer| layer.values.values().any(|value| holds(value, source)))
    }
}

/// Whether a value is this text, or holds it somewhere.
fn holds(value: &Value, text: &str) -> bool {
    match value {
        Value::String(string) => string == text,
        Value::Array(items) => items.iter().any(|item| holds(item, text)),
        Value::Object(map) => map.values().any(|item| holds(item, text)),
        _ => false,
    }
}

/// The source of a resource that names none: the last part of its name.
fn default_source(name: &str, kind: &Kind) -> String {
    let base = name.trim_end_matches('/').rsplit('/').next().unwrap_or(name);
    if *kind == Kind::Template { format!("{base}.hbs") } else { base.to_owned() }
}

/// A template with all the partials that it reaches.
fn template(book: &Cookbook, source: &str) -> Result<Template, Box<Diagnostic>> {
    let path = format!("templates/{source}");
    let Some(text) = book.text(&path)? else { return Err(Box::new(missing(book, source))) };
    let mut sealed = Template { name: book.label(&path), text: text.into_owned(), partials: BTreeMap::new() };
    let mut walk = vec![source.to_owned()];
    partials(book, &sealed.name, &sealed.text, &mut walk, &mut sealed.partials)?;
    Ok(sealed)
}

/// Adds the partials of a text, and theirs. `walk` holds the ones around it: a cycle would overflow the renderer.
fn partials(
    book: &Cookbook,
    label: &str,
    text: &str,
    walk: &mut Vec<String>,
    into: &mut BTreeMap<String, String>,
) -> Result<(), Box<Diagnostic>> {
    for name in template::partials(label, text)? {
        if walk.contains(&name) {
            walk.push(name);
            return Err(Box::new(Diagnostic::error(format!(
                "partials include each other: {}",
                walk[1..].join(" -> ")
            ))));
        }
        if into.contains_key(&name) {
            continue;
        }
        let paths = [format!("templates/{name}.hbs"), partial_path(&name)];
        let mut found = None;
        for path in paths {
            if let Some(text) = book.text(&path)? {
                found = Some((book.label(&path), text.into_owned()));
                break;
            }
        }
        let Some((label, text)) = found else {
            return Err(Box::new(
                Diagnostic::error(format!("`{label}` includes the partial `{name}`, which is not there"))
                    .hint(format!(
                        "make {} or {}",
                        book.label(&format!("templates/{name}.hbs")),
                        partial_path(&name)
                    )),
            ));
        };
        if into.len() >= PARTIALS {
            return Err(Box::new(Diagnostic::error(format!(
                "`{label}` reaches more than {PARTIALS} partials"
            ))));
        }
        into.insert(name.clone(), text.clone());
        walk.push(name);
        partials(book, &label, &text, walk, into)?;
        walk.pop();
    }
    Ok(())
}

/// `dir/name` is `templates/dir/_name.hbs`.
fn partial_path(name: &str) -> String {
    match name.rsplit_once('/') {
        Some((folder, base)) => format!("templates/{folder}/_{base}.hbs"),
        None => format!("templates/_{name}.hbs"),
    }
}

fn missing(book: &Cookbook, source: &str) -> Diagnostic {
    let diagnostic =
        Diagnostic::error(format!("there is no template `{}`", book.label(&format!("templates/{source}"))));
    let names: Vec<String> =
        book.names("templates", "hbs").iter().map(|name| format!("{name}.hbs")).collect();
    match nearest(source, names.iter().map(String::as_str)) {
        Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
        None => diagnostic,
    }
}
