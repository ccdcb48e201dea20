//! Findings of `chefrs check`, each once, with the systems and nodes on which it occurs.

use crate::model::english::{count, list, list_some};
use crate::model::error::Diagnostic;

/// Most nodes that a finding names.
const NAMED: usize = 5;

/// The findings, each once.
#[derive(Debug, Default)]
pub(super) struct Findings<'a>(Vec<Finding<'a>>);

/// A finding with where it occurs.
#[derive(Debug)]
struct Finding<'a> {
    diagnostic: Diagnostic,
    systems: Vec<&'a str>,
    nodes: Vec<&'a str>,
    /// Whether it also occurs in a recipe that was compiled by itself.
    is_of_recipe: bool,
}

impl<'a> Findings<'a> {
    /// Adds a finding. `node` is the node whose run list was compiled.
    pub(super) fn add(&mut self, diagnostic: Diagnostic, system: &'a str, node: Option<&'a str>) {
        let known = self.0.iter_mut().find_map(|known| known.diagnostic.absorb(&diagnostic).then_some(known));
        let finding = match known {
            Some(known) => known,
            None => {
                let finding =
                    Finding { diagnostic, systems: Vec::new(), nodes: Vec::new(), is_of_recipe: false };
                self.0.push(finding);
                let Some(last) = self.0.last_mut() else { return };
                last
            }
        };
        if !finding.systems.contains(&system) {
            finding.systems.push(system);
        }
        match node {
            Some(node) if !finding.nodes.contains(&node) => finding.nodes.push(node),
            Some(_) => {}
            None => finding.is_of_recipe = true,
        }
    }

    /// The findings, with notes about where they occur. `systems` and `nodes` are the numbers of all.
    pub(super) fn placed(self, systems: usize, nodes: usize) -> Vec<Diagnostic> {
        self.0.into_iter().map(|finding| finding.placed(systems, nodes)).collect()
    }
}

impl Finding<'_> {
    fn placed(self, systems: usize, nodes: usize) -> Diagnostic {
        let mut diagnostic = self.diagnostic;
        if !self.is_of_recipe {
            diagnostic = diagnostic.note(match self.nodes.as_slice() {
                [one] => format!("for the node `{one}`"),
                all if all.len() == nodes => format!("for all {}", count(nodes, "node")),
                some => {
                    let quoted: Vec<String> = some.iter().map(|node| format!("`{node}`")).collect();
                    format!("for the nodes {}", list_some(&quoted, NAMED))
                }
            });
        }
        if self.systems.len() < systems {
            diagnostic = diagnostic.note(format!("only with the facts of {}", list(&self.systems, "and")));
        }
        diagnostic
    }
}
