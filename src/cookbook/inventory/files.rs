//! Reads the files in `nodes/` and `groups/`.

use std::io;

use super::finder::InventoryFiles;
use super::record::{self, Records};
use crate::cookbook::document::Document;
use crate::cookbook::path::whole;
use crate::cookbook::source::plain;
use crate::model::error::Diagnostic;

/// Extensions for such files in other tools. They are reported, because chefrs would ignore them.
const FOREIGN: &[&str] = &["json", "tml", "yaml", "yml"];

/// Reads all files.
pub(super) fn read(inventory: &InventoryFiles, records: &mut Records, wrong: &mut Vec<Diagnostic>) {
    for (name, document) in documents(inventory, "nodes", wrong) {
        records.nodes.extend(record::node(&name, document, wrong));
    }
    for (name, document) in documents(inventory, "groups", wrong) {
        records.groups.extend(record::group(&name, document, wrong));
    }
}

/// The parsed files of a folder, by name without extension.
fn documents(
    inventory: &InventoryFiles,
    folder: &str,
    wrong: &mut Vec<Diagnostic>,
) -> Vec<(String, Document)> {
    let files = match list(inventory, folder) {
        Ok(files) => files,
        Err(error) => {
            let message = format!("the directory can't be listed: {}", plain(&error));
            wrong.push(Diagnostic::error(message).at(whole(folder)));
            return Vec::new();
        }
    };
    let mut found = Vec::new();
    for file in files {
        match document(inventory, folder, &file) {
            Ok(Some(named)) => found.push(named),
            Ok(None) => {}
            Err(mistake) => wrong.push(mistake),
        }
    }
    found
}

/// Names in a folder, sorted, without hidden files.
fn list(inventory: &InventoryFiles, folder: &str) -> io::Result<Vec<String>> {
    let entries = match inventory.root.join(folder).read_dir_utf8() {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut files = Vec::new();
    for entry in entries {
        let name = entry?.file_name().to_owned();
        if !name.starts_with('.') {
            files.push(name);
        }
    }
    files.sort();
    Ok(files)
}

/// Parses a file. None if it does not belong to the inventory.
fn document(
    inventory: &InventoryFiles,
    folder: &str,
    file: &str,
) -> Result<Option<(String, Document)>, Diagnostic> {
    let path = format!("{folder}/{file}");
    if inventory.root.join(&path).is_dir() {
        return Err(Diagnostic::error(format!("`{folder}/` contains a folder, `{file}`"))
            .at(whole(path))
            .hint(format!("move its files to `{folder}/`; use groups to order nodes")));
    }
    let Some((name, ending)) = file.rsplit_once('.') else { return Ok(None) };
    if FOREIGN.contains(&ending) {
        return Err(Diagnostic::error("the file is not read: its name does not end in `.toml`")
            .at(whole(path))
            .hint(format!("write it as TOML, and call it `{name}.toml`")));
    }
    if ending != "toml" {
        return Ok(None);
    }
    let text = inventory.source.text(&path)?.unwrap_or_default();
    Document::toml(&path, &text).map(|document| Some((name.to_owned(), document)))
}
