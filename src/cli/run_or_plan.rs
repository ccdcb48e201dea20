//! `run` and `plan`, which share all code up to the last step of each change.

use std::mem::take;

use crate::compile::Input;
use crate::confined::Compiler;
use crate::fleet::FleetHost;
use crate::model::error::{Diagnostic, Diagnostics};
use crate::model::exit::Exit;
use crate::model::fleet::{FleetEvent, Stage};
use crate::model::run_list::names;
use crate::remote;
use crate::report::Reporter;
use crate::secrets::{AskingNode, SecretSources};

use super::early_end::EarlyEnd;
use super::environment;
use super::failed_from::Unfinished;
use super::reports::report_early_end;
use super::run_choices::{RunChoices, ToCompile};
use super::terminal::Terminal;
use super::{fleet, one_target, passphrase, recorded_facts, run_lists};

fn require_none(findings: Vec<Diagnostic>) -> Result<(), EarlyEnd> {
    if findings.is_empty() { Ok(()) } else { Err(Diagnostics(findings).into()) }
}

/// Runs the request and reports it.
pub(super) fn execute(choices: &RunChoices<'_>, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let mut reporter = choices.shared.reports().reporter(terminal)?;
    dispatch(choices, &mut reporter, terminal).unwrap_or_else(|ahead| {
        let only = choices.place.only().filter(|_| !choices.failed_from.is_given());
        Err(report_early_end(&mut reporter, only, ahead, terminal))
    })
}

/// Runs the request. Returns an error only if nothing was reported yet.
fn dispatch(
    choices: &RunChoices<'_>,
    reporter: &mut (dyn Reporter + Send),
    terminal: &Terminal,
) -> Result<Result<Exit, EarlyEnd>, EarlyEnd> {
    let project = choices.selection.project()?;
    let (mut chosen, earlier) = match choices.failed_from.unfinished(choices.place, &project)? {
        Some(Unfinished::Nothing(sentence)) => {
            nothing_left(sentence, reporter, terminal)?;
            return Ok(Ok(Exit::Success));
        }
        Some(Unfinished::Targets(hosts, run_list)) => (hosts, run_list),
        None => (choices.place.choose(&project)?, Vec::new()),
    };
    let is_repeated = choices.selection.optional_run_list().is_empty() && !earlier.is_empty();
    let named = if is_repeated { earlier } else { choices.selection.named(&project)? };
    run_lists::assign(&named, &project, &mut chosen)?;
    if chosen.iter().any(|host| host.destination.is_some()) {
        remote::prepare();
    }
    // The form of a stream must not change when a group shrinks to one host.
    let may_be_several = choices.place.may_be_several() || choices.failed_from.is_given();
    let of_many = may_be_several && choices.shared.reports().has_stream();
    let alone = chosen.len() == 1 && !of_many;
    let attributes = match chosen.as_mut_slice() {
        [only] if alone => choices.selection.attributes_over(&project, take(&mut only.attributes))?,
        several => choices.selection.attributes_of_all(&project, several.len())?,
    };
    if let (Some(name), [only]) = (choices.selection.node(), chosen.as_mut_slice()) {
        only.asking = AskingNode::of(project.inventory()?.node(name).map_err(EarlyEnd::usage)?);
    }
    let mut secrets = SecretSources::new(&project, environment::secrets()?);
    passphrase::unlock_for_all(&mut secrets, &project)?;
    let work = ToCompile { project: &project, attributes: &attributes, secrets: &secrets };
    prepare(choices, &mut chosen, &work)?;
    match chosen.as_slice() {
        [only] if alone => one_target::converge(choices, only, &work, reporter, terminal),
        several => fleet::converge(choices, several, &work, reporter, terminal),
    }
}

/// Reports that an earlier run left nothing to do.
fn nothing_left(text: String, reporter: &mut dyn Reporter, terminal: &Terminal) -> Result<(), EarlyEnd> {
    let milliseconds = u64::try_from(terminal.begin().elapsed().as_millis()).unwrap_or(u64::MAX);
    for stage in
        [Stage::Note { target: None, text }, Stage::finished(Exit::Success as u8, milliseconds, Vec::new())]
    {
        reporter.event(&FleetEvent::Stage(stage));
    }
    Ok(reporter.finish()?)
}

/// Prepares the machines. Asks for passwords only after everything that can be checked locally was checked.
fn prepare(choices: &RunChoices<'_>, hosts: &mut [FleetHost], work: &ToCompile<'_>) -> Result<(), EarlyEnd> {
    if !choices.place.wants_password(hosts, work.project) {
        return Ok(());
    }
    environment::state()?;
    let facts = recorded_facts::names()?;
    let mut findings = Vec::new();
    for host in &*hosts {
        let attributes = [host.attributes.as_slice(), work.attributes].concat();
        let run_list = names(&host.run_list);
        let input =
            Input { project: work.project, run_list: &run_list, facts: &facts, attributes: &attributes };
        for finding in Compiler::default().foretell(&input) {
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        }
    }
    require_none(findings)?;
    choices.place.unlock(hosts, work.project)
}
