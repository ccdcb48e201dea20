//! `chefrs check`.

use std::cell::OnceCell;

use clap::Args;
use serde_json::{Map, Value};

use crate::compile::Input;
use crate::confined::Compiler;
use crate::cookbook::Project;
use crate::cookbook::inventory::{Inventory, PATIENCE};
use crate::model::english::{count, list};
use crate::model::error::{Diagnostic, Severity};
use crate::model::exit::Exit;
use crate::model::node::AttributeSource;
use crate::report::diagnostic;
use crate::report::json::visible;

use super::early_end::EarlyEnd;
use super::format::Format;
use super::project::own_recipes;
use super::recorded_facts::{CHECKED, RECORDED, recorded};
use super::selection::Selection;
use super::terminal::Terminal;

/// Checks recipes without a machine, and reports all errors.
///
/// Without `-r`, every recipe of the project and of its cookbooks is checked by itself, with the attributes of a node
/// where it needs them. Each is compiled with the facts of Debian and of Ubuntu. Name other platforms with `--facts`.
#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    #[command(flatten)]
    selection: Selection,
    /// Facts to compile with: the name of a recording (`debian-12`, `ubuntu-24.04`, `rocky-9`, `fedora-42`, `opensuse-15`,
    /// `arch`, `alpine-3.21`, `gentoo`), or a file that `chefrs facts` wrote. May be repeated.
    #[arg(long, value_name = "FACTS")]
    facts: Vec<String>,
    /// Text for people, or one JSON object a finding.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// Most nodes whose attributes are tried for a recipe that does not compile without them.
const NODES: usize = 20;

/// A finding with the systems that it occurs on.
struct Finding<'a> {
    diagnostic: Diagnostic,
    systems: Vec<&'a str>,
}

pub(super) fn check(arguments: &CheckArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let project = arguments.selection.project()?;
    let named = arguments.selection.optional_run_list();
    // Recipes named together are one run list. Otherwise each recipe is a run list of its own.
    let run_lists: Vec<Vec<String>> = if named.is_empty() {
        own_recipes(&project).into_iter().map(|recipe| vec![recipe]).collect()
    } else {
        vec![named.to_vec()]
    };
    if run_lists.is_empty() {
        return Err(arguments.selection.run_list(&project).err().unwrap_or_else(nothing));
    }
    let attributes = arguments.selection.attributes(&project)?;
    let systems = systems(&arguments.facts)?;

    let mut findings: Vec<Finding<'_>> = Vec::new();
    let nodes = OnceCell::new();
    let mut helped: Vec<(&str, &str)> = Vec::new();
    for run_list in &run_lists {
        let of = |attributes: &[AttributeSource]| {
            let mut found = Vec::new();
            for (system, facts) in &systems {
                found.push((*system, compiled(&project, run_list, facts, attributes)));
            }
            found
        };
        let mut found = of(&attributes);
        // Attributes may be set only for nodes and groups. The recipe is right if it compiles for one of them.
        if !arguments.selection.names_node() && !is_well(&found) {
            let nodes = nodes.get_or_init(|| attributes_of_nodes(&project));
            let mut tried =
                nodes.iter().map(|(node, own)| (node, of(&[own.as_slice(), &attributes].concat())));
            if let Some((node, well)) = tried.find(|(_, found)| is_well(found)) {
                helped.push((&run_list[0], node));
                if named.is_empty() {
                    found = well;
                }
            }
        }
        for (system, diagnostics) in found {
            for diagnostic in diagnostics {
                match findings
                    .iter_mut()
                    .find_map(|known| known.diagnostic.absorb(&diagnostic).then_some(known))
                {
                    Some(known) if known.systems.contains(&system) => {}
                    Some(known) => known.systems.push(system),
                    None => findings.push(Finding { diagnostic, systems: vec![system] }),
                }
            }
        }
    }
    let findings: Vec<Diagnostic> =
        findings.into_iter().map(|finding| placed(finding, systems.len())).collect();
    let recipes = run_lists.iter().map(Vec::len).sum();
    let text = match arguments.format {
        Format::Text => {
            let systems: Vec<&str> = systems.iter().map(|(name, _)| *name).collect();
            report(&findings, recipes, &systems) + &of_nodes(named.is_empty(), &helped)
        }
        Format::Json => lines(&findings)?,
    };
    terminal.print(&text)?;
    let errors = findings.iter().any(|finding| finding.severity == Severity::Error);
    Ok(if errors { Exit::Compile } else { Exit::Success })
}

