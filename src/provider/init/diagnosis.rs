//! Why a service that was started does not run, from systemd and its journal.

use super::condition;
use super::init_service::InitService;
use crate::model::english::{count, list, printable};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::{End, Init, Query, ServiceCourse, ServiceState};
use crate::model::step::Command;

/// Timeout of the commands that are asked, in seconds.
const TIMEOUT: u64 = 10;
/// Lines of the journal that are shown.
const LINES: usize = 10;
/// Longest line that is shown, in characters.
const WIDTH: usize = 1000;

/// Number of restarts by systemd from which a running service counts as one that does not stay up. A first restart may
/// only mean that it was started too early.
const TOO_OFTEN: u32 = 2;

impl InitService<'_> {
    /// Why the service does not run, or has not done its work, although it was started.
    ///
    /// # Errors
    /// An answer is missing.
    pub fn what_went_wrong(
        &self,
        action: &str,
        disturbed: bool,
        known: &Known,
    ) -> Result<Option<Failure>, Stop> {
        let init = known.host()?.init;
        if !action.contains("start") || !matches!(init, Init::Systemd | Init::Openrc) {
            return Ok(None);
        }
        if self.of_user.is_some() && self.manager.is_none() {
            return self.found(known)?.what_went_wrong(action, disturbed, known);
        }
        let state = self.state(known)?;
        if init == Init::Openrc {
            return Ok(self.crashed(&state, disturbed));
        }
        let Some(course) = state.course.as_deref().filter(|_| state.exists) else { return Ok(None) };
        let counts = matches!(action, "start" | "restart" | "try_restart");
        if state.restarting || counts && state.running && course.restarts >= TOO_OFTEN {
            let what =
                format!("the service `{}` does not stay up: systemd starts it again and again", self.name);
            return self.told(Failure::new(what), course, known).map(Some);
        }
        if state.failed {
            return self
                .told(Failure::new(format!("the service `{}` has failed", self.name)), course, known)
                .map(Some);
        }
        if state.running {
            return Ok(None);
        }
        // If systemd has no record of the last start, the conditions are checked again.
        if course.conditions_met != Some(true) && self.manager.is_none() {
            let journal = Query::Command(Box::new(self.look_at_journal()));
            known.want([condition::question(&self.unit()), journal])?;
            let unmet: Vec<String> =
                condition::unmet(&self.unit(), known)?.iter().map(ToString::to_string).collect();
            if !unmet.is_empty() || course.conditions_met == Some(false) {
                return self.told(self.not_started(&unmet), course, known).map(Some);
            }
        }
        if state.once || disturbed || !self.unit().ends_with(".service") {
            return Ok(None);
        }
        let failure = Failure::new(format!("the service `{}` was started, and has ended", self.name))
            .hint("a program that does its work and ends needs `Type=oneshot`, one that goes on in the background by itself `Type=forking`");
        self.told(failure, course, known).map(Some)
    }

    /// OpenRC forgets why a service has ended.
    fn crashed(&self, state: &ServiceState, disturbed: bool) -> Option<Failure> {
        let how = match state {
            ServiceState { failed: true, .. } => "crashed",
            ServiceState { exists: true, running: false, .. } if !disturbed => "ended",
            _ => return None,
        };
        let failure = Failure::new(format!("the service `{}` was started, and has {how}", self.name));
        Some(failure.hint("what it says is in its log: `output_log` and `error_log` of its script name one"))
    }

    fn not_started(&self, unmet: &[String]) -> Failure {
        let why = match unmet {
            [] => "a condition of it is not met".to_owned(),
            [one] => format!("{one} is not met"),
            several => format!("{} are not met", list(several, "and")),
        };
        Failure::new(format!("systemd does not start `{}`: {why}", self.name))
            .hint("make sure that it is met before this resource, or guard the resource with it")
    }

    /// Adds the state in systemd and the last lines of the journal.
    fn told(&self, mut failure: Failure, course: &ServiceCourse, known: &Known) -> Result<Failure, Stop> {
        let look = self.look_at_journal();
        let journal = known.command(&look)?;
        failure.details.push(words(course));
        let lines: Vec<&str> = journal.stdout.lines().collect();
        if !matches!(journal.end, End::NotStarted(_)) && !lines.is_empty() {
            failure.details.push(format!("$ {}", look.display()));
            let last = lines.iter().rev().take(LINES).rev();
            failure.details.extend(last.map(|line| printable(&line.chars().take(WIDTH).collect::<String>())));
        }
        Ok(failure)
    }

    fn look_at_journal(&self) -> Command {
        Command { timeout: TIMEOUT, ..Command::new(self.journal()) }
    }
}

/// `systemd says: failed, result exit-code, exit status 3`.
fn words(course: &ServiceCourse) -> String {
    let ServiceCourse { state, sub_state, result, end, restarts, .. } = course;
    let sub_state = Some(sub_state).filter(|sub_state| !sub_state.is_empty() && *sub_state != state);
    let state = sub_state.map_or_else(|| state.clone(), |sub_state| format!("{state} ({sub_state})"));
    let result = Some(result).filter(|result| !result.is_empty()).map(|result| format!("result {result}"));
    let end = end.as_ref().map(ToString::to_string);
    let restarts = (*restarts > 0).then(|| format!("started again {}", count(*restarts as usize, "time")));
    let words: Vec<String> = [Some(state), result, end, restarts].into_iter().flatten().collect();
    printable(&format!("systemd says: {}", words.join(", ")))
}
