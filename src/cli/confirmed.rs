//! `run --confirm`: shows the plan, asks once, and runs on the targets that the plan would change.

use std::io;
use std::time::Duration;

use crate::fleet::FleetHost;
use crate::model::ending::{self, Ending};
use crate::model::english::{count, one_line};
use crate::model::error::Diagnostic;
use crate::model::event::Mode;
use crate::model::exit::Exit;
use crate::model::fleet::{FleetEvent, Stage};
use crate::remote::Patience;
use crate::report::Reporter;
use crate::report::format::FormatKind;

use super::early_end::EarlyEnd;
use super::on_hosts::on_hosts;
use super::question::TerminalQuestion;
use super::reports::RunReports;
use super::run_choices::{RunChoices, ToCompile};
use super::signals::Listening;
use super::terminal::Terminal;

/// How long to wait for an answer. Nothing is held meanwhile.
const PATIENCE: Duration = Duration::from_secs(24 * 60 * 60);

const UNCHANGED: &str = "not applied: nothing was changed";

/// The question before a run.
#[derive(Debug)]
pub(super) struct Confirmation(TerminalQuestion);

impl Confirmation {
    /// Opens the terminal, if the option is given.
    ///
    /// # Errors
    /// There is no terminal, or the report is not for people.
    pub(super) fn of(choices: &RunChoices<'_>) -> Result<Option<Self>, EarlyEnd> {
        if !choices.confirms {
            return Ok(None);
        }
        if choices.shared.reports().kind() != FormatKind::Watched {
            let wrong =
                Diagnostic::error("`--confirm` shows the plan to a person, and `--format` to a program");
            return Err(EarlyEnd::usage(wrong.hint("use `chefrs plan`, then `chefrs run`")));
        }
        TerminalQuestion::open("--confirm", "use `chefrs plan`, then `chefrs run`").map(Self).map(Some)
    }

    /// Plans, asks, and runs. Returns an error only if nothing was reported yet.
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
            ..choices.clone()
        };
        let mut shown = ShownPlan {
            shown: choices.shared.reports().plan_reporter(terminal),
            is_kept: reports.has_files(),
            events: Vec::new(),
            endings: Vec::new(),
        };
        let planned = on_hosts(&planning, &hosts, work, &mut shown, terminal)?;
        let ShownPlan { events, endings, .. } = shown;
        let changing: Vec<&str> = of_ending(&endings, |ending| ending == Ending::Changes);
        let away: Vec<Ending> =
            endings.iter().map(|(_, ending)| *ending).filter(|ending| is_away(*ending)).collect();
        let is_complete = endings
            .iter()
            .all(|(_, ending)| is_away(*ending) || matches!(ending, Ending::Changes | Ending::NothingToDo));
        let exit = match planned {
            Ok(exit) if is_complete && !changing.is_empty() => exit,
            ended => {
                match ended {
                    Ok(Exit::Success) => terminal.note("nothing to apply")?,
                    Ok(_) => terminal.note(UNCHANGED)?,
                    Err(_) => {}
                }
                return Ok(reports.finish_with(&events).map_err(EarlyEnd::from).and(ended));
            }
        };
        let place = match changing.as_slice() {
            [one] => one_line(one),
            several => count(several.len(), "target"),
        };
        let answer = self.0.ask(
            &format!("\napply this to {place}? [y/N] "),
            &planning.listening.interrupt(),
            PATIENCE,
        );
        planning.listening.stop();
        let refused = match answer.as_deref() {
            Some("y" | "yes") => None,
            Some(_) => Some(exit),
            None => Some(Exit::Interrupted),
        };
        if let Some(exit) = refused {
            terminal.note(UNCHANGED)?;
            return Ok(reports.finish_with(&events).map(|()| exit).map_err(EarlyEnd::from));
        }
        // What was not shown is not applied.
        hosts.retain(|host| changing.contains(&host.name.as_str()));
        let done = on_hosts(choices, &hosts, work, reports, terminal)?;
        Ok(done.map(|exit| ending::exit(away.into_iter().chain([Ending::of_exit(exit as u8)]), false)))
    }
}

/// Whether the target was not there to be planned for. It does not stop the others.
fn is_away(ending: Ending) -> bool {
    matches!(ending, Ending::Unreachable | Ending::Refused | Ending::Lost)
}

fn of_ending(endings: &[(String, Ending)], is: impl Fn(Ending) -> bool) -> Vec<&str> {
    endings.iter().filter(|(_, ending)| is(*ending)).map(|(target, _)| target.as_str()).collect()
}

/// Shows a plan, and notes how it ended on each target.
struct ShownPlan {
    shown: Box<dyn Reporter + Send>,
    /// Whether the events are kept, for the files of a run that does not happen.
    is_kept: bool,
    events: Vec<FleetEvent>,
    endings: Vec<(String, Ending)>,
}

impl Reporter for ShownPlan {
    fn event(&mut self, event: &FleetEvent) {
        self.shown.event(event);
        if let FleetEvent::Stage(Stage::TargetFinished(outcome)) = event {
            self.endings.push((outcome.target.clone(), outcome.outcome));
        }
        if self.is_kept {
            self.events.push(event.clone());
        }
    }

    fn tick(&mut self) {
        self.shown.tick();
    }

    fn finish(&mut self) -> io::Result<()> {
        self.shown.finish()
    }
}
