//! `chefrs explain`.

use std::collections::BTreeSet;

use clap::Args;
use clap_complete::engine::ArgValueCompleter;
use serde_json::Value;

use crate::compile::{Attribute, Compiled, Input};
use crate::confined::Compiler;
use crate::cookbook::Project;
use crate::model::english::{nearest, one_line};
use crate::model::error::{Diagnostic, Diagnostics};
use crate::model::exit::Exit;
use crate::model::node::{AttributeSource, Layer};
use crate::model::run_list::names;
use crate::model::sorted;

use super::complete;
use super::early_end::EarlyEnd;
use super::page::wrap;
use super::project::cookbook_recipes;
use super::recorded_facts;
use super::selection::Selection;
use super::terminal::{Terminal, prose_columns};

/// Shows where the value of an attribute comes from: each layer, with file and line.
///
/// The layers, from weak to strong: cookbook defaults, wrapper cookbooks, the project's `chefrs.toml`, the node (`-t`), the
/// command line. Tables are merged, everything else is replaced.
#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    /// Dotted path of an attribute: `nginx.port`, or `nginx` for all below it. Default: all attributes.
    #[arg(value_name = "PATH", add = ArgValueCompleter::new(complete::attributes))]
    path: Option<String>,
    #[command(flatten)]
    selection: Selection,
    /// The same as `--node`. The node itself is not asked.
    #[arg(short = 't', long, value_name = "NODE", conflicts_with = "node", add = ArgValueCompleter::new(complete::nodes))]
    target: Option<String>,
    /// Facts to compile with: the name of a recording (`debian-12`, `rocky-9`, `arch`, …; see `chefrs help check`), or a
    /// file. Default: the facts of this machine.
    #[arg(long, value_name = "FACTS")]
    facts: Option<String>,
}

pub(super) fn explain(arguments: &ExplainArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    if arguments.path.as_deref() == Some("") {
        let wrong = Diagnostic::error("the path of an attribute is empty");
        return Err(EarlyEnd::usage(wrong.hint("`chefrs explain` without a path lists all of them")));
    }
    let project = arguments.selection.project()?;
    let attributes = arguments.selection.attributes_on(&project, arguments.target.as_deref())?;
    let path = arguments.path.as_deref();
    let is_of_cookbook = |path: &str| project.cookbook(head(path)).is_some();
    let compile = |run_list: &[String]| -> Result<Compiled, EarlyEnd> {
        // A cookbook that is only described has probes, too. Without one, nothing is asked.
        let alone = [path.map(head).unwrap_or_default().to_owned()];
        let reach = if run_list.is_empty() { &alone } else { run_list };
        let facts = recorded_facts::facts_to_compile(arguments.facts.as_deref(), &project, reach)?;
        let input = Input { project: &project, run_list, facts: &facts, attributes: &attributes };
        // A cookbook may have attributes and no recipe.
        if run_list.is_empty() && path.is_some_and(is_of_cookbook) {
            Ok(Compiler::default().describe(&input)?)
        } else {
            Ok(Compiler::default().compile(&input)?)
        }
    };
    let sets_it = |compiled: &Compiled| compiled.attributes.iter().any(|known| below(&known.path, path));
    let listed = of_node(arguments, &project)?;
    let of_node = if listed.is_empty() { None } else { compile(&listed).ok().filter(sets_it) };
    let (run_list, compiled) = match of_node {
        Some(compiled) => (listed, compiled),
        // The node has no run list, or the cookbook is not part of it.
        None => {
            let run_list = run_list(arguments, &project, &attributes);
            let compiled = compile(&run_list)?;
            (run_list, compiled)
        }
    };
    let shown: Vec<&Attribute> =
        compiled.attributes.iter().filter(|attribute| below(&attribute.path, path)).collect();
    if shown.is_empty() && run_list.is_empty() && !compiled.warnings.is_empty() {
        return Err(Diagnostics(compiled.warnings).into());
    }
    if let (Some(path), true) = (path, shown.is_empty()) {
        return Err(EarlyEnd::usage(unknown(path, &compiled.attributes)));
    }
    if shown.is_empty() {
        terminal
            .note("no attribute is set: `chefrs explain COOKBOOK` lists those that a cookbook declares")?;
    }
    let width = prose_columns();
    let blocks: Vec<String> = shown.into_iter().map(|attribute| block(attribute, width)).collect();
    terminal.print(&blocks.join("\n"))?;
    Ok(Exit::Success)
}

