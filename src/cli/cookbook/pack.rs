//! `chefrs cookbook pack`.

use std::fmt::Write as _;

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;

use super::chosen_cookbook::OwnCookbook;
use crate::cli::early_end::EarlyEnd;
use crate::cli::terminal::Terminal;
use crate::cookbook::own_files::OwnFiles;
use crate::cookbook::publication::Publication;
use crate::model::english::{count, one_line, printable};
use crate::model::exit::Exit;
use crate::target::local::document::DocumentDirectory;

/// Writes a cookbook as an archive, which a project can take with `url`.
///
/// The same files always give the same bytes. In a git repository, the files that git knows are packed, as they are now.
#[derive(Debug, Args)]
pub(super) struct PackArguments {
    #[command(flatten)]
    cookbook: OwnCookbook,
    /// Directory to write to. Default: this directory.
    #[arg(short, long, value_name = "DIR", default_value = ".", hide_default_value = true)]
    output: Utf8PathBuf,
}

pub(super) fn pack(arguments: &PackArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let found = arguments.cookbook.find()?;
    let files = found.files()?;
    let publication =
        Publication::of(&files, false).map_err(|wrong| EarlyEnd::Findings(Exit::Failed, wrong.0))?;
    let name = format!("{}-{}.tar.zst", publication.name.replace('/', "-"), publication.version);
    let written = DocumentDirectory::open_or_make(&arguments.output)
        .and_then(|directory| directory.write(&name, &publication.packed));
    written.map_err(|failure| {
        EarlyEnd::unwritten("the archive", &arguments.output, failure, "name another directory with `-o`")
    })?;
    let place = arguments.output.join(name);
    let place = place.strip_prefix("./").map_or(place.as_path(), Utf8Path::new);
    let size = count(publication.packed.len(), "byte");
    let text = format!(
        "{}wrote {}: {size}\nsum = \"{}\"\n",
        listed(&files),
        one_line(place.as_str()),
        publication.sum
    );
    terminal.print(&text)?;
    Ok(Exit::Success)
}

/// The files with their sizes, a line each, and those that are not committed.
pub(super) fn listed(files: &OwnFiles) -> String {
    let rows: Vec<(String, usize)> = files.sizes().map(|(path, size)| (printable(path), size)).collect();
    let widest = rows.iter().map(|(path, _)| path.chars().count()).max().unwrap_or_default();
    let mut text = String::new();
    for (path, size) in rows {
        // Writing to a string does not fail.
        let _ = writeln!(text, "  {path:widest$}  {size:>7} bytes");
    }
    for path in &files.uncommitted {
        let _ = writeln!(text, "  not committed: {}", one_line(path));
    }
    text
}
