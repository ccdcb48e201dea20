//! `run` and `plan`, which share all code up to the last step of each change.

use std::mem::take;

use crate::compile::Input;
use crate::confined::Compiler;
use crate::cookbook::{Project, TYPED_RECIPE};
use crate::fleet::FleetHost;
use crate::model::error::{Diagnostic, Diagnostics};
use crate::model::exit::Exit;
use crate::model::fleet::{FleetEvent, Stage};
use crate::model::run_list::names;
use crate::remote;
use crate::report::Reporter;
use crate::secrets::{AskingNode, SecretSources};

use super::confirmed::Confirmation;
use super::early_end::EarlyEnd;
use super::environment;
use super::failed_from::Unfinished;
use super::on_hosts::{is_alone, on_hosts};
use super::reports::{RunReports, report_early_end};
use super::run_choices::{RunChoices, ToCompile};
use super::step::Steps;
use super::terminal::Terminal;
use super::{passphrase, recorded_facts, run_lists, saving};

fn require_none(findings: Vec<Diagnostic>) -> Result<(), EarlyEnd> {
    if findings.is_empty() { Ok(()) } else { Err(Diagnostics(findings).into()) }
}

/// Runs the request and reports it.
pub(super) fn execute(choices: &RunChoices<'_>, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let mut reporter = choices.shared.reports().reporter(terminal, choices.steps.is_none())?;
    let only = choices.place.only().filter(|_| !choices.failed_from.is_given());
    let opened = Confirmation::of(choices).and_then(|asks| Ok((asks, project(choices)?)));
    let (confirmation, project) = match opened {
        Ok(opened) => opened,
        Err(ahead) => return Err(report_early_end(&mut reporter, only, ahead, terminal)),
    };
    reporter.gather_for_handlers(&project)?;
    let done = dispatch(choices, confirmation, &project, &mut reporter, terminal)
        .unwrap_or_else(|ahead| Err(report_early_end(&mut reporter, only, ahead, terminal)));
    let Some(handled) = reporter.take_handled() else { return done };
    // An error is not to wait for handlers.
    let exit = done.unwrap_or_else(|stop| stop.tell(terminal));
    handled.handle(&project, terminal);
    Ok(exit)
}

/// Opens the project, which must be that of the saved plan.
fn project(choices: &RunChoices<'_>) -> Result<Project, EarlyEnd> {
    let project = choices.selection.project()?;
    if let Some(saved) = choices.saved {
        saved.check_project(&project)?;
    }
    Ok(project)
}

/// Runs the request. Returns an error only if nothing was reported yet.
fn dispatch(
    choices: &RunChoices<'_>,
    confirmation: Option<Confirmation<'_>>,
    project: &Project,
    reporter: &mut RunReports,
    terminal: &Terminal,
) -> Result<Result<Exit, EarlyEnd>, EarlyEnd> {
    let (mut chosen, earlier) = match choices.failed_from.unfinished(choices.place, project)? {
        Some(Unfinished::Nothing(sentence)) => {
            nothing_left(sentence, reporter, terminal)?;
            return Ok(Ok(Exit::Success));
        }
        Some(Unfinished::Targets(hosts, run_list)) => (hosts, run_list),
        None => (choices.place.choose(project)?, Vec::new()),
    };
    let is_repeated = choices.selection.optional_run_list().is_empty() && !earlier.is_empty();
    if is_repeated && earlier.iter().any(|entry| entry.recipe == TYPED_RECIPE) {
        let wrong =
            Diagnostic::error("that run had declarations of its command line, which are not recorded");
        return Err(EarlyEnd::usage(wrong.hint("give them again with `-e`")));
    }
    let named = if is_repeated { earlier } else { choices.selection.named(project)? };
    run_lists::assign(&named, project, &mut chosen)?;
    if let Some(saved) = choices.saved {
        saved.check_targets(&chosen)?;
    }
    if choices.steps.is_some() {
        Steps::require_one(&chosen)?;
    }
    if chosen.iter().any(|host| host.destination.is_some()) {
        remote::prepare();
    }
    let attributes = match chosen.as_mut_slice() {
        [only] if is_alone(choices, 1) => {
            choices.selection.attributes_over(project, take(&mut only.attributes))?
        }
        several => choices.selection.attributes_of_all(project, several.len())?,
    };
    if let (Some(name), [only]) = (choices.selection.node(), chosen.as_mut_slice()) {
        only.asking = AskingNode::of(project.inventory()?.node(name).map_err(EarlyEnd::usage)?);
    }
    let mut secrets = SecretSources::new(project, environment::secrets()?);
    passphrase::unlock_for_all(&mut secrets, project)?;
    let work = ToCompile { project, attributes: &attributes, secrets: &secrets };
    prepare(choices, &mut chosen, &work)?;
    match (confirmation, choices.plan_file) {
        (Some(confirmation), _) => confirmation.run(choices, chosen, &work, reporter, terminal),
        (None, Some(file)) => saving::plan(file, choices, &chosen, &work, reporter, terminal),
        (None, None) => on_hosts(choices, &chosen, &work, reporter, terminal),
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
