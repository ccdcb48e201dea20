//! `chefrs check`.

use std::cell::OnceCell;

use clap::Args;

use crate::confined::Compiler;
use crate::cookbook::Project;
use crate::model::english::{count, list};
use crate::model::error::{Diagnostic, Severity};
use crate::model::exit::Exit;
use crate::model::node::AttributeSource;
use crate::report::diagnostic;
use crate::report::json::visible;

use super::early_end::EarlyEnd;
use super::format::Format;
use super::recorded_facts::{CHECKED, RECORDED, recorded};
use super::run_lists::nothing_named;
use super::selection::Selection;
use super::terminal::Terminal;
use super::test_files;

mod findings;
mod lints;
mod subjects;

use findings::Findings;
use lints::lints;
use subjects::{System, compile_all, is_well, subjects};

/// Checks recipes without a machine, and reports all errors.
///
/// Without `-r`, every node of the inventory is checked with its run list and attributes. Every recipe of the project and
/// of its cookbooks that no node lists is checked by itself, with the attributes of a node where it needs them. Each is
/// compiled with the facts of Debian and of Ubuntu. Name other platforms with `--facts`. The tests of the project and of its
/// cookbooks are run, too: see `chefrs test`.
///
/// What is most likely a mistake is a warning: locals, attributes, properties, dependencies and variables of templates that
/// nothing uses, and names that hide others.
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

pub(super) fn check(arguments: &CheckArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let selection = &arguments.selection;
    let project = selection.project()?;
    let subjects = subjects(selection, &project)?;
    if subjects.is_empty() {
        return Err(EarlyEnd::usage(nothing_named(&project)));
    }
    let is_named = !selection.optional_run_list().is_empty();
    let systems = systems(&arguments.facts)?;

    let mut findings = Findings::default();
    let nodes = OnceCell::new();
    let mut helped: Vec<(&str, &str)> = Vec::new();
    for (subject, mut found) in subjects.iter().zip(compile_all(&subjects, &project, &systems)) {
        // Attributes may be set only for nodes and groups. The recipe is right if it compiles for one of them.
        if subject.node.is_none() && selection.node().is_none() && !is_well(&found) {
            let nodes = nodes.get_or_init(|| attributes_of_nodes(&project));
            let mut tried = nodes.iter().map(|(node, own)| {
                let attributes = [own.as_slice(), &subject.attributes].concat();
                (node, subject.compile_with(&project, &systems, &attributes))
            });
            if let Some((node, well)) = tried.find(|(_, found)| is_well(found)) {
                helped.push((&subject.run_list[0].recipe, node));
                if !is_named {
                    found = well;
                }
            }
        }
        for (system, diagnostics) in found {
            for diagnostic in diagnostics {
                findings.add(diagnostic, system, subject.node.as_deref());
            }
        }
    }
    let mut tests = 0;
    let mut failed = Vec::new();
    if !is_named && selection.node().is_none() {
        let done = Compiler::default().test(&project, test_files::all(&project), None)?;
        tests = done.results.len();
        failed = done.broken;
        failed.extend(done.results.into_iter().flat_map(|result| result.findings));
        failed.extend(lints(&project));
    }
    let checked = subjects.iter().filter(|subject| subject.node.is_some()).count();
    let recipes =
        subjects.iter().filter(|subject| subject.node.is_none()).map(|subject| subject.run_list.len());
    let recipes: usize = recipes.sum();
    let mut findings = findings.placed(systems.len(), checked);
    findings.append(&mut failed);
    let text = match arguments.format {
        Format::Text => {
            let systems: Vec<&str> = systems.iter().map(|(name, _)| *name).collect();
            report(&findings, &what(checked, recipes), &systems, tests) + &of_nodes(!is_named, &helped)
        }
        Format::Json => lines(&findings)?,
    };
    terminal.print(&text)?;
    let errors = findings.iter().any(|finding| finding.severity == Severity::Error);
    Ok(if errors { Exit::Compile } else { Exit::Success })
}

/// What was checked, in words.
fn what(nodes: usize, recipes: usize) -> String {
    match (nodes, recipes) {
        (0, _) => count(recipes, "recipe"),
        (_, 0) => count(nodes, "node"),
        _ => format!("{} and {}", count(nodes, "node"), count(recipes, "recipe")),
    }
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

/// The different attributes of the nodes in the inventory, each with the first node that has them. Empty if the inventory
/// can't be read; `chefrs nodes` reports why.
fn attributes_of_nodes(project: &Project) -> Vec<(String, Vec<AttributeSource>)> {
    let mut all: Vec<(String, Vec<AttributeSource>)> = Vec::new();
    let Ok(inventory) = project.inventory() else { return all };
    for node in inventory.nodes() {
        let is_new = |(_, known): &(String, Vec<AttributeSource>)| *known != node.attributes;
        if all.len() < NODES && !node.attributes.is_empty() && all.iter().all(is_new) {
            all.push((node.name.clone(), node.attributes.clone()));
        }
    }
    all
}

fn systems(wanted: &[String]) -> Result<Vec<System<'_>>, EarlyEnd> {
    let names: Vec<&str> = if wanted.is_empty() {
        RECORDED.iter().take(CHECKED).copied().collect()
    } else {
        wanted.iter().map(String::as_str).collect()
    };
    names.into_iter().map(|name| Ok((name, recorded(name)?))).collect()
}

fn report(findings: &[Diagnostic], what: &str, systems: &[&str], tests: usize) -> String {
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
    let tests = if tests > 0 { format!(", and {}", count(tests, "test")) } else { String::new() };
    format!(
        "{}{gap}checked {what} with the facts of {facts}{tests}: {result}\n",
        diagnostic::render_all(findings)
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