/// The run list of the node, if a node is named and no recipe.
fn of_node(arguments: &ExplainArguments, project: &Project) -> Result<Vec<String>, EarlyEnd> {
    let node = arguments.target.as_deref().or(arguments.selection.node());
    match node {
        Some(node) if arguments.selection.optional_run_list().is_empty() => {
            Ok(names(&project.inventory()?.node(node).map_err(EarlyEnd::usage)?.run_list))
        }
        _ => Ok(Vec::new()),
    }
}

/// The recipes to compile. Without `-r`, the cookbook of the path: `nginx.port` belongs to `nginx`. Without a path, all
/// cookbooks with attributes that are set. An attribute that no cookbook declares needs no recipe.
fn run_list(arguments: &ExplainArguments, project: &Project, attributes: &[AttributeSource]) -> Vec<String> {
    let named = arguments.selection.optional_run_list();
    if !named.is_empty() {
        return named;
    }
    let heads: BTreeSet<&str> = match arguments.path.as_deref().map(head) {
        Some(head) => sorted::collected([head]),
        None => attributes
            .iter()
            .chain(project.attributes())
            .flat_map(|source| source.values.keys())
            .map(String::as_str)
            .collect(),
    };
    let cookbooks = heads.into_iter().filter(|head| project.cookbook(head).is_some());
    // Any recipe does: all load the attributes of their cookbook.
    cookbooks
        .filter_map(|cookbook| {
            let recipes = cookbook_recipes(project, cookbook);
            let default = recipes.iter().find(|recipe| *recipe == cookbook);
            default.or(recipes.first()).cloned()
        })
        .collect()
}

/// The first word of a path.
fn head(path: &str) -> &str {
    path.split('.').next().unwrap_or(path)
}

fn below(path: &str, wanted: Option<&str>) -> bool {
    wanted.is_none_or(|wanted| {
        path.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    })
}

fn block(attribute: &Attribute, width: usize) -> String {
    let mut lines = vec![format!("{} = {}\n", one_line(&attribute.path), value(&attribute.value))];
    if !attribute.doc.is_empty() {
        lines.push(wrap(&attribute.doc, width, "  "));
    }
    let counts = layer_that_counts(attribute);
    for (index, (layer, said, origin, location)) in attribute.layers.iter().enumerate() {
        let place = location.as_ref().map_or_else(|| origin.clone(), ToString::to_string);
        let mark = if counts == Some(index) { "*" } else { " " };
        let said = match layer {
            Layer::Probe if said.is_null() => "nothing".to_owned(),
            _ if said.is_null() => "unset".to_owned(),
            _ => value(said),
        };
        lines.push(format!("  {mark} {:16}  {said}  ({})\n", layer.name(), one_line(&place)));
    }
    lines.concat()
}

/// The layer whose value it is: the last one, or the default where a layer unsets the others.
fn layer_that_counts(attribute: &Attribute) -> Option<usize> {
    let layers = &attribute.layers;
    let last = layers.len().checked_sub(1)?;
    if layers[last].1.is_null() && layers[last].0 != Layer::Probe {
        layers.iter().position(|layer| layer.0 == Layer::Cookbook)
    } else {
        Some(last)
    }
}

fn value(value: &Value) -> String {
    one_line(&value.to_string())
}

fn unknown(path: &str, attributes: &[Attribute]) -> Diagnostic {
    let diagnostic = Diagnostic::error(format!("there is no attribute `{path}`"));
    match nearest(path, attributes.iter().map(|attribute| attribute.path.as_str())) {
        Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
        None => diagnostic.hint(
            "`chefrs explain` without a path lists all that are set, with `-r RECIPE` all that it knows",
        ),
    }
}
