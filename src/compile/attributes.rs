//! Attributes: what cookbooks declare, what the layers say, and the value that wins.

use std::collections::BTreeMap;
use std::rc::Rc;

use mlua::{Lua, Table, UserData, Value as LuaValue};
use serde_json::{Map, Value};

use crate::model::error::{Diagnostic, Location};
use crate::model::node::{lookup, merge};

use super::convert::{describe, text, to_json};
use super::engine::Engine;
use super::lazy_node::LazyNode;
use super::session::{Frame, Place};
use super::types::{Declaration, Default as Fallback};

mod layers;
mod report;

/// The attributes of all loaded cookbooks.
#[derive(Default)]
pub(super) struct Attributes {
    books: BTreeMap<String, Book>,
}

/// Those of one cookbook, by dotted path below its name.
#[derive(Default)]
struct Book {
    declared: BTreeMap<String, Rc<Declaration>>,
    /// Values that are worked out; nothing for one that is not set.
    values: BTreeMap<String, Option<Value>>,
    /// Defaults that are worked out, for the report.
    defaults: BTreeMap<String, Value>,
    /// Paths being worked out, to find a cycle.
    pending: Vec<String>,
    complete: bool,
}

/// What `attributes { … }` returns.
struct Declared(BTreeMap<String, Rc<Declaration>>);

impl UserData for Declared {}

/// Adds `attributes`.
pub(super) fn install(engine: &Rc<Engine>, lua: &Lua, into: &Table) -> mlua::Result<()> {
    let this = Rc::clone(engine);
    let attributes = move |lua: &Lua, table: LuaValue| {
        let mut declared = BTreeMap::new();
        let result = match &table {
            LuaValue::Table(table) => flatten(table, "", &mut declared, 0),
            other => Err(Diagnostic::error(format!("`attributes` takes a table, not {}", describe(other)))),
        };
        match result {
            Ok(()) => Ok(Declared(declared)),
            Err(diagnostic) => Err(this.refuse(lua, diagnostic)),
        }
    };
    into.raw_set("attributes", lua.create_function(attributes)?)
}

fn flatten(
    table: &Table,
    above: &str,
    into: &mut BTreeMap<String, Rc<Declaration>>,
    depth: usize,
) -> Result<(), Diagnostic> {
    if depth > 16 {
        return Err(Diagnostic::error("attributes nest deeper than 16 tables"));
    }
    for pair in table.pairs::<LuaValue, LuaValue>() {
        let (key, value) = pair.map_err(|error| Diagnostic::error(error.to_string()))?;
        let Some(key) = text(&key).filter(|key| !key.is_empty() && !key.contains(['.', '$'])) else {
            return Err(Diagnostic::error(format!("an attribute can't be named {}", describe(&key))));
        };
        let path = if above.is_empty() { key } else { format!("{above}.{key}") };
        match &value {
            LuaValue::Table(inner) => flatten(inner, &path, into, depth + 1)?,
            LuaValue::UserData(data) if data.is::<Declaration>() => {
                let declaration =
                    data.borrow::<Declaration>().map_err(|error| Diagnostic::error(error.to_string()))?;
                into.insert(path, Rc::new(declaration.clone()));
            }
            other => {
                return Err(Diagnostic::error(format!(
                    "attribute `{path}` is declared as {}",
                    describe(other)
                ))
                .hint(format!("{path} = attribute.string {{ default = \"…\", doc = \"…\" }}")));
            }
        }
    }
    Ok(())
}

impl Attributes {
    /// Values of a loaded cookbook as one tree.
    pub(super) fn values(&self, book: &str) -> Option<Value> {
        let book = self.books.get(book).filter(|book| book.complete)?;
        let mut tree = Map::new();
        for (path, value) in &book.values {
            if let Some(value) = value {
                place_value(&mut tree, path, value.clone());
            }
        }
        Some(Value::Object(tree))
    }

    /// Names of the loaded cookbooks that declare something.
    pub(super) fn names(&self) -> Vec<String> {
        self.books
            .iter()
            .filter(|(_, book)| !book.declared.is_empty())
            .map(|(name, _)| name.clone())
            .collect()
    }

    /// Whether the cookbook declares exactly this path.
    pub(super) fn declares(&self, book: &str, path: &str) -> bool {
        self.books.get(book).is_some_and(|book| book.declared.contains_key(path))
    }

    /// Whether the cookbook declares something below this path.
    pub(super) fn has_below(&self, book: &str, path: &str) -> bool {
        self.books.get(book).is_some_and(|book| book.has_below(path))
    }

    /// Keys that stand directly below a path.
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
        keys
    }
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

