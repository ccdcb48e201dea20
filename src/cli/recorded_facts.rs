//! Facts from recordings and files.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::cookbook::Project;
use crate::cookbook::reach::ProbingCookbooks;
use crate::facts;
pub(super) use crate::facts::{CHECKED, RECORDED};
use crate::fleet::FleetHost;
use crate::model::english::{list, nearest};
use crate::model::error::Diagnostic;
use crate::model::exit::Exit;
use crate::model::run_list;
use crate::remote::Session;
use crate::run::{self, Unprobed};
use crate::target::Target;
use crate::target::interrupt::Interrupt;
use crate::target::local::Local;

use super::early_end::EarlyEnd;

/// Loads facts from a recording or a file, or gathers those of this machine.
pub(super) fn facts(named: Option<&str>) -> Result<Map<String, Value>, EarlyEnd> {
    match named {
        Some(named) => recorded(named),
        None => Ok(facts::gather(&mut Local::new())?),
    }
}

/// Like [`facts`]. Those of this machine have its answers to the probes of the cookbooks that a run list reaches.
pub(super) fn facts_to_compile(
    named: Option<&str>,
    project: &Project,
    run_list: &[String],
) -> Result<Map<String, Value>, EarlyEnd> {
    let facts = facts(named)?;
    if named.is_some() {
        return Ok(facts);
    }
    with_answers(facts, &mut Local::new(), (project, &project.probing_cookbooks(run_list)), false)
}

/// The facts of a machine that is chosen, with its answers to the probes of the cookbooks that its run list reaches.
pub(super) fn of_host(host: &FleetHost, project: &Project) -> Result<Map<String, Value>, EarlyEnd> {
    let run_list = run_list::names(&host.run_list);
    let Some(destination) = &host.destination else { return facts_to_compile(None, project, &run_list) };
    let mut session = Session::open(destination, &Interrupt::default())?;
    let facts = session.take_facts();
    let cookbooks = (project, &project.probing_cookbooks(&run_list));
    let facts = with_answers(facts, &mut session, cookbooks, false);
    session.close();
    facts
}

/// Adds the answers of a target to the probes of these cookbooks.
pub(super) fn with_answers(
    facts: Map<String, Value>,
    target: &mut dyn Target,
    cookbooks: (&Project, &ProbingCookbooks),
    no_commands: bool,
) -> Result<Map<String, Value>, EarlyEnd> {
    let probed = run::probed_facts(Cow::Owned(facts), target, cookbooks, no_commands);
    probed.map(|probed| probed.facts.into_owned()).map_err(|unprobed| match unprobed {
        Unprobed::Declarations(findings) => findings.into(),
        Unprobed::Answers(findings) => EarlyEnd::Findings(Exit::Failed, findings.0),
        Unprobed::Lost(failure) => failure.into(),
    })
}

/// Facts of which only the names are used.
pub(super) fn names() -> Result<Map<String, Value>, EarlyEnd> {
    RECORDED.iter().map(|name| recorded(name)).try_fold(Map::new(), |mut all, facts| {
        all.extend(facts?);
        Ok(all)
    })
}

/// Loads facts from a recording, or from a file that `chefrs facts` wrote.
pub(super) fn recorded(named: &str) -> Result<Map<String, Value>, EarlyEnd> {
    if let Some(text) = facts::recording(named) {
        return parse(named, text);
    }
    match std::fs::read_to_string(named) {
        Ok(text) => parse(named, &text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(EarlyEnd::usage(unknown(named))),
        Err(error) => Err(EarlyEnd::usage(Diagnostic::error(format!("`{named}` can't be read: {error}")))),
    }
}

fn parse(origin: &str, text: &str) -> Result<Map<String, Value>, EarlyEnd> {
    serde_json::from_str(text).map_err(|error| {
        let wrong = Diagnostic::error(format!("`{origin}` holds no facts: {error}"));
        EarlyEnd::usage(wrong.hint("`chefrs facts > FILE` records those of a machine"))
    })
}

fn unknown(wanted: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error(format!("there are no recorded facts `{wanted}`, and no such file"));
    if let Some(near) = nearest(wanted, RECORDED.iter().copied()) {
        return diagnostic.hint(format!("did you mean `{near}`?"));
    }
    let quoted: Vec<String> = RECORDED.iter().map(|name| format!("`{name}`")).collect();
    diagnostic.hint(format!("there are recordings of {}", list(&quoted, "and")))
}
