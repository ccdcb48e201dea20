//! `chefrs docs`.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;

use crate::docs::{self, FIRST};
use crate::model::english::one_line;
use crate::model::error::Failure;
use crate::model::exit::Exit;
use crate::reference::ReferencePage;
use crate::target::local::document::DocumentDirectory;

use super::early_end::EarlyEnd;
use super::terminal::Terminal;

/// Writes the documentation as a site: a directory of pages to open in a browser.
///
/// The pages need no server and no network.
#[derive(Debug, Args)]
pub(super) struct DocsArguments {
    /// Directory to write to. It is made if it is missing; pages of an earlier call are replaced.
    #[arg(short, long, value_name = "DIR", default_value = "chefrs-docs")]
    output: Utf8PathBuf,
}

pub(super) fn docs(
    arguments: &DocsArguments,
    commands: Vec<ReferencePage>,
    terminal: &Terminal,
) -> Result<Exit, EarlyEnd> {
    let directory = &arguments.output;
    write(directory, commands).map_err(|failure| {
        EarlyEnd::unwritten("the documentation", directory, failure, "name an empty directory with `-o`")
    })?;
    let first = directory.canonicalize_utf8().unwrap_or_else(|_| directory.clone()).join(FIRST);
    terminal.print(&format!("wrote the documentation; open file://{first}\n"))?;
    Ok(Exit::Success)
}

/// Writes all pages. Refuses a directory that contains other files.
fn write(path: &Utf8Path, commands: Vec<ReferencePage>) -> Result<(), Failure> {
    let files = docs::site(commands);
    let directory = DocumentDirectory::open_or_make(path)?;
    let other = other_than_pages(path).map_err(|error| Failure::new(error.to_string()))?;
    if let Some(name) = other {
        let name = one_line(&name);
        return Err(Failure::new(format!("`{name}` is in it, which is not a page of the documentation")));
    }
    files.iter().try_for_each(|file| directory.write(&file.name, file.text.as_bytes()))
}

/// A name in the directory that no version of the documentation has.
fn other_than_pages(directory: &Utf8Path) -> io::Result<Option<String>> {
    for entry in directory.read_dir_utf8()? {
        let entry = entry?;
        if !(entry.file_type()?.is_file() && is_page(entry.file_name())) {
            return Ok(Some(entry.file_name().to_owned()));
        }
    }
    Ok(None)
}

/// Whether this or another version of chefrs may have written a file of that name.
fn is_page(name: &str) -> bool {
    Utf8Path::new(name).extension() == Some("html") || docs::SHARED.contains(&name)
}
