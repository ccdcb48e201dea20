//! What `chefrs check` compiles: the run list of each node, and each recipe that no node lists.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use serde_json::{Map, Value};

use super::lints::of_templates;
use crate::cli::early_end::EarlyEnd;
use crate::cli::project::own_recipes;
use crate::cli::run_lists::unknown;
use crate::cli::selection::Selection;
use crate::compile::Input;
use crate::confined::Compiler;
use crate::cookbook::Project;
use crate::cookbook::inventory::Node;
use crate::model::error::{Diagnostic, Severity};
use crate::model::node::AttributeSource;
use crate::model::run_list::{ListedRecipe, names};

/// The facts to compile with, by name.
pub(super) type System<'a> = (&'a str, Map<String, Value>);
/// What was found with the facts of a system.
pub(super) type SystemFindings<'a> = (&'a str, Vec<Diagnostic>);

/// A run list to compile.
#[derive(Debug)]
pub(super) struct Subject {
    /// The node whose run list it is. `None`: recipes by themselves.
    pub(super) node: Option<String>,
    pub(super) run_list: Vec<ListedRecipe>,
    pub(super) attributes: Vec<AttributeSource>,
}

impl Subject {
    fn of_node(node: &Node, selection: &Selection, project: &Project) -> Result<Self, EarlyEnd> {
        Ok(Self {
            node: Some(node.name.clone()),
            run_list: node.run_list.clone(),
            attributes: selection.attributes_over(project, node.attributes.clone())?,
        })
    }

    /// What a compile with the facts of each system finds.
    pub(super) fn compile<'a>(
        &self,
        project: &Project,
        systems: &'a [System<'_>],
    ) -> Vec<SystemFindings<'a>> {
        self.compile_with(project, systems, &self.attributes)
    }

    /// Like [`Self::compile`], with other attributes.
    pub(super) fn compile_with<'a>(
        &self,
        project: &Project,
        systems: &'a [System<'_>],
        attributes: &[AttributeSource],
    ) -> Vec<SystemFindings<'a>> {
        let missing = unknown(project, self.run_list.iter().filter(|entry| entry.location.is_some()));
        let run_list = names(&self.run_list);
        let found = systems.iter().map(|(system, facts)| {
            if !missing.is_empty() {
                return (*system, missing.clone());
            }
            let input = Input { project, run_list: &run_list, facts, attributes };
            (
                *system,
                match Compiler::default().compile(&input) {
                    Ok(mut compiled) => {
                        compiled.warnings.extend(of_templates(project, &compiled.collection));
                        compiled.warnings
                    }
                    Err(findings) => findings.0,
                },
            )
        });
        found.collect()
    }
}

/// What to compile. What `-r` names is one run list. Otherwise each node that has a run list gets that, and each recipe
/// that no node lists is a run list of its own.
///
/// # Errors
/// The inventory or the attributes of the command line can't be read.
pub(super) fn subjects(selection: &Selection, project: &Project) -> Result<Vec<Subject>, EarlyEnd> {
    let named = selection.optional_run_list();
    let alone = |run_list: Vec<ListedRecipe>| -> Result<Subject, EarlyEnd> {
        Ok(Subject { node: None, run_list, attributes: selection.attributes(project)? })
    };
    if !named.is_empty() {
        return Ok(vec![alone(named.iter().map(|recipe| ListedRecipe::typed(recipe)).collect())?]);
    }
    let inventory = project.inventory()?;
    let mut subjects = Vec::new();
    if let Some(name) = selection.node() {
        let node = inventory.node(name).map_err(EarlyEnd::usage)?;
        if !node.run_list.is_empty() {
            return Ok(vec![Subject::of_node(node, selection, project)?]);
        }
    } else {
        for node in inventory.nodes().filter(|node| !node.run_list.is_empty()) {
            subjects.push(Subject::of_node(node, selection, project)?);
        }
    }
    let is_listed = |recipe: &String| {
        subjects.iter().flat_map(|subject| &subject.run_list).any(|entry| entry.recipe == *recipe)
    };
    let rest: Vec<String> = own_recipes(project).into_iter().filter(|recipe| !is_listed(recipe)).collect();
    for recipe in rest {
        subjects.push(alone(vec![ListedRecipe::typed(&recipe)])?);
    }
    Ok(subjects)
}

/// Whether there are no errors on any system.
pub(super) fn is_well(found: &[SystemFindings<'_>]) -> bool {
    found.iter().flat_map(|(_, diagnostics)| diagnostics).all(|finding| finding.severity != Severity::Error)
}

/// Compiles all of them, as many at a time as there are processors. The results are in the order of the subjects.
pub(super) fn compile_all<'a>(
    subjects: &[Subject],
    project: &Project,
    systems: &'a [System<'_>],
) -> Vec<Vec<SystemFindings<'a>>> {
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<Option<Vec<SystemFindings<'a>>>>> =
        Mutex::new(subjects.iter().map(|_| None).collect());
    let work = || {
        while let Some((index, subject)) = {
            let index = next.fetch_add(1, Ordering::Relaxed);
            subjects.get(index).map(|subject| (index, subject))
        } {
            let found = subject.compile(project, systems);
            results.lock().unwrap_or_else(PoisonError::into_inner)[index] = Some(found);
        }
    };
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(subjects.len());
    thread::scope(|scope| {
        for _ in 1..threads {
            // Without further threads, this one does all the work.
            let _ = thread::Builder::new().name("check".into()).spawn_scoped(scope, work);
        }
        work();
    });
    let results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.into_iter().map(Option::unwrap_or_default).collect()
}
