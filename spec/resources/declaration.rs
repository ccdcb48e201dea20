//! The declaration of a case: a recipe as a cook writes it, with the files that it names, compiled as everywhere.
//!
//! ```text
//! remote_directory "/srv/site" { source = "site" }
//! --- file files/site/index.html
//! Hello
//! --- file files/site/logo.png, 2048 bytes
//! --- file files/site/bin/run, executable
//! #!/bin/sh
//! --- link files/site/current -> bin
//! --- directory files/site/spool
//! ```
//!
//! A file of so many bytes holds no text. `--- sealed PROPERTY JSON` puts a value into the collection that no compile puts
//! there.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use camino::{Utf8Path, Utf8PathBuf};
use chefrs::compile::{Input, compile};
use chefrs::cookbook::Project;
use chefrs::model::collection::{Row, deferred};
use chefrs::model::content::UNKNOWN;
use chefrs::model::error::Diagnostic;
use chefrs::model::query::{Answer, Query};
use serde_json::{Map, Value, json};

use super::machine::Machine;
use crate::compile::facts;

/// Where the recipe of a case stands in its project.
pub const RECIPE: &str = "recipes/main.lua";

/// A declared resource, as its planner takes it.
#[derive(Debug, Clone)]
pub struct Declaration {
    pub r#type: String,
    pub action: String,
    pub properties: Map<String, Value>,
    pub is_secret: bool,
}

/// The recipe of a case, and what belongs to it.
#[derive(Debug, Default)]
pub struct Recipe {
    pub text: String,
    files: Vec<(Utf8PathBuf, Thing)>,
    sealed: Vec<(String, Value)>,
}

#[derive(Debug)]
enum Thing {
    Text { text: String, executable: bool },
    Bytes(usize),
    Directory,
    Link(String),
}

impl Recipe {
    /// Takes in what stands below a marker.
    ///
    /// # Errors
    /// What is wrong with the marker.
    pub fn part(&mut self, word: &str, more: &str, body: &str) -> Result<(), String> {
        let (path, rest) = more.split_once(", ").unwrap_or((more, ""));
        let thing = match (word, rest) {
            ("file", "") => Thing::Text { text: body.to_owned(), executable: false },
            ("file", "executable") => Thing::Text { text: body.to_owned(), executable: true },
            ("file", bytes) if body.is_empty() => {
                let bytes = bytes.strip_suffix(" bytes").and_then(|bytes| bytes.parse().ok());
                Thing::Bytes(bytes.ok_or_else(|| format!("`{rest}` is nothing that a file is"))?)
            }
            ("directory", "") if body.is_empty() => Thing::Directory,
            ("link", "") if body.is_empty() => {
                let (path, target) = more.split_once(" -> ").ok_or("a link has an arrow")?;
                self.files.push((path.into(), Thing::Link(target.to_owned())));
                return Ok(());
            }
            ("sealed", _) => {
                let (property, value) = more.split_once(' ').ok_or("a property has a value")?;
                let value = serde_json::from_str(value).map_err(|error| error.to_string())?;
                self.sealed.push((property.to_owned(), value));
                return Ok(());
            }
            _ => return Err(format!("`--- {word} {more}` is no part of a case")),
        };
        self.files.push((path.into(), thing));
        Ok(())
    }

    /// Compiles it. Its last row is the one that the case is about.
    ///
    /// # Errors
    /// What is wrong with the recipe.
    pub fn compile(&self, machine: &Machine) -> Result<Declaration, Vec<Diagnostic>> {
        let folder = tempfile::tempdir().expect("a directory");
        let root = Utf8Path::from_path(folder.path()).expect("a UTF-8 path");
        make(root, RECIPE.into(), &Thing::Text { text: self.text.clone(), executable: false });
        for (path, thing) in &self.files {
            make(root, path, thing);
        }
        let project = Project::open(root).expect("a project");
        let (facts, run_list) = (facts(), ["main".to_owned()]);
        let input = Input { project: &project, run_list: &run_list, facts: &facts, attributes: &[] };
        let compiled = compile(&input).map_err(|errors| errors.0)?;
        let row = compiled.collection.rows.last().expect("the recipe declares something");
        let mut declaration = declaration(row, machine);
        declaration.properties.extend(self.sealed.iter().cloned());
        Ok(declaration)
    }
}

fn make(root: &Utf8Path, path: &Utf8Path, thing: &Thing) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
    match thing {
        Thing::Text { text, executable } => {
            fs::write(&path, text).expect("a file");
            let mode = if *executable { 0o755 } else { 0o644 };
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("its mode");
        }
        Thing::Bytes(bytes) => fs::write(&path, vec![0xff; *bytes]).expect("a file"),
        Thing::Directory => fs::create_dir(&path).expect("a directory"),
        Thing::Link(target) => symlink(target, &path).expect("a link"),
    }
}

fn declaration(row: &Row, machine: &Machine) -> Declaration {
    let [action] = row.actions.as_slice() else { panic!("a case is about one action") };
    let values = row.properties.iter();
    let properties = values.map(|(name, value)| (name.clone(), resolved(value, machine))).collect();
    Declaration { r#type: row.r#type.clone(), action: action.clone(), properties, is_secret: row.sensitive }
}

/// A value as it is at the resource's turn. In a case, what waits for the turn is unknown until another resource was there.
fn resolved(value: &Value, machine: &Machine) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| resolved(item, machine)).collect(),
        Value::Object(map) => {
            if let Some(path) = map.get(deferred::CONTENTS).and_then(Value::as_str) {
                match machine.answer(&Query::Read(path.into())) {
                    Some(Answer::Unknown(until)) => return json!({ UNKNOWN: until }),
                    other => panic!("`read {path}` is to be unknown until something, and is {other:?}"),
                }
            }
            map.iter().map(|(key, item)| (key.clone(), resolved(item, machine))).collect()
        }
        plain => plain.clone(),
    }
}
