//! A run behind a plan of the same: `run --confirm` shows the plan and asks once; `run FILE` compares it with a saved one.
//! Then it runs on the targets that the plan would change.

use std::time::Duration;

use crate::fleet::FleetHost;
use crate::model::ending::{self, Ending};
use crate::model::english::{count, one_line};
use crate::model::error::Diagnostic;
use crate::model::event::Mode;
use crate::model::exit::Exit;
use crate::model::fleet::FleetEvent;
use crate::remote::Patience;
use crate::report::Reporter;
use crate::report::format::FormatKind;
use crate::run::Oversight;
use crate::target::interrupt::Interrupt;

use super::early_end::EarlyEnd;
use super::on_hosts::on_hosts;
use super::question::TerminalQuestion;
use super::reports::RunReports;
use super::run_choices::{RunChoices, ToCompile};
use super::saved_run::SavedRun;
use super::signals::Listening;
use super::terminal::Terminal;
use super::watched_plan::WatchedPlan;

/// How long to wait for an answer. Nothing is held meanwhile.
const PATIENCE: Duration = Duration::from_secs(24 * 60 * 60);

const UNCHANGED: &str = "not applied: nothing was changed";

/// What decides after the plan whether the run begins.
#[derive(Debug)]
pub(super) enum Confirmation<'a> {
    /// A person, who is shown the plan.
    Asked(TerminalQuestion),
    /// A saved plan, which must be the same.
    Saved(&'a SavedRun),
}

impl<'a> Confirmation<'a> {
    /// Opens the terminal, if the option is given.
    ///
    /// # Errors
    /// There is no terminal, or the report is not for people.
    pub(super) fn of(choices: &RunChoices<'a>) -> Result<Option<Self>, EarlyEnd> {
        if let Some(saved) = choices.saved {
            return Ok(Some(Self::Saved(saved)));
        }
        if !choices.confirms {
            return Ok(None);
        }
        if choices.shared.reports().kind() != FormatKind::Watched {
            let wrong =
                Diagnostic::error("`--confirm` shows the plan to a person, and `--format` to a program");
            return Err(EarlyEnd::usage(wrong.hint("use `chefrs plan`, then `chefrs run`")));
        }
        let question = TerminalQuestion::open("--confirm", "use `chefrs plan`, then `chefrs run`")?;
        Ok(Some(Self::Asked(question)))
    }

    fn oversight(&self) -> Option<&'a dyn Oversight> {
        match self {
            Self::Asked(_) => None,
            Self::Saved(saved) => Some(*saved),
        }
    }

    /// Plans, decides, and runs. Returns an error only if nothing was reported yet.
    pub(super) fn run(
        mut self,
        choices: &RunChoices<'_>,
        mut hosts: Vec<FleetHost>,
        work: &ToCompile<'_>,
        reports: &mut RunReports,
        terminal: &Terminal,
    ) -> Result<Result<Exit, EarlyEnd>, EarlyEnd> {
        let planning = RunChoices {
            mode: Mode::Plan,
            lock_timeout: Some(Duration::ZERO),
            patience: Patience::default(),
            listening: Listening::default(),
            steps: None,
            oversight: self.oversight(),
            ..choices.clone()
        };
        let mut shown = match self {
            Self::Asked(_) => Some(choices.shared.reports().plan_reporter(terminal)),
            Self::Saved(_) => None,
        };
        let keeps = shown.is_none() || reports.has_files();
        let mut watched =
            WatchedPlan::new(shown.as_mut().map(|shown| &mut **shown as &mut (dyn Reporter + Send)), keeps);
        let planned = on_hosts(&planning, &hosts, work, &mut watched, terminal)?;
        if let Self::Saved(saved) = self {
            saved.compare(&mut watched)?;
        }
        let endings = watched.endings().to_vec();
        let changing: Vec<&str> = of_ending(&endings, |ending| ending == Ending::Changes);
        let away: Vec<Ending> =
            endings.iter().map(|(_, ending)| *ending).filter(|ending| is_away(*ending)).collect();
        let is_planned = |ending: Ending| matches!(ending, Ending::Changes | Ending::NothingToDo);
        let is_complete = match self {
            Self::Asked(_) => endings.iter().all(|(_, ending)| is_away(*ending) || is_planned(*ending)),
            // All targets of a saved plan have to be there.
            Self::Saved(_) => of_ending(&endings, is_planned).len() == hosts.len(),
        };
        let exit = match planned {
            Ok(exit) if is_complete && !changing.is_empty() => exit,
            ended => {
                let told = self.end(reports, watched.events());
                match ended {
                    Ok(Exit::Success) => terminal.note("nothing to apply")?,
                    Ok(_) => terminal.note(UNCHANGED)?,
                    Err(_) => {}
                }
                return Ok(told.map_err(EarlyEnd::from).and(ended));
            }
        };
        let decided = self.decide(&changing, exit, &planning.listening.interrupt());
        planning.listening.stop();
        if let Some(exit) = decided {
            terminal.note(UNCHANGED)?;
            return Ok(reports.finish_with(watched.events()).map(|()| exit).map_err(EarlyEnd::from));
        }
        // What was not shown is not applied.
        hosts.retain(|host| changing.contains(&host.name.as_str()));
        let choices = RunChoices { oversight: self.oversight(), ..choices.clone() };
        let done = on_hosts(&choices, &hosts, work, reports, terminal)?;
        Ok(done.map(|exit| ending::exit(away.into_iter().chain([Ending::of_exit(exit as u8)]), false)))
    }

    /// Reports that it ends with the plan.
    fn end(&self, reports: &mut RunReports, events: &[FleetEvent]) -> std::io::Result<()> {
        match self {
            Self::Asked(_) => reports.finish_with(events),
            Self::Saved(_) => {
                for event in events {
                    reports.event(event);
                }
                reports.finish()
            }
        }
    }

    /// Decides whether the plan is applied. Returns the exit code if it is not.
    fn decide(&mut self, changing: &[&str], exit: Exit, interrupt: &Interrupt) -> Option<Exit> {
        let question = match self {
            Self::Asked(question) => question,
            Self::Saved(_) => return interrupt.is_wanted().then_some(Exit::Interrupted),
        };
        let place = match changing {
            [one] => one_line(one),
            several => count(several.len(), "target"),
        };
        let answer = question.ask(&format!("\napply this to {place}? [y/N] "), interrupt, PATIENCE);
        match answer.as_deref() {
            Some("y" | "yes") => None,
            Some(_) => Some(exit),
            None => Some(Exit::Interrupted),
        }
    }
}

/// Whether the target was not there to be planned for. It does not stop the others.
fn is_away(ending: Ending) -> bool {
    matches!(ending, Ending::Unreachable | Ending::Refused | Ending::Lost)
}

fn of_ending(endings: &[(String, Ending)], is: impl Fn(Ending) -> bool) -> Vec<&str> {
    endings.iter().filter(|(_, ending)| is(*ending)).map(|(target, _)| target.as_str()).collect()
}
