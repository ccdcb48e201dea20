//! `run FILE`: applies a saved plan, if nothing differs from it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};

use crate::cookbook::Project;
use crate::fleet::FleetHost;
use crate::model::english::{list_some, one_line};
use crate::model::error::{Diagnostic, Failure};
use crate::model::exit::Exit;
use crate::model::foreseen::Foreseen;
use crate::run::{Oversight, SealedCollection};
use crate::target::quote::quote;

use super::drift::{self, Drift};
use super::early_end::EarlyEnd;
use super::environment;
use super::project::root;
use super::saved_plan::{SavedPlan, SavedTarget};
use super::target_marks::marks;
use super::watched_plan::WatchedPlan;

/// Most targets that a message names.
const NAMED: usize = 8;

/// A saved plan that is being applied.
#[derive(Debug)]
pub(super) struct SavedRun {
    path: Utf8PathBuf,
    plan: SavedPlan,
    /// What was found to differ in the machines, and in what was compiled for them.
    found: Mutex<Vec<(String, Drift)>>,
}

impl SavedRun {
    /// Reads the file. What is in it will be run, so nobody else may be able to write it.
    ///
    /// # Errors
    /// It is no saved plan, of another version, too old, or not as it was written.
    pub(super) fn read(path: &Utf8Path, now: &str) -> Result<Self, EarlyEnd> {
        environment::owners()?.check_path(path, path.as_str()).map_err(EarlyEnd::usage)?;
        let read = SavedPlan::read(path);
        // Not its own name: it may be a file that is needed.
        let plan =
            read.map_err(|wrong| EarlyEnd::usage(wrong.hint("`chefrs plan --out FILE` saves a plan")))?;
        let run = Self { path: path.to_owned(), plan, found: Mutex::default() };
        let age = run.plan.check_age(path, now);
        age.map_err(|wrong| EarlyEnd::usage(wrong.hint(run.way_out())))?;
        Ok(run)
    }

    /// The words of the command line that decide what is done.
    pub(super) fn words(&self) -> &[String] {
        &self.plan.words
    }

    /// The error for words that no command line has.
    pub(super) fn senseless(&self) -> EarlyEnd {
        let name = one_line(self.path.as_str());
        let wrong = Diagnostic::error(format!("`{name}` has words that `chefrs run` does not know"));
        EarlyEnd::usage(wrong.hint("`chefrs plan --out FILE` saves a plan"))
    }

    /// Checks that it is of this project.
    ///
    /// # Errors
    /// It is of another one.
    pub(super) fn check_project(&self, project: &Project) -> Result<(), EarlyEnd> {
        let here = root(project);
        if self.plan.project == here {
            return Ok(());
        }
        let (name, planned) = (one_line(self.path.as_str()), one_line(self.plan.project.as_str()));
        let wrong = format!("`{name}` is a plan of the project `{planned}`, and this is `{here}`");
        Err(EarlyEnd::usage(Diagnostic::error(wrong).hint("change to that directory to apply it")))
    }

    /// Checks that the words still name the same targets.
    ///
    /// # Errors
    /// They name others.
    pub(super) fn check_targets(&self, hosts: &[FleetHost]) -> Result<(), EarlyEnd> {
        let planned: Vec<&str> = self.plan.targets.iter().map(|target| target.name.as_str()).collect();
        let chosen: Vec<&str> = hosts.iter().map(|host| host.name.as_str()).collect();
        if planned == chosen {
            return Ok(());
        }
        let name = one_line(self.path.as_str());
        let wrong = Diagnostic::error(format!("`{name}` is a plan for other targets than are chosen now"));
        let wrong = wrong
            .note(format!("planned: {}", list_some(&planned, NAMED)))
            .note(format!("now: {}", list_some(&chosen, NAMED)));
        Err(EarlyEnd::Findings(Exit::Changes, vec![wrong.hint(self.way_out())]))
    }

    /// Compares the plan with one that was just made.
    ///
    /// # Errors
    /// They differ.
    pub(super) fn compare(&self, watched: &mut WatchedPlan<'_>) -> Result<(), EarlyEnd> {
        let mut found: Vec<Drift> = self.found().drain(..).map(|(_, drift)| drift).collect();
        for SavedTarget { name, foreseen, .. } in &self.plan.targets {
            let is_whole =
                watched.endings().iter().any(|(target, ending)| target == name && ending.is_well());
            if is_whole {
                found.extend(drift::of_changes(name, foreseen, &watched.take_foreseen(name)));
            }
        }
        if found.is_empty() {
            return Ok(());
        }
        let is_other = |drift: &&Drift| drift.exit == Exit::Refused;
        let exit = found.iter().find(is_other).map_or(Exit::Changes, |drift| drift.exit);
        let mut findings: Vec<Diagnostic> = found.into_iter().map(|drift| drift.finding).collect();
        if let Some(last) = findings.last_mut() {
            last.hints.push(format!("nothing was changed; {}", self.way_out()));
        }
        Err(EarlyEnd::Findings(exit, findings))
    }

    /// How to plan again.
    fn way_out(&self) -> String {
        let mut words: Vec<String> = vec!["chefrs".to_owned(), "plan".to_owned()];
        words.extend(self.plan.words.iter().map(|word| quoted(word)));
        words.extend(["--out".to_owned(), quoted(self.path.as_str())]);
        format!("plan again: `{}`", one_line(&words.join(" ")))
    }

    fn found(&self) -> MutexGuard<'_, Vec<(String, Drift)>> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A word as it is typed in a shell.
fn quoted(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_=./:,@%+".contains(&byte);
    if !word.is_empty() && word.bytes().all(is_plain) {
        return word.to_owned();
    }
    quote(word)
}

impl Oversight for SavedRun {
    fn compiled(&self, sealed: &SealedCollection<'_>) -> Result<Option<Foreseen>, Failure> {
        let Some(saved) = self.plan.targets.iter().find(|target| target.name == sealed.target) else {
            return Err(Failure::new("the saved plan is not for this target"));
        };
        if let Some(drift) = drift::of_marks(sealed.target, &saved.marks, &marks(sealed), sealed.collection) {
            let failure = Failure::new(drift.finding.message.clone()).hint(self.way_out());
            let mut found = self.found();
            if !found.iter().any(|(name, _)| name == sealed.target) {
                found.push((sealed.target.to_owned(), drift));
            }
            return Err(failure);
        }
        Ok(Some(saved.foreseen.clone()))
    }
}
