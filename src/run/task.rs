//! The commands of a task, compiled for one target.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::probed_facts::{Unprobed, probed_facts};
use crate::compile::Input;
use crate::confined::Compiler;
use crate::cookbook::{Project, TYPED_RECIPE};
use crate::model::collection::Row;
use crate::model::error::{Diagnostic, Diagnostics, Failure};
use crate::model::node::AttributeSource;
use crate::model::portable::{Portable, PortableCommand, Portables, Unless};
use crate::model::schema::is_deferred;
use crate::model::step::Command;
use crate::resources;
use crate::target::Target;

/// Compiles the task that a project has as its typed declaration, and returns the commands that it declares, in order.
///
/// # Errors
/// The task does not compile for this target, or declares what is no plain command. The target was lost.
pub fn task_commands(
    project: &Project,
    attributes: &[AttributeSource],
    facts: Cow<'_, Map<String, Value>>,
    target: &mut dyn Target,
) -> Result<Vec<Command>, Failure> {
    let run_list = [TYPED_RECIPE.to_owned()];
    let cookbooks = project.probing_cookbooks(&run_list);
    let probed =
        probed_facts(facts, target, (project, &cookbooks), false).map_err(|unprobed| match unprobed {
            Unprobed::Declarations(findings) | Unprobed::Answers(findings) => uncompiled(findings),
            Unprobed::Lost(failure) => failure,
        })?;
    let input = Input { project, run_list: &run_list, facts: &probed.facts, attributes };
    let compiled = Compiler::default().compile(&input).map_err(uncompiled)?;
    let mut commands = Vec::new();
    for row in &compiled.collection.rows {
        let placed = |refused: Diagnostic| uncompiled(refused.at(row.location.clone()).into());
        require_plain(row).map_err(placed)?;
        if !row.custom {
            commands.push(command(row).map_err(placed)?);
        }
    }
    Ok(commands)
}

/// Refuses what only a run can do, also in a custom resource around the commands.
fn require_plain(row: &Row) -> Result<(), Diagnostic> {
    let refused =
        |what: &str| Diagnostic::error(format!("{} has {what}, which a task does not have", row.id()));
    let is_command = !row.custom && row.r#type == "execute";
    let is_plain = row.only_if.is_empty() && row.not_if.is_empty() && row.notifies.is_empty();
    if !is_plain || is_command && row.actions != ["run"] {
        return Err(refused("a guard, a notification or an action"));
    }
    let common = [
        ("`ignore_failure`", row.ignore_failure),
        ("`requires`", !row.requires.is_empty()),
        ("`retries`", row.retries > 0),
        ("`sensitive`", row.sensitive),
    ];
    match common.iter().find(|(_, is_set)| *is_set) {
        Some((name, _)) => Err(refused(name)),
        None => Ok(()),
    }
}

/// The command of a row.
fn command(row: &Row) -> Result<Command, Diagnostic> {
    let refused = |why: &str| Diagnostic::error(format!("{} {why}", row.id()));
    if row.r#type != "execute" {
        let hint = "what changes a machine belongs in a recipe, which `chefrs run` converges";
        return Err(refused("can't be part of a task: a task declares `execute` alone").hint(hint));
    }
    if row.properties.values().any(has_deferred) {
        let hint = "let the command read it on the machine";
        return Err(refused("has a value that is not known yet, or a secret").hint(hint));
    }
    let failed = |failure: Failure| refused(&format!("is not right: {}", failure.message));
    let entry = resources::find(&row.r#type).ok_or_else(|| refused("is of no known type"))?;
    let planner = (entry.load)(&row.properties).map_err(failed)?;
    planner.check("run").map_err(failed)?;
    let mut plain = Portables::default();
    planner.portable("run", &mut plain).map_err(|declined| refused(&declined.0))?;
    match plain.items.pop().map(|item| item.what) {
        Some(Portable::Command(PortableCommand { act, unless: Unless::Never })) if plain.items.is_empty() => {
            Ok(act)
        }
        _ => Err(refused("has `creates`, which a task does not have")),
    }
}

fn has_deferred(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(has_deferred),
        Value::Object(map) => is_deferred(value) || map.values().any(has_deferred),
        _ => false,
    }
}

/// The errors of a compile as what went wrong with a target.
fn uncompiled(Diagnostics(findings): Diagnostics) -> Failure {
    let mut told = findings.into_iter().map(|finding| {
        let place = finding.location.as_ref().map(|location| format!("{location}: ")).unwrap_or_default();
        (format!("{place}{}", finding.message), [finding.notes, finding.hints])
    });
    let (message, [details, hints]) = told.next().unwrap_or_default();
    let more = told.map(|(message, _)| message);
    Failure { details: details.into_iter().chain(more).collect(), hints, ..Failure::new(message) }
}
