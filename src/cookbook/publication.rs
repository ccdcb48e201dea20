//! A version of a cookbook as it is published: its files packed, and the line that an index has of it.

use serde_json::{Map, Value, json};

use super::archive::{pack, unpack};
use super::document::Document;
use super::lookalike_secrets::lookalike_secrets;
use super::manifest::FILE;
use super::own_files::OwnFiles;
use super::scoped_name::{SCOPED, is_scoped};
use super::shared_source;
use super::signature::tag_message;
use super::tree_sum::sum;
use crate::model::error::{Diagnostic, Diagnostics};

/// Keys of the manifest that an index has too.
const SHARED: [&str; 6] = ["name", "version", "description", "license", "chefrs", "capabilities"];

/// A version that can be published.
#[derive(Debug)]
pub struct Publication {
    pub name: String,
    pub version: String,
    /// The sum of the files.
    pub sum: String,
    /// The files, as an archive.
    pub packed: Vec<u8>,
    /// What it may do on a machine: kinds with their patterns.
    pub capabilities: Value,
    /// Registries that it may go to. None: to all.
    pub(super) registries: Option<Vec<String>>,
    line: Map<String, Value>,
}

impl Publication {
    /// Checks a cookbook as its readers need it, and packs it. In a registry, its name needs a scope.
    ///
    /// # Errors
    /// All that is missing or must not be there.
    pub fn of(files: &OwnFiles, needs_scope: bool) -> Result<Self, Diagnostics> {
        let text = files.bytes(FILE).map(String::from_utf8_lossy);
        let text = text.ok_or_else(|| {
            let wrong = Diagnostic::error(format!("git does not know the `{FILE}` of the cookbook"));
            wrong.hint("add its files to the repository, and commit them")
        })?;
        let document = Document::toml(FILE, &text)?;
        let mut wrong = Vec::new();
        for (key, example) in [
            ("name", "name = \"acme/nginx\""),
            ("version", "version = \"1.0.0\""),
            ("description", "description = \"nginx with sane TLS\""),
            ("license", "license = \"MIT OR Apache-2.0\""),
        ] {
            let found = document.string(key, &mut wrong);
            if found.is_none_or(|found| found.trim().is_empty()) {
                let missing = document.wrong(key, format!("a cookbook that is published has a `{key}`"));
                wrong.push(missing.hint(format!("write `{example}`")));
            }
        }
        let text_of =
            |key: &str| document.values.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (name, version, license) = (text_of("name"), text_of("version"), text_of("license"));
        if needs_scope && !name.is_empty() && !is_scoped(&name) {
            let message = format!("a cookbook that is published has a scope, and `{name}` has none");
            wrong.push(
                document.wrong("name", message).hint(format!("write `name = \"SCOPE/{name}\"`")).hint(SCOPED),
            );
        }
        if !license.trim().is_empty() && !is_license(&license) {
            let message = format!("`{license}` is not an SPDX expression");
            wrong.push(
                document
                    .wrong("license", message)
                    .hint("write `MIT`, or `MIT OR Apache-2.0`; see https://spdx.org/licenses"),
            );
        }
        if !files.sizes().any(|(path, _)| path.eq_ignore_ascii_case("readme.md")) {
            let missing = document.wrong("", "a cookbook that is published has a `README.md`");
            wrong.push(missing.hint("write what it is for, and an example"));
        }
        let registries = registries(&document, &mut wrong);
        let dependencies = dependencies(&document, &mut wrong);
        for (path, what) in lookalike_secrets(files) {
            let mistake = Diagnostic::error(format!("`{path}` has what looks like {what}"));
            wrong.push(
                mistake
                    .hint("take it out of the cookbook: what is published can be read by others, for ever"),
            );
        }
        if !wrong.is_empty() {
            return Err(Diagnostics(wrong));
        }
        let packed = packed(files)?;
        let mut line = Map::new();
        for key in SHARED {
            line.extend(document.values.get(key).map(|value| (key.to_owned(), value.clone())));
        }
        line.insert("dependencies".to_owned(), Value::Object(dependencies));
        line.insert("sum".to_owned(), json!(files.sum));
        let capabilities = document.values.get("capabilities").cloned().unwrap_or(Value::Null);
        Ok(Self { name, version, sum: files.sum.clone(), packed, capabilities, registries, line })
    }

