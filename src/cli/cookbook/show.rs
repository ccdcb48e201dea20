//! `chefrs cookbook show`.

use std::fmt::Write as _;

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;

use crate::cookbook::Cookbook;
use crate::model::english::{nearest, printable};
use crate::model::error::Diagnostic;
use crate::model::exit::Exit;

use crate::cli::early_end::EarlyEnd;
use crate::cli::page::{columns, wrap};
use crate::cli::project::open;
use crate::cli::terminal::{Terminal, prose_columns};

/// Lists the files of a cookbook, or prints one; without a name, lists the cookbooks.
#[derive(Debug, Args)]
pub(super) struct ShowCookbookArguments {
    /// The cookbook. The project's own hides the one inside the program.
    #[arg(value_name = "COOKBOOK")]
    name: Option<String>,
    /// The file to print: `recipes/default.lua`.
    #[arg(value_name = "FILE")]
    file: Option<String>,
    /// Directory of the project. Default: this directory, or the project that it is a part of.
    #[arg(long, value_name = "DIR")]
    project: Option<Utf8PathBuf>,
}

pub(super) fn show(arguments: &ShowCookbookArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let project = open(arguments.project.as_deref())?;
    let names = project.cookbook_names();
    let Some(name) = &arguments.name else {
        let row = |found: &Cookbook| (format!("{} {}", found.name, found.version), found.description.clone());
        let rows: Vec<(String, String)> =
            names.iter().filter_map(|name| project.cookbook(name)).map(row).collect();
        terminal.print(&columns(&rows, prose_columns(), ""))?;
        return Ok(Exit::Success);
    };
    let found = project.cookbook(name).ok_or_else(|| {
        let wrong = Diagnostic::error(format!("there is no cookbook `{name}`"));
        EarlyEnd::usage(near(wrong, name, names.into_iter(), "`chefrs cookbook show` lists all of them"))
    })?;
    let files = found.files();
    let text = match &arguments.file {
        None => listed(found, &files),
        Some(file) => {
            let text = found.text(file).map_err(EarlyEnd::usage)?;
            let Some(text) = text else {
                let wrong = Diagnostic::error(format!("the cookbook `{name}` has no file `{file}`"));
                let hint = format!("`chefrs cookbook show {name}` lists its files");
                let names = files.iter().map(|(path, _)| path.as_str());
                return Err(EarlyEnd::usage(near(wrong, file, names, &hint)));
            };
            // Tabs and newlines stay. Other control characters become visible.
            text.split_inclusive('\n').map(shown).collect()
        }
    };
    terminal.print(&text)?;
    Ok(Exit::Success)
}

fn shown(line: &str) -> String {
    let (text, end) = line.strip_suffix('\n').map_or((line, ""), |text| (text, "\n"));
    text.split('\t').map(printable).collect::<Vec<_>>().join("\t") + end
}

fn near<'a>(wrong: Diagnostic, name: &str, names: impl Iterator<Item = &'a str>, hint: &str) -> Diagnostic {
    match nearest(name, names) {
        Some(near) => wrong.hint(format!("did you mean `{near}`?")),
        None => wrong.hint(hint),
    }
}

/// The description of a cookbook, and its files with sizes and their first comments.
fn listed(found: &Cookbook, files: &[(String, u64)]) -> String {
    let width = prose_columns();
    let mut text = format!("{} {}\n", found.name, found.version);
    text.push_str(&wrap(&printable(&found.description), width, ""));
    if !found.dependencies.is_empty() {
        let aliases: Vec<&str> = found.dependencies.keys().map(String::as_str).collect();
        let _ = writeln!(text, "Uses: {}", aliases.join(", "));
    }
    text.push('\n');
    let rows: Vec<(String, String)> = files
        .iter()
        .map(|(path, size)| {
            (printable(path), format!("{size:>6} bytes  {}", doc(found, path)).trim_end().to_owned())
        })
        .collect();
    let widest = rows.iter().map(|(path, _)| path.chars().count()).max().unwrap_or(0);
    for (path, beside) in rows {
        let _ = writeln!(text, "{path:widest$}  {beside}");
    }
    text
}

/// The first comment of a Lua file.
fn doc(found: &Cookbook, path: &str) -> String {
    if Utf8Path::new(path).extension() != Some("lua") {
        return String::new();
    }
    let text = found.text(path).ok().flatten().unwrap_or_default();
    let comment: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("--")).map(str::trim).collect();
    let comment = printable(comment.join(" ").trim());
    match comment.split_once(". ") {
        Some((first, _)) => format!("{first}."),
        None => comment,
    }
}
