//! `plan --out FILE`: plans, and saves a plan that is complete.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::fleet::FleetHost;
use crate::model::ending::Ending;
use crate::model::english::{list_some, one_line};
use crate::model::error::Failure;
use crate::model::event::Mode;
use crate::model::exit::Exit;
use crate::model::foreseen::Foreseen;
use crate::report::Reporter;
use crate::run::{Oversight, SealedCollection};

use super::early_end::EarlyEnd;
use super::on_hosts::on_hosts;
use super::plan_file::PlanFile;
use super::project::root;
use super::run_choices::{RunChoices, ToCompile};
use super::saved_plan::{SavedTarget, TargetMarks};
use super::target_marks::marks;
use super::terminal::Terminal;
use super::watched_plan::WatchedPlan;

/// Most targets that a message names.
const NAMED: usize = 8;

/// Plans, and saves the plan. Returns an error only if nothing was reported yet.
pub(super) fn plan(
    file: &PlanFile,
    choices: &RunChoices<'_>,
    hosts: &[FleetHost],
    work: &ToCompile<'_>,
    reporter: &mut (dyn Reporter + Send),
    terminal: &Terminal,
) -> Result<Result<Exit, EarlyEnd>, EarlyEnd> {
    file.refuse_secrets(work.secrets.environment()).map_err(|failure| EarlyEnd::usage(failure.into()))?;
    let noted = NotedMarks { file, marks: Mutex::default() };
    let choices = RunChoices { oversight: Some(&noted), ..choices.clone() };
    let mut watched = WatchedPlan::new(Some(reporter), false);
    let planned = on_hosts(&choices, hosts, work, &mut watched, terminal)?;
    let missing: Vec<String> = hosts.iter().filter_map(|host| missing(&host.name, &watched)).collect();
    if !missing.is_empty() {
        let missing = list_some(&missing, NAMED);
        let name = file.name();
        terminal.note(&format!("`{name}` was not written, because the plan is not complete: {missing}"))?;
        return Ok(planned);
    }
    let mut marks = noted.marks.into_inner().unwrap_or_else(PoisonError::into_inner);
    let targets = hosts.iter().filter_map(|host| {
        let (name, foreseen) = (host.name.clone(), watched.take_foreseen(&host.name));
        marks.remove(&name).map(|marks| SavedTarget { name, marks, foreseen })
    });
    let saved = planned.and_then(|exit| file.save(root(work.project), targets.collect()).map(|()| exit));
    if saved.is_ok() {
        let name = file.name();
        terminal.note(&format!("the plan is saved: `chefrs run {name}` applies it"))?;
    }
    Ok(saved)
}

/// How the plan ended on a target for which it is not complete.
fn missing(target: &str, watched: &WatchedPlan<'_>) -> Option<String> {
    let ending = watched.endings().iter().find(|(name, _)| name == target).map(|(_, ending)| *ending);
    let ending = ending.unwrap_or(Ending::NotStarted);
    let is_whole = matches!(ending, Ending::Changes | Ending::NothingToDo);
    (!is_whole).then(|| format!("{} ({})", one_line(target), ending.words(Mode::Plan)))
}

/// Notes the marks of each target.
#[derive(Debug)]
struct NotedMarks<'a> {
    file: &'a PlanFile,
    marks: Mutex<BTreeMap<String, TargetMarks>>,
}

impl Oversight for NotedMarks<'_> {
    fn compiled(&self, sealed: &SealedCollection<'_>) -> Result<Option<Foreseen>, Failure> {
        self.file.refuse_secrets(sealed.secrets)?;
        let marks = marks(sealed);
        self.marks.lock().unwrap_or_else(PoisonError::into_inner).insert(sealed.target.to_owned(), marks);
        Ok(None)
    }
}