impl Engine {
    /// Loads the attributes of a cookbook and of all it depends on, checks what the layers say, works the values out.
    pub(super) fn load_attributes(self: &Rc<Self>, book: &str) -> mlua::Result<()> {
        if book.is_empty() || self.attributes.borrow().books.contains_key(book) {
            return Ok(());
        }
        self.attributes.borrow_mut().books.insert(book.to_owned(), Book::default());
        for dependency in self.dependencies(book).values() {
            self.load_attributes(dependency)?;
        }
        let frame = Frame {
            cookbook: book.to_owned(),
            recipe: String::new(),
            place: Place::Attributes,
            parent: None,
        };
        let label = self.book(book).map(|book| book.label("attributes.lua")).unwrap_or_default();
        let declared = match self.evaluate("attributes.lua", frame.clone())? {
            None => BTreeMap::new(),
            Some(LuaValue::UserData(data)) if data.is::<Declared>() => data.borrow::<Declared>()?.0.clone(),
            Some(other) => {
                return Err(self.refuse_at(
                    Some(Location::new(label, 0)),
                    Diagnostic::error(format!("the file returns {}, not attributes", describe(&other)))
                        .hint("return attributes { port = attribute.integer { default = 80 } }"),
                ));
            }
        };
        let paths: Vec<String> = declared.keys().cloned().collect();
        if let Some(entry) = self.attributes.borrow_mut().books.get_mut(book) {
            entry.declared = declared;
        }
        self.check_layers(book);
        self.within(frame, &label, || {
            paths.iter().try_for_each(|path| self.attribute_value(book, path).map(|_| ()))
        })?;
        if let Some(entry) = self.attributes.borrow_mut().books.get_mut(book) {
            entry.complete = true;
        }
        Ok(())
    }

    /// The value of a declared attribute: its default with all layers over it. Nothing if it is not set.
    pub(super) fn attribute_value(self: &Rc<Self>, book: &str, path: &str) -> mlua::Result<Option<Value>> {
        let declaration = {
            let mut attributes = self.attributes.borrow_mut();
            let Some(entry) = attributes.books.get_mut(book) else { return Ok(None) };
            if let Some(value) = entry.values.get(path) {
                return Ok(value.clone());
            }
            let Some(declaration) = entry.declared.get(path).cloned() else { return Ok(None) };
            if entry.pending.iter().any(|pending| pending == path) {
                let mut walk: Vec<String> =
                    entry.pending.iter().map(|path| format!("{book}.{path}")).collect();
                walk.push(format!("{book}.{path}"));
                let cycle = walk.join(" -> ");
                drop(attributes);
                let diagnostic = Diagnostic::error(format!("attributes need each other: {cycle}"));
                return Err(self.refuse_at(Some(declaration.location.clone()), diagnostic));
            }
            entry.pending.push(path.to_owned());
            declaration
        };
        let said: Vec<Value> = self
            .layers
            .iter()
            .filter_map(|source| lookup(&source.values, &format!("{book}.{path}")).cloned())
            .collect();
        let default = self.default_value(book, path, &declaration)?;
        let value = default.clone().into_iter().chain(said).reduce(over);
        let mut attributes = self.attributes.borrow_mut();
        if let Some(entry) = attributes.books.get_mut(book) {
            entry.pending.pop();
            entry.values.insert(path.to_owned(), value.clone());
            if let Some(default) = default {
                entry.defaults.insert(path.to_owned(), default);
            }
        }
        drop(attributes);
        if value.is_none() && declaration.required {
            let diagnostic = Diagnostic::error(format!("attribute `{book}.{path}` must be set"))
                .hint(format!("set it in chefrs.toml, for the node, or with --set {book}.{path}=…"));
            let diagnostic =
                if declaration.doc.is_empty() { diagnostic } else { diagnostic.note(&declaration.doc) };
            self.refuse_at(Some(declaration.location.clone()), diagnostic);
        }
        Ok(value)
    }

    fn default_value(
        self: &Rc<Self>,
        book: &str,
        path: &str,
        declared: &Declaration,
    ) -> mlua::Result<Option<Value>> {
        let function = match &declared.default {
            Fallback::Nothing => return Ok(None),
            Fallback::Plain(value) => return Ok(Some(value.clone())),
            Fallback::Lazy(function) => function,
        };
        let made = function.call::<LuaValue>(LazyNode::root(self, book))?;
        let what = format!("the default of attribute `{book}.{path}`");
        let refuse = |problem| self.refuse_at(Some(declared.location.clone()), Diagnostic::error(problem));
        let mut value = to_json(&made, &what, &self.allowance).map_err(refuse)?;
        if value.is_null() {
            return Ok(None);
        }
        match declared.kind.check(&mut value) {
            Ok(()) => Ok(Some(value)),
            Err(problem) => Err(refuse(format!("{what} {problem}"))),
        }
    }
}

/// One value over another, as layers merge.
fn over(under: Value, over: Value) -> Value {
    match (under, over) {
        (Value::Object(mut under), Value::Object(over)) => {
            merge(&mut under, &over);
            Value::Object(under)
        }
        (_, over) => over,
    }
}
