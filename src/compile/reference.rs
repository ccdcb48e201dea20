//! A template, file or directory that one cookbook hands to another: it stays one of the cookbook that named it. No
//! cookbook reaches the files of the project, or of another, by their path.

use mlua::{MetaMethod, UserData, UserDataFields, UserDataMethods};
use serde_json::{Value, json};

use crate::model::schema::Kind;

use super::value_names;

pub(super) mod words;

/// One that a file of a cookbook holds, in the form that travels.
#[derive(Debug, Clone)]
pub(super) struct Reference(pub(super) Value);

impl UserData for Reference {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        value_names::add(fields, "a template or file");
    }

    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        // In text it is the path, as it was written.
        methods.add_meta_method(MetaMethod::ToString, |_, this, ()| {
            Ok(read(&this.0).map(|target| target.path.to_owned()).unwrap_or_default())
        });
    }
}

/// What a reference leads to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Referred<'a> {
    key: &'a str,
    /// The cookbook; empty for the project.
    pub(super) cookbook: &'a str,
    /// Below its `templates/` or `files/`; from `./` on below the project.
    pub(super) path: &'a str,
}

impl Referred<'_> {
    /// Whether it can stand for a property of that kind.
    pub(super) fn fits(&self, kind: &Kind) -> bool {
        key(kind) == Some(self.key)
    }
}

/// The reference to a path of a cookbook; nothing for a kind of value that is no file.
pub(super) fn made(kind: &Kind, cookbook: &str, path: &str) -> Option<Value> {
    Some(json!({ key(kind)?: { "cookbook": cookbook, "path": path } }))
}

/// The reference that a value is. No cook can write one: keys that begin with `$` are refused everywhere.
pub(super) fn read(value: &Value) -> Option<Referred<'_>> {
    let (key, target) = value.as_object().filter(|map| map.len() == 1)?.iter().next()?;
    if !matches!(key.as_str(), "$template" | "$file" | "$tree") {
        return None;
    }
    Some(Referred { key, cookbook: target.get("cookbook")?.as_str()?, path: target.get("path")?.as_str()? })
}

/// The same value with paths in the place of references, for people.
pub(super) fn as_paths(value: &mut Value) {
    if let Some(target) = read(value) {
        *value = Value::from(target.path);
        return;
    }
    match value {
        Value::Array(items) => items.iter_mut().for_each(as_paths),
        Value::Object(map) => map.values_mut().for_each(as_paths),
        _ => {}
    }
}

fn key(kind: &Kind) -> Option<&'static str> {
    match kind {
        Kind::Template => Some("$template"),
        Kind::File => Some("$file"),
        Kind::Tree => Some("$tree"),
        _ => None,
    }
}
