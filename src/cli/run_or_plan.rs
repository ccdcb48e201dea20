//! `run` and `plan`, which share all code up to the last step of each change.

use std::mem::take;

use crate::compile::{self, Input};
use crate::confined::Compiler;
use crate::fleet::FleetHost;
use crate::model::error::{Diagnostic, Diagnostics};
use crate::model::exit::Exit;
use crate::model::fleet::{FleetEvent, Stage};
use crate::remote;
use crate::report::Reporter;

use super::environment;
use super::failed_from::Left;
use super::reports::told_ahead;
use super::stop::EarlyEnd;
use super::terminal::Terminal;
use super::wish::{RunChoices, ToCompile};
use super::{fleet, machine, one_target};

fn compiles(findings: Vec<Diagnostic>) -> Result<(), EarlyEnd> {
    if findings.is_empty() { Ok(()) } else { Err(Diagnostics(findings).into()) }
}

/// Runs the request and reports it.
pub(super) fn grant(wish: &RunChoices<'_>, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let mut reporter = wish.manner.reports().reporter(terminal)?;
    granted(wish, &mut reporter, terminal).unwrap_or_else(|ahead| {
        let only = wish.place.only().filter(|_| !wish.again.is_wanted());
        Err(told_ahead(&mut reporter, only, ahead, terminal))
    })
}

/// Runs the request. Returns an error only if nothing was reported yet.
fn granted(
    wish: &RunChoices<'_>,
    reporter: &mut (dyn Reporter + Send),
    terminal: &Terminal,
) -> Result<Result<Exit, EarlyEnd>, EarlyEnd> {
    let project = wish.selection.project()?;
    let (mut chosen, run_list) = match wish.again.left(wish.place, &project)? {
        Some(Left::Nothing(sentence)) => {
            nothing_left(sentence, reporter, terminal)?;
            return Ok(Ok(Exit::Success));
        }
        Some(Left::Some(hosts, run_list)) if wish.selection.optional_run_list().is_empty() => {
            (hosts, run_list)
        }
        Some(Left::Some(hosts, _)) => (hosts, wish.selection.run_list(&project)?.to_vec()),
        None => {
            let run_list = wish.selection.run_list(&project)?.to_vec();
            (wish.place.choose(&project)?, run_list)
        }
    };
    if chosen.iter().any(|host| host.destination.is_some()) {
        remote::prepare();
    }
    // The form of a stream must not change when a group shrinks to one host.
    let may_be_several = wish.place.may_be_several() || wish.again.is_wanted();
    let of_many = may_be_several && wish.manner.reports().has_stream();
    let alone = chosen.len() == 1 && !of_many;
    let attributes = match chosen.as_mut_slice() {
        [only] if alone => wish.selection.attributes_over(&project, take(&mut only.attributes))?,
        several => wish.selection.attributes_of_all(&project, several.len())?,
    };
    let work = ToCompile { project: &project, run_list: &run_list, attributes: &attributes };
    prepare(wish, &mut chosen, &work)?;
    match chosen.as_slice() {
        [only] if alone => one_target::converge(wish, only, &work, reporter, terminal),
        several => fleet::converge(wish, several, &work, reporter, terminal),
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
fn prepare(wish: &RunChoices<'_>, hosts: &mut [FleetHost], work: &ToCompile<'_>) -> Result<(), EarlyEnd> {
    if hosts.len() > 1 {
        // Reported once here, instead of once for each machine.
        compiles(compile::unknown(work.project, work.run_list))?;
    }
    if !wish.place.wants_password(hosts, work.project) {
        return Ok(());
    }
    environment::state()?;
    environment::secrets()?;
    let facts = machine::names()?;
    let mut findings = Vec::new();
    for host in &*hosts {
        let attributes = [host.attributes.as_slice(), work.attributes].concat();
        let input =
            Input { project: work.project, run_list: work.run_list, facts: &facts, attributes: &attributes };
        for finding in Compiler::default().foretell(&input) {
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        }
    }
    compiles(findings)?;
    wish.place.unlock(hosts, work.project)
}
