//! `chefrs check`.

use clap::Args;
use serde_json::{Map, Value};

use crate::compile::Input;
use crate::confined::Compiler;
use crate::cookbook::Project;
use crate::model::english::{count, list};
use crate::model::error::{Diagnostic, Severity};
use crate::model::exit::Exit;
use crate::model::node::AttributeSource;
use crate::report::diagnostic;
use crate::report::json::visible;

use super::format::Format;
use super::machine::{RECORDED, recorded};
use super::project::cookbook_recipes;
use super::selection::Selection;
use super::stop::EarlyEnd;
use super::terminal::Terminal;

/// Checks recipes without a machine, and reports every mistake.
///
/// Without `-r`, every recipe of the project and of its cookbooks is checked by itself. Each is compiled with the facts
/// of several platforms, so that every branch is seen.
#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    #[command(flatten)]
    selection: Selection,
    /// Facts to compile with: the name of a recording (`debian-12`, `ubuntu-24.04`), or a file that `chefrs facts`
    /// wrote. May be repeated.
    #[arg(long, value_name = "FACTS")]
    facts: Vec<String>,
    /// Text for people, or one JSON object a finding.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// A finding, and the systems it was made on.
struct Finding<'a> {
    diagnostic: Diagnostic,
    systems: Vec<&'a str>,
}

pub(super) fn check(arguments: &CheckArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let project = arguments.selection.project()?;
    let named = arguments.selection.optional_run_list();
    // Recipes named together are meant to run together; those that nobody named are each a run of its own.
    let run_lists: Vec<Vec<String>> = if named.is_empty() {
        all(&project).into_iter().map(|recipe| vec![recipe]).collect()
    } else {
        vec![named.to_vec()]
    };
    if run_lists.is_empty() {
        return Err(arguments.selection.run_list(&project).err().unwrap_or_else(nothing));
    }
    let attributes = arguments.selection.attributes(&project)?;
    let systems = systems(&arguments.facts)?;

    let mut findings: Vec<Finding<'_>> = Vec::new();
    for run_list in &run_lists {
        for (system, facts) in &systems {
            for diagnostic in compiled(&project, run_list, facts, &attributes) {
                match findings.iter_mut().find(|finding| finding.diagnostic == diagnostic) {
                    Some(finding) if finding.systems.contains(system) => {}
                    Some(finding) => finding.systems.push(system),
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
            report(&findings, recipes, &systems)
        }
        Format::Json => lines(&findings)?,
    };
    terminal.print(&text)?;
    let errors = findings.iter().any(|finding| finding.severity == Severity::Error);
    Ok(if errors { Exit::Compile } else { Exit::Success })
}

/// Recipes that lie in the project: its own, and those of the cookbooks it carries. Shipped ones are not its business.
fn all(project: &Project) -> Vec<String> {
    let own = project.own().names("recipes", "lua").into_iter();
    let mut recipes: Vec<String> =
        own.filter(|name| project.root().join("recipes").join(format!("{name}.lua")).is_file()).collect();
    for cookbook in project.cookbook_names() {
        if project.root().join("cookbooks").join(cookbook).is_dir() {
            recipes.extend(cookbook_recipes(project, cookbook));
        }
    }
    recipes
}

fn nothing() -> EarlyEnd {
    EarlyEnd::usage(Diagnostic::error("there is no recipe to check"))
}

type System<'a> = (&'a str, Map<String, Value>);

fn systems(wanted: &[String]) -> Result<Vec<System<'_>>, EarlyEnd> {
    let names: Vec<&str> = if wanted.is_empty() {
        RECORDED.iter().map(|(name, _)| *name).collect()
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

/// What shows on some systems alone says so.
fn placed(finding: Finding<'_>, systems: usize) -> Diagnostic {
    if finding.systems.len() == systems {
        return finding.diagnostic;
    }
    finding.diagnostic.note(format!("with the facts of {} alone", list(&finding.systems, "and")))
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