/// Whether there are no errors on any system.
fn is_well(found: &[(&str, Vec<Diagnostic>)]) -> bool {
    found.iter().flat_map(|(_, diagnostics)| diagnostics).all(|finding| finding.severity != Severity::Error)
}

/// Which recipes compile only with the attributes of a node.
fn of_nodes(each_alone: bool, helped: &[(&str, &str)]) -> String {
    let line = |(recipe, node): &(&str, &str)| {
        if each_alone {
            format!("note: `{recipe}` was checked with the attributes of the node `{node}`\n")
        } else {
            format!(
                "hint: there are no errors with the attributes of the node `{node}`: add `--node {node}`\n"
            )
        }
    };
    helped.iter().map(line).collect()
}

/// The different attributes of the nodes in the inventory, each with the first node that has them. Empty if the inventory can't be read; `chefrs nodes` reports
/// why.
fn attributes_of_nodes(project: &Project) -> Vec<(String, Vec<AttributeSource>)> {
    let mut all: Vec<(String, Vec<AttributeSource>)> = Vec::new();
    let Ok(inventory) = Inventory::open(project, PATIENCE) else { return all };
    for node in inventory.nodes() {
        let is_new = |(_, known): &(String, Vec<AttributeSource>)| *known != node.attributes;
        if all.len() < NODES && !node.attributes.is_empty() && all.iter().all(is_new) {
            all.push((node.name.clone(), node.attributes.clone()));
        }
    }
    all
}

fn nothing() -> EarlyEnd {
    EarlyEnd::usage(Diagnostic::error("there is no recipe to check"))
}

type System<'a> = (&'a str, Map<String, Value>);

fn systems(wanted: &[String]) -> Result<Vec<System<'_>>, EarlyEnd> {
    let names: Vec<&str> = if wanted.is_empty() {
        RECORDED.iter().take(CHECKED).map(|(name, _)| *name).collect()
    } else {
        wanted.iter().map(String::as_str).collect()
    };
    names.into_iter().map(|name| Ok((name, recorded(name)?))).collect()
}

fn compiled(
    project: &Project,
    run_list: &[String],
    facts: &Map<String, Value>,
    attributes: &[AttributeSource],
) -> Vec<Diagnostic> {
    match Compiler::default().compile(&Input { project, run_list, facts, attributes }) {
        Ok(compiled) => compiled.warnings,
        Err(findings) => findings.0,
    }
}

/// Adds the systems to a finding that does not occur on all of them.
fn placed(finding: Finding<'_>, systems: usize) -> Diagnostic {
    if finding.systems.len() == systems {
        return finding.diagnostic;
    }
    finding.diagnostic.note(format!("only with the facts of {}", list(&finding.systems, "and")))
}

fn report(findings: &[Diagnostic], recipes: usize, systems: &[&str]) -> String {
    let of = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
    let result = match (errors, warnings) {
        (0, 0) => "no problems found".to_owned(),
        (_, 0) => count(errors, "error"),
        (0, _) => count(warnings, "warning"),
        _ => format!("{} and {}", count(errors, "error"), count(warnings, "warning")),
    };
    let gap = if findings.is_empty() { "" } else { "\n" };
    let facts = list(systems, "and");
    format!(
        "{}{gap}checked {} with the facts of {facts}: {result}\n",
        diagnostic::render_all(findings),
        count(recipes, "recipe")
    )
}

fn lines(findings: &[Diagnostic]) -> Result<String, EarlyEnd> {
    let mut text = String::new();
    for finding in findings {
        text.push_str(&visible(&serde_json::to_string(finding).map_err(std::io::Error::from)?));
        text.push('\n');
    }
    Ok(text)
}
