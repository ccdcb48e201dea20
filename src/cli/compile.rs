//! `chefrs compile`.

use clap::{Args, ValueEnum};

use crate::compile::Input;
use crate::confined::Compiler;
use crate::model::collection::{Collection, Row};
use crate::model::english::one_line;
use crate::model::exit::Exit;
use crate::report::json::visible;

use super::early_end::EarlyEnd;
use super::recorded_facts;
use super::selection::Selection;
use super::terminal::{Terminal, print_data};

/// Prints the resource collection: everything that a run would converge, as data.
///
/// It changes nothing. The same recipes, attributes and facts give the same bytes, so you can compare two collections.
#[derive(Debug, Args)]
pub(super) struct CompileArguments {
    #[command(flatten)]
    selection: Selection,
    /// Facts to compile with: the name of a recording (`debian-12`, `rocky-9`, `arch`, …; see `chefrs help check`), or a
    /// file. Default: the facts of this machine.
    #[arg(long, value_name = "FACTS")]
    facts: Option<String>,
    /// The whole collection, or one line for each resource.
    #[arg(long, value_name = "FORMAT", default_value = "json")]
    format: CollectionFormat,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum CollectionFormat {
    Json,
    List,
}

pub(super) fn compile(arguments: &CompileArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let project = arguments.selection.project()?;
    let run_list = arguments.selection.run_list(&project)?;
    let attributes = arguments.selection.attributes(&project)?;
    let facts = recorded_facts::facts_to_compile(arguments.facts.as_deref(), &project, &run_list)?;
    let input = Input { project: &project, run_list: &run_list, facts: &facts, attributes: &attributes };
    let compiled = Compiler::default().compile(&input)?;
    terminal.tell(&compiled.warnings)?;
    terminal.say(&compiled.messages)?;
    match arguments.format {
        CollectionFormat::Json => {
            let mut json =
                serde_json::to_string_pretty(&compiled.collection).map_err(std::io::Error::from)?;
            json.push('\n');
            print_data(&visible(&json))?;
        }
        CollectionFormat::List => terminal.print(&listing(&compiled.collection))?,
    }
    // Dropping thousands of small values is slow, and the process exits now anyway.
    std::mem::forget(compiled);
    Ok(Exit::Success)
}

fn listing(collection: &Collection) -> String {
    collection
        .rows
        .iter()
        .flat_map(|row| {
            let indent = "  ".repeat(depth(collection, row));
            let id = one_line(&row.id());
            [indent, id, " ".into(), row.actions.join(", "), format!("  {}", row.location), "\n".into()]
        })
        .collect()
}

/// Number of custom resources that contain a row.
fn depth(collection: &Collection, row: &Row) -> usize {
    let parent_of = |row: &Row| row.parent.as_ref().and_then(|parent| collection.rows.get(parent.row));
    std::iter::successors(parent_of(row), |row| parent_of(row)).count()
}
