//! A collection in other forms: a script, notes, an image, user data.

mod forms;
mod hostile;
mod laws;
mod lists;
mod script;
mod secret_addresses;
mod tools;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use camino::Utf8Path;
use chefrs::compile::{Input, compile};
use chefrs::cookbook::Project;
use chefrs::export::{ExportLoss, find, outline};
use chefrs::facts::recording;
use chefrs::model::blob::BlobSource;
use chefrs::model::collection::Collection;
use serde_json::{Map, Value};

use crate::patience::CallInTime as _;

/// The shells that must take every script.
const SHELLS: [&[&str]; 3] = [&["dash"], &["busybox", "ash"], &["bash", "--posix"]];

/// Facts of a recording.
fn facts(name: &str) -> Map<String, Value> {
    serde_json::from_str(recording(name).unwrap()).unwrap()
}

/// A collection in a form, with what it does not carry as lines.
fn exported(
    form: &str,
    collection: &Collection,
    facts: &Map<String, Value>,
    blobs: &BTreeMap<String, Vec<u8>>,
) -> (String, Vec<String>) {
    let outline = outline(collection, facts, blobs);
    let mut losses = outline.losses.clone();
    let files = (find(form).unwrap().write)(&outline, &mut losses);
    let text = files.iter().map(|file| String::from_utf8_lossy(&file.content).into_owned()).collect();
    let told = |loss: &ExportLoss| format!("{} {}: {}", collection.rows[loss.row].id(), loss.of, loss.reason);
    (text, losses.iter().map(told).collect())
}

/// The recipe `main` of a project in a form.
fn of_project(form: &str, root: &Path, facts: &Map<String, Value>) -> (String, Vec<String>) {
    let project = Project::open(Utf8Path::from_path(root).unwrap()).unwrap();
    let run_list = ["main".to_owned()];
    let input = Input { project: &project, run_list: &run_list, facts, attributes: &[] };
    let compiled = compile(&input).unwrap_or_else(|errors| panic!("{errors}"));
    let bytes = |source: &BlobSource| match source {
        BlobSource::Path(path) => std::fs::read(path).unwrap(),
        BlobSource::Embedded(bytes) => bytes.to_vec(),
    };
    let blobs = compiled.blobs.iter().map(|(sha256, source)| (sha256.clone(), bytes(source))).collect();
    exported(form, &compiled.collection, facts, &blobs)
}

/// A recipe in a form, for Debian.
fn of_recipe(form: &str, recipe: &str) -> (String, Vec<String>) {
    of_template(form, recipe, "")
}

/// A recipe with the template `main.hbs` in a form, for Debian.
fn of_template(form: &str, recipe: &str, template: &str) -> (String, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    lay_out(folder.path(), recipe, template);
    of_project(form, folder.path(), &facts("debian-12"))
}

/// A project with a recipe and a template.
fn lay_out(root: &Path, recipe: &str, template: &str) {
    for (path, text) in [("recipes/main.lua", recipe), ("templates/main.hbs", template)] {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

/// What a shell says against a script.
fn complaint(shell: &[&str], script: &str) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("script");
    std::fs::write(&path, script).unwrap();
    let mut command = Command::new(shell[0]);
    command.args(&shell[1..]).arg("-n").arg(&path).stdin(Stdio::null());
    let output = command.output_in_time().unwrap();
    (!output.status.success()).then(|| format!("{shell:?}: {}", String::from_utf8_lossy(&output.stderr)))
}
