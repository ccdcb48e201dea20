//! `chefrs export`.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::mem::take;

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;
use clap::builder::PossibleValuesParser;
use serde_json::{Map, Value};

use crate::compile::Input;
use crate::confined::Compiler;
use crate::cookbook::Project;
use crate::export::{self, ExportForm, ExportLoss, ExportOutline, ExportedFile};
use crate::model::blob::Blobs;
use crate::model::english::{count, one_line};
use crate::model::error::{Diagnostic, Failure};
use crate::model::exit::Exit;
use crate::model::node::AttributeSource;
use crate::model::run_list::names;
use crate::target::local::document::DocumentDirectory;
use crate::target::outgoing;

use super::early_end::EarlyEnd;
use super::recorded_facts;
use super::run_lists;
use super::selection::Selection;
use super::target_options::TargetArguments;
use super::terminal::{Terminal, print_data};

/// The file in a directory of an export that names its files.
const LISTED: &str = ".chefrs-export";

/// Writes a collection as a script, as notes, or as code of another tool.
///
/// What a run would converge becomes something that works without chefrs. It is yours to keep and change. Nothing is changed
/// here. The same recipes, attributes and facts give the same bytes. What a form can't carry is said in its head, and here.
/// Values of secrets are never written.
#[derive(Debug, Args)]
pub(super) struct ExportArguments {
    /// The form.
    #[arg(long, value_name = "FORM", value_parser = forms())]
    to: String,
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    place: TargetArguments,
    /// Facts to compile with: the name of a recording (`debian-12`, `rocky-9`, `arch`, …; see `chefrs help check`), or a
    /// file. Default: the facts of the target, which is only asked.
    #[arg(long, value_name = "FACTS", conflicts_with = "target")]
    facts: Option<String>,
    /// Directory to write to: a new or empty one, or one of an earlier export. Default: standard output, for a form of one
    /// file.
    #[arg(short, long, value_name = "DIR")]
    output: Option<Utf8PathBuf>,
    /// Fail if the form can't carry everything, and write nothing.
    #[arg(long)]
    strict: bool,
}

fn forms() -> PossibleValuesParser {
    PossibleValuesParser::new(export::FORMS.iter().map(|form| form.name))
}

pub(super) fn export(arguments: &ExportArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let Some(form) = export::find(&arguments.to) else { return Err(no_form(&arguments.to)) };
    if form.has_several_files && arguments.output.is_none() {
        let wrong = Diagnostic::error(format!("`{}` has several files, which need a directory", form.name));
        return Err(EarlyEnd::usage(wrong.hint(format!("name one that is new or empty: -o {}", form.name))));
    }
    let selection = &arguments.selection;
    let project = selection.project()?;
    let (run_list, attributes, facts) = match &arguments.facts {
        Some(named) => (
            selection.run_list(&project)?,
            selection.attributes(&project)?,
            recorded_facts::facts(Some(named))?,
        ),
        None => of_target(arguments, &project)?,
    };
    let input = Input { project: &project, run_list: &run_list, facts: &facts, attributes: &attributes };
    let compiled = Compiler::default().compile(&input)?;
    terminal.tell(&compiled.warnings)?;
    let blobs = bytes(&compiled.blobs)?;
    let outline = export::outline(&compiled.collection, &facts, &blobs);
    let mut losses = outline.losses.clone();
    let files = (form.write)(&outline, &mut losses);
    if arguments.strict && !losses.is_empty() {
        let told = losses.iter().map(|loss| told(loss, &outline, form, Diagnostic::error)).collect();
        return Err(EarlyEnd::Findings(Exit::Failed, told));
    }
    terminal.tell(
        &losses.iter().map(|loss| told(loss, &outline, form, Diagnostic::warning)).collect::<Vec<_>>(),
    )?;
    match &arguments.output {
        Some(directory) => {
            write(directory, &files).map_err(|failure| {
                EarlyEnd::unwritten(
                    "the export",
                    directory,
                    failure,
                    "name a new or empty directory with `-o`",
                )
            })?;
            let (number, directory) = (count(files.len(), "file"), one_line(directory.as_str()));
            terminal.print(&format!("wrote {number} to {directory}\n"))?;
        }
        None => {
            let text: String = files.iter().map(|file| String::from_utf8_lossy(&file.content)).collect();
            print_data(&text)?;
        }
    }
    Ok(Exit::Success)
}

