//! The custom resources, tasks and attributes that a project and its cookbooks declare.

use crate::compile::{Attribute, Compiled, Input};
use crate::confined::Compiler;
use crate::cookbook::Project;
use crate::model::error::Diagnostic;
use crate::model::task_card::TaskCard;
use crate::model::type_card::TypeCard;
use crate::reference::card;
use crate::resources::TYPES;

use super::early_end::EarlyEnd;
use super::recorded_facts::{RECORDED, recorded};

/// Custom resources, tasks and attributes of the project and of all its cookbooks.
pub(super) struct Offer {
    pub(super) types: Vec<TypeCard>,
    pub(super) tasks: Vec<TaskCard>,
    pub(super) attributes: Vec<Attribute>,
    /// Errors in cookbooks that are left out.
    pub(super) findings: Vec<Diagnostic>,
}

/// Lists them, using the sandboxed process.
pub(super) fn offer(project: &Project) -> Result<Offer, EarlyEnd> {
    // Defaults may read facts. Those of any machine are good enough.
    let facts = RECORDED.first().map(|name| recorded(name)).transpose()?.unwrap_or_default();
    let input = Input { project, run_list: &[], facts: &facts, attributes: &[] };
    let compiled = Compiler::default().describe(&input)?;
    let Compiled { types, tasks, attributes, warnings: findings, .. } = compiled;
    Ok(Offer { types, tasks, attributes, findings })
}

/// The built-in resource types.
pub(super) fn roster() -> impl Iterator<Item = TypeCard> {
    TYPES.iter().map(card)
}
