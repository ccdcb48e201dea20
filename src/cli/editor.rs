//! `chefrs editor`.

use camino::Utf8PathBuf;
use clap::Args;

use crate::model::error::Failure;
use crate::model::exit::Exit;
use crate::reference::editor::{DEFINITIONS, MARK, editor_files, luaurc};
use crate::target::local::document::DocumentDirectory;

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
    let facts = RECORDED.first().map(|name| recorded(name)).transpose()?.unwrap_or_default();
    let files = editor_files(&offer.types, &offer.attributes, &facts);
    let directory = arguments.project.join(DIRECTORY);
    let aliases = luaurc(&files, DIRECTORY);
    let mut said: Vec<String> = Vec::new();
    let mut write = || {
        let within = DocumentDirectory::open_or_make(&directory)?;
        for file in &files {
            let path = directory.join(&file.name);
            if within.read(&file.name)?.is_some_and(|text| !text.starts_with(MARK)) {
                said.push(format!("left alone: {path} was not written by chefrs"));
                continue;
            }
            within.write(&file.name, file.text.as_bytes())?;
            said.push(format!("wrote {path}"));
        }
        let project = DocumentDirectory::open_or_make(&arguments.project)?;
        let (path, copy) = (arguments.project.join(LUAURC), directory.join(COPY));
        let ours = within.read(COPY)?;
        if project.read(LUAURC)?.is_some_and(|text| Some(text) != ours) {
            said.push(format!(
                "left alone: {path} was not written by chefrs; its aliases would be those in {copy}"
            ));
        } else {
            project.write(LUAURC, aliases.as_bytes())?;
            said.push(format!("wrote {path}"));
        }
        within.write(COPY, aliases.as_bytes())
    };
    write().map_err(|failure: Failure| {
        EarlyEnd::unwritten(
            "the types",
            &directory,
            failure,
            "remove it or move it away, and call `chefrs editor` again",
        )
    })?;
    said.push(format!("give luau-lsp the definitions: --definitions={}", directory.join(DEFINITIONS)));
    terminal.print(&format!("{}\n", said.join("\n")))?;
    Ok(Exit::Success)
}