    /// Adds a signature, and the time of publishing.
    pub fn seal(&mut self, published: &str, signature: Option<&str>) {
        self.line.insert("published".to_owned(), json!(published));
        self.line.extend(signature.map(|signature| ("signature".to_owned(), json!(signature))));
    }

    /// The message of a tag.
    pub(super) fn message(&self) -> String {
        match self.line.get("signature").and_then(Value::as_str) {
            Some(signature) => tag_message(&self.name, &self.version, signature),
            None => format!("{} {}", self.name, self.version),
        }
    }

    /// The line of an index. Without a source for an OCI registry, where the artifact itself is the source.
    pub(super) fn line(&self, source: Option<&str>) -> String {
        let mut line = self.line.clone();
        line.extend(source.map(|source| ("source".to_owned(), json!(source))));
        Value::Object(line).to_string()
    }

    /// Whether an archive has the files.
    pub(super) fn is_in(&self, packed: &[u8]) -> bool {
        unpack(packed).is_ok_and(|files| sum(&files) == self.sum)
    }
}

/// The archive, packed twice and read again.
fn packed(files: &OwnFiles) -> Result<Vec<u8>, Diagnostic> {
    let refused = |why: String| Diagnostic::error(format!("the cookbook can't be packed: {why}"));
    let packed = pack(&files.files).map_err(|error| refused(super::source::plain(&error)))?;
    let again = pack(&files.files).map_err(|error| refused(super::source::plain(&error)))?;
    if packed != again {
        return Err(refused("packed twice, it gives two archives".to_owned()));
    }
    let read = unpack(&packed).map_err(refused)?;
    if sum(&read) == files.sum { Ok(packed) } else { Err(refused("its archive has other files".to_owned())) }
}

/// Parses `publish`: registries, or `false`.
fn registries(document: &Document, wrong: &mut Vec<Diagnostic>) -> Option<Vec<String>> {
    match document.values.get("publish")? {
        Value::Bool(false) => {
            let mistake = document.wrong("publish", "the cookbook is private: `publish` is `false`");
            wrong.push(mistake.hint("list the registries that it may go to: `publish = [\"acme\"]`"));
            None
        }
        Value::Array(_) => Some(document.strings("publish", wrong)),
        _ => None,
    }
}

/// The dependencies as an index has them: `alias: "scope/name range"`, or the range of one that the project has.
fn dependencies(document: &Document, wrong: &mut Vec<Diagnostic>) -> Map<String, Value> {
    let mut found = Map::new();
    let entries = document.values.get("dependencies").and_then(Value::as_object).into_iter().flatten();
    for (alias, value) in entries {
        match value {
            Value::String(_) => drop(found.insert(alias.clone(), value.clone())),
            Value::Object(table) if shared_source::is_meant(table) => {
                let path = format!("dependencies.{alias}");
                let message = format!("`{alias}` is taken from a place that others may not have");
                let mistake = document.wrong(&path, message);
                wrong.push(mistake.hint(format!(
                    "publish it too, and name it: `{alias} = \"scope/{alias} ^1\"`; a path or repository belongs into \
                     `[override]` of a project"
                )));
            }
            Value::Object(table) => {
                let text = |key: &str| table.get(key).and_then(Value::as_str);
                let range = text("version").unwrap_or("*");
                let named = match text("cookbook") {
                    Some(name) if is_scoped(name) => format!("{name} {range}"),
                    _ => range.to_owned(),
                };
                found.insert(alias.clone(), json!(named));
            }
            // The manifest was read before.
            _ => {}
        }
    }
    found
}

/// Whether a text has the form of an SPDX expression: names, `AND`, `OR`, `WITH` and parentheses.
fn is_license(text: &str) -> bool {
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    let mut wants_name = true;
    let mut open = 0_usize;
    for word in spaced.split_whitespace() {
        match (word, wants_name) {
            ("(", true) => open += 1,
            (")", false) if open > 0 => open -= 1,
            ("AND" | "OR" | "WITH", false) => wants_name = true,
            ("(" | ")" | "AND" | "OR" | "WITH", _) | (_, false) => return false,
            (name, true) => {
                let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '+' | ':');
                if !name.chars().all(fits) {
                    return false;
                }
                wants_name = false;
            }
        }
    }
    !wants_name && open == 0
}
