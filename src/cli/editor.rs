//! `chefrs editor`.

use std::fs;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;

use crate::model::error::Diagnostic;
use crate::model::exit::Exit;
use crate::reference::editor::{DEFINITIONS, MARK, editor_files, luaurc};

use super::early_end::EarlyEnd;
use super::offer::offer;
use super::project::open;
use super::recorded_facts::{RECORDED, recorded};
use super::terminal::Terminal;

/// Directory of the files, in the project.
const DIRECTORY: &str = ".chefrs-editor";
/// File with the aliases, where luau-lsp looks for it.
const LUAURC: &str = ".luaurc";
/// A copy of the aliases, to recognise a file that was edited.
const COPY: &str = "luaurc.json";

/// Writes types for an editor: words of recipes, resource types, attributes.
///
/// They are for the language server luau-lsp. The files are written to `.chefrs-editor` in the project, the aliases
/// of cookbooks to `.luaurc`. A file that chefrs did not write is left alone.
#[derive(Debug, Args)]
pub(super) struct EditorArguments {
    /// Directory of the project.
    #[arg(long, value_name = "DIR", default_value = ".")]
    project: Utf8PathBuf,
}

pub(super) fn editor(arguments: &EditorArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let project = open(Some(&arguments.project))?;
    let offer = offer(&project)?;
    terminal.tell(&offer.findings)?;
    let facts = RECORDED.first().map(|(name, _)| recorded(name)).transpose()?.unwrap_or_default();
    let files = editor_files(&offer.types, &offer.attributes, &facts);
    let directory = arguments.project.join(DIRECTORY);
    let aliases = luaurc(&files, DIRECTORY);
    let wrong = |path: &Utf8Path, error: io::Error| {
        let wrong = Diagnostic::error(format!("`{path}` can't be written: {error}"));
        EarlyEnd::Findings(Exit::Failed, vec![wrong])
    };
    fs::create_dir_all(&directory).map_err(|error| wrong(&directory, error))?;
    let mut said: Vec<String> = Vec::new();
    for file in &files {
        let path = directory.join(&file.name);
        if is_foreign(&path, |text| text.starts_with(MARK)) {
            said.push(format!("left alone: {path} was not written by chefrs"));
            continue;
        }
        fs::write(&path, &file.text).map_err(|error| wrong(&path, error))?;
        said.push(format!("wrote {path}"));
    }
    let (path, copy) = (arguments.project.join(LUAURC), directory.join(COPY));
    let ours = fs::read_to_string(&copy).ok();
    if is_foreign(&path, |text| Some(text) == ours.as_deref()) {
        said.push(format!(
            "left alone: {path} was not written by chefrs; its aliases would be those in {copy}"
        ));
    } else {
        fs::write(&path, &aliases).map_err(|error| wrong(&path, error))?;
        said.push(format!("wrote {path}"));
    }
    fs::write(&copy, &aliases).map_err(|error| wrong(&copy, error))?;
    said.push(format!("give luau-lsp the definitions: --definitions={}", directory.join(DEFINITIONS)));
    terminal.print(&format!("{}\n", said.join("\n")))?;
    Ok(Exit::Success)
}

/// Whether the path has a file that chefrs did not write, or one that can't be read.
fn is_foreign(path: &Utf8Path, is_ours: impl Fn(&str) -> bool) -> bool {
    match fs::read_to_string(path) {
        Ok(text) => !is_ours(&text),
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    }
}
