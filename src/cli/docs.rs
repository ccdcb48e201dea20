//! `chefrs docs`.

use std::fs;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;

use crate::docs::{self, FIRST};
use crate::model::error::Diagnostic;
use crate::model::exit::Exit;

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

pub(super) fn docs(arguments: &DocsArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let directory = &arguments.output;
    write(directory).map_err(|error| {
        let wrong =
            Diagnostic::error(format!("the documentation can't be written to `{directory}`: {error}"));
        let wrong = match error.kind() {
            io::ErrorKind::AlreadyExists => wrong.hint("name an empty directory with `-o`"),
            _ => wrong,
        };
        EarlyEnd::Findings(Exit::Failed, vec![wrong])
    })?;
    let first = directory.canonicalize_utf8().unwrap_or_else(|_| directory.clone()).join(FIRST);
    terminal.print(&format!("wrote the documentation; open file://{first}\n"))?;
    Ok(Exit::Success)
}

/// Writes all pages. Refuses a directory that contains other files.
fn write(directory: &Utf8Path) -> io::Result<()> {
    let files = docs::site();
    fs::create_dir_all(directory)?;
    for entry in directory.read_dir_utf8()? {
        let entry = entry?;
        let is_ours = entry.file_type()?.is_file() && is_page(entry.file_name());
        if !is_ours {
            let message =
                format!("`{}` is in it, which is not a page of the documentation", entry.file_name());
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, message));
        }
    }
    for file in files {
        fs::write(directory.join(&file.name), &file.text)?;
    }
    Ok(())
}

/// Whether this or another version of chefrs may have written a file of that name.
fn is_page(name: &str) -> bool {
    Utf8Path::new(name).extension() == Some("html") || docs::SHARED.contains(&name)
}
