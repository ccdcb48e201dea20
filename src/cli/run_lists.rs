//! What runs where: what `-r` names, or else the run lists of the inventory.

use std::collections::BTreeSet;

use crate::compile;
use crate::cookbook::Project;
use crate::fleet::FleetHost;
use crate::model::english::{list, list_some, one_line};
use crate::model::error::{Diagnostic, Diagnostics};
use crate::model::run_list::{ListedRecipe, names};

use super::early_end::EarlyEnd;
use super::project::{own_recipes, recipes};

/// Most nodes that an error names.
const NAMED: usize = 8;

/// Sets what runs on each host: what is named, or else the run list of the node in the inventory.
///
/// # Errors
/// A host has nothing to run, or a run list names something that does not exist.
pub(super) fn assign(
    named: &[ListedRecipe],
    project: &Project,
    hosts: &mut [FleetHost],
) -> Result<(), EarlyEnd> {
    if !named.is_empty() {
        for host in &mut *hosts {
            host.run_list = named.to_vec();
        }
    }
    if let [here] = &*hosts
        && here.run_list.is_empty()
        && here.destination.is_none()
        && !here.is_node
    {
        return Err(EarlyEnd::usage(nothing_named(project)));
    }
    let empty: Vec<&FleetHost> = hosts.iter().filter(|host| host.run_list.is_empty()).collect();
    if !empty.is_empty() {
        return Err(EarlyEnd::usage(without_run_list(&empty)));
    }
    let is_one = hosts.len() == 1;
    check(
        project,
        hosts.iter().flat_map(|host| &host.run_list).filter(|entry| !is_one || entry.location.is_some()),
    )
}

/// Checks that the entries of run lists exist.
///
/// # Errors
/// Each entry that does not, once, with the line that lists it.
pub(super) fn check<'a>(
    project: &Project,
    entries: impl Iterator<Item = &'a ListedRecipe>,
) -> Result<(), EarlyEnd> {
    let wrong = unknown(project, entries);
    if wrong.is_empty() { Ok(()) } else { Err(Diagnostics(wrong).into()) }
}

/// An error for each entry that does not exist, once, with the line that lists it.
pub(super) fn unknown<'a>(
    project: &Project,
    entries: impl Iterator<Item = &'a ListedRecipe>,
) -> Vec<Diagnostic> {
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    for entry in entries.filter(|entry| seen.insert(&entry.recipe)) {
        for finding in compile::unknown(project, &names(std::slice::from_ref(entry))) {
            wrong.push(match (&finding.location, &entry.location) {
                (None, Some(location)) => finding.at(location.clone()),
                _ => finding,
            });
        }
    }
    wrong
}

/// The error for a command that was not told what to run. It lists what there is.
pub(super) fn nothing_named(project: &Project) -> Diagnostic {
    let diagnostic = Diagnostic::error("no recipe was named");
    let names = recipes(project);
    // Recipes inside cookbooks are not where people start.
    let is_entry = |name: &&String| {
        name.split_once("::").is_none_or(|(cookbook, _)| !names.iter().any(|name| name == cookbook))
    };
    let quoted: Vec<String> = names.iter().filter(is_entry).map(|name| format!("`{name}`")).collect();
    if quoted.is_empty() {
        return diagnostic.hint("write one to `recipes/NAME.lua`, and name it with `-r NAME`");
    }
    let diagnostic = diagnostic.note(format!("here are {}", list(&quoted, "and")));
    if own_recipes(project).is_empty() {
        return diagnostic
            .note("this directory has no recipes; these ship with chefrs")
            .hint("a first step: `chefrs plan -r hello`")
            .hint("a recipe of your own is a file: `recipes/NAME.lua`");
    }
    diagnostic.hint("name what to run with `-r`")
}

/// The error for hosts with nothing to run.
fn without_run_list(hosts: &[&FleetHost]) -> Diagnostic {
    let quoted = |hosts: &[&FleetHost]| {
        let names: Vec<String> = hosts.iter().map(|host| format!("`{}`", one_line(&host.name))).collect();
        list_some(&names, NAMED)
    };
    let (nodes, strangers): (Vec<&FleetHost>, Vec<&FleetHost>) = hosts.iter().partition(|host| host.is_node);
    let wrong = match (nodes.as_slice(), strangers.as_slice()) {
        ([], several) => {
            let are = if several.len() == 1 { "is not a node" } else { "are not nodes" };
            let have = if several.len() == 1 { "it has" } else { "they have" };
            let message = format!("{} {are} of the inventory, so {have} no run list", quoted(several));
            return Diagnostic::error(message).hint("name what to run with `-r`");
        }
        ([one], _) => {
            Diagnostic::error(format!("the node {} has no run list", quoted(&[one]))).hint(format!(
                "write `run_list = [\"RECIPE\"]` into nodes/{}.toml, or into the file of a group of the node",
                one_line(&one.name)
            ))
        }
        (several, _) => Diagnostic::error(format!("the nodes {} have no run list", quoted(several)))
            .hint("write `run_list = [\"RECIPE\"]` into their files in nodes/, or into the file of a group"),
    };
    let wrong = wrong.hint("or name what to run with `-r`");
    if strangers.is_empty() {
        wrong
    } else {
        wrong.note(format!("not in the inventory, and without one too: {}", quoted(&strangers)))
    }
}
