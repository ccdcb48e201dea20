//! References to templates, files and directories. A cookbook can pass a reference to another cookbook; it still
//! belongs to the cookbook that created it. No cookbook can refer to files of the project or of another cookbook by
//! path.

use mlua::{MetaMethod, UserData, UserDataFields, UserDataMethods};
use serde_json::{Value, json};

use crate::model::schema::Kind;

use super::value_names;

pub(super) mod words;

/// A reference as a Lua value, in the form that the collection stores.
#[derive(Debug, Clone)]
pub(super) struct Reference(pub(super) Value);

impl UserData for Reference {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        value_names::add(fields, "a template or file");
    }

    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        // As text it is the path as written.
        methods.add_meta_method(MetaMethod::ToString, |_, this, ()| {
            Ok(read(&this.0).map(|target| target.path.to_owned()).unwrap_or_default())
        });
    }
}

/// A parsed reference.
#[derive(Debug, Clone, Copy)]
pub(super) struct Referred<'a> {
    key: &'a str,
    /// The cookbook. Empty for the project.
    pub(super) cookbook: &'a str,
    /// Path below the cookbook's `templates/` or `files/`. A path that starts with `./` is relative to the project.
    pub(super) path: &'a str,
}

impl Referred<'_> {
    /// Whether the reference is valid for a property of this kind.
    pub(super) fn fits(&self, kind: &Kind) -> bool {
        key(kind) == Some(self.key)
    }
}

/// Creates a reference to a file of a cookbook. None if the kind is not a file.
pub(super) fn made(kind: &Kind, cookbook: &str, path: &str) -> Option<Value> {
    Some(json!({ key(kind)?: { "cookbook": cookbook, "path": path } }))
}

/// Parses a reference. A recipe can't forge one, because it can't create keys that begin with `$`.
pub(super) fn read(value: &Value) -> Option<Referred<'_>> {
    let (key, target) = value.as_object().filter(|map| map.len() == 1)?.iter().next()?;
    if !matches!(key.as_str(), "$template" | "$file" | "$tree") {
        return None;
    }
    Some(Referred { key, cookbook: target.get("cookbook")?.as_str()?, path: target.get("path")?.as_str()? })
}

/// Replaces all references in a value with their paths, for messages.
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