/// What runs on the target, its attributes, and its facts.
fn of_target(
    arguments: &ExportArguments,
    project: &Project,
) -> Result<(Vec<String>, Vec<AttributeSource>, Map<String, Value>), EarlyEnd> {
    let (selection, place) = (&arguments.selection, &arguments.place);
    let mut hosts = place.choose(project)?;
    if hosts.len() != 1 {
        let chosen = count(hosts.len(), "target");
        let wrong = Diagnostic::error(format!("{chosen} are chosen, and an export is for one"));
        return Err(EarlyEnd::usage(wrong.hint("name one machine with `-t`")));
    }
    run_lists::assign(&selection.named(project)?, project, &mut hosts)?;
    place.unlock(&mut hosts, project)?;
    let host = &mut hosts[0];
    let attributes = selection.attributes_over(project, take(&mut host.attributes))?;
    let facts = recorded_facts::of_host(host, project)?;
    Ok((names(&host.run_list), attributes, facts))
}

fn no_form(name: &str) -> EarlyEnd {
    EarlyEnd::usage(Diagnostic::error(format!("there is no form `{}`", one_line(name))))
}

/// A loss as a finding at the row.
fn told(
    loss: &ExportLoss,
    outline: &ExportOutline<'_>,
    form: &ExportForm,
    finding: fn(String) -> Diagnostic,
) -> Diagnostic {
    let row = outline.rows[loss.row].row;
    let (id, of) = (one_line(&row.id()), one_line(&loss.of));
    let reason = one_line(&loss.reason);
    finding(format!("{id}: `{}` does not carry `{of}`: {reason}", form.name)).at(row.location.clone())
}

/// The bytes of all content that is not part of the collection.
fn bytes(blobs: &Blobs) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    let mut all = BTreeMap::new();
    for (sha256, source) in blobs {
        let mut content = Vec::new();
        outgoing::open(source)?
            .read_to_end(&mut content)
            .map_err(|error| Failure::new(format!("a file of a cookbook can't be read: {error}")))?;
        all.insert(sha256.clone(), content);
    }
    Ok(all)
}

/// Writes all files. Refuses a directory that contains others. Those of an earlier export that there are no more are removed.
fn write(path: &Utf8Path, files: &[ExportedFile]) -> Result<(), Failure> {
    let directory = DocumentDirectory::open_or_make(path)?;
    let listed = directory.read(LISTED)?;
    if listed.is_none() {
        let unreadable = |error: std::io::Error| Failure::new(error.to_string());
        if let Some(entry) = path.read_dir_utf8().map_err(unreadable)?.next() {
            let name = one_line(entry.map_err(unreadable)?.file_name());
            return Err(Failure::new(format!("`{name}` is in it, which no export wrote")));
        }
    }
    let names: String = files.iter().flat_map(|file| [file.path.as_str(), "\n"]).collect();
    directory.write(LISTED, names.as_bytes())?;
    for file in files {
        let place = path.join(&file.path);
        let (Some(above), Some(name)) = (place.parent(), place.file_name()) else { continue };
        DocumentDirectory::open_or_make(above)?.write(name, &file.content)?;
    }
    let is_gone = |name: &&str| files.iter().all(|file| file.path != **name);
    let ours =
        |name: &&str| !name.starts_with('/') && name.split('/').all(|part| !matches!(part, "" | "." | ".."));
    for name in listed.iter().flat_map(|names| names.lines()).filter(is_gone).filter(ours) {
        // What can't be removed is in nobody's way.
        let _ = std::fs::remove_file(path.join(name));
    }
    Ok(())
}
