//! A whole run: look ahead, take over owed notifications, converge the list, run the delayed notifications, finish.

use std::collections::BTreeSet;
use std::time::Instant;

use rustc_hash::FxHashMap;

use crate::model::collection::{Collection, Row};
use crate::model::error::{Diagnostic, Failure};
use crate::model::event::{Event, Mode, Outcome, SCHEMA};
use crate::model::journal::Record;
use crate::model::query::{Answer, Init, Query};
use crate::model::step::Restart;
use crate::target::Target;

use super::acting::ActingRows;
use super::apply::Work;
use super::approval::Asking;
use super::early_answers::EarlyAnswers;
use super::foreseen::ForeseenChanges;
use super::knowledge::Knowledge;
use super::masked_events::EventSink;
use super::options::Options;
use super::owed::OwedNotifications;
use super::restart::{AtEnd, RestartsOfRun};
use super::rows::Rows;
use super::stack::Stack;
use super::started_services::{DeadService, StartedServices};
use super::state::{RunState, elapsed};
use super::summary::{RefusedResource, Summary};
use super::tally::Tally;
use super::turn::{List, Notice, StackEntry};
use super::{attempt, endless, journal, list, look_ahead, notify, row_secrets};

/// A run in progress.
pub(super) struct Engine<'a>(RunState<'a>);

impl<'a> Engine<'a> {
    pub(super) fn new(
        collection: &'a Collection,
        target: &'a mut dyn Target,
        options: &'a Options,
        sink: &'a mut dyn FnMut(Event),
    ) -> Self {
        let is_plain =
            |(_, row): &(usize, &Row)| !row_secrets::plain_secrets(row, &options.secrets).is_empty();
        let plain = collection.rows.iter().enumerate().filter(is_plain).map(|(row, _)| row).collect();
        let rows = Rows::new(collection).hiding(plain);
        Self(RunState {
            options,
            work: Work {
                know: Knowledge::new(target, options.mode).running_commands(!options.runs_no_commands()),
                events: EventSink::new(options, sink),
                restarts: RestartsOfRun::default(),
                trailing: None,
            },
            tally: Tally::new(rows.len()),
            settled: vec![None; rows.len()],
            foreseen: rows
                .foreseen()
                .filter(|_| options.mode == Mode::Run)
                .map(|foreseen| ForeseenChanges::of(foreseen, &rows)),
            rows,
            owed: OwedNotifications::default(),
            started: StartedServices::default(),
            failures: Vec::new(),
            undelivered: Vec::new(),
            halted: None,
            cut: false,
            asking: if options.approval.is_some() && options.mode == Mode::Run {
                Asking::Each
            } else {
                Asking::Nothing
            },
            declined: BTreeSet::new(),
            not_run: Vec::new(),
            suspicious: false,
            refused: false,
            told_unseen: false,
            details_until: FxHashMap::default(),
            acting: ActingRows::default(),
            unnotified: BTreeSet::new(),
            looked: false,
        })
    }

    /// Starts with the answers that were collected while the recipes were still being compiled.
    pub(super) fn with_early_answers(mut self, early_answers: EarlyAnswers) -> Self {
        self.0.looked = early_answers.is_complete();
        let (known, settled) = early_answers.into_parts();
        let Self(state) = &mut self;
        state.work.know.begin_with(known);
        for row in settled {
            if let Some(settled) = state.settled.get_mut(row) {
                *settled = Some(state.work.know.generation);
            }
        }
        self
    }

    /// Runs everything. Resources that the preflight refused fail at once, and nothing is changed. A plan also shows
    /// refused resources that come after another failure.
    pub(super) fn converge(mut self, refused: Vec<RefusedResource>) -> Result<Summary, Failure> {
        let started = Instant::now();
        let Self(state) = &mut self;
        state.work.events.emit(Event::RunStarted {
            schema: SCHEMA,
            mode: state.options.mode,
            target: state.work.know.target_name().to_owned(),
            run_list: state.rows.run_list().to_vec(),
            resources: state.rows.counted(),
            run: state.options.run.clone(),
            via: None,
        });
        tell_left_out(state);
        state.refused = !refused.is_empty();
        warn_of_plain_secrets(state);
        if refused.is_empty() || state.is_plan() {
            converge_list(state);
        }
        refuse(state, refused);
        close(self.0, started)
    }

    /// Only looks ahead. Returns the answers, and whether a row may have to be refused.
    pub(super) fn look(mut self) -> (EarlyAnswers, bool) {
        let Self(state) = &mut self;
        look_ahead::look(state);
        let generation = Some(state.work.know.generation);
        let settled = (0..state.rows.len()).filter(|&row| state.settled[row] == generation).collect();
        let suspicious = state.suspicious;
        (EarlyAnswers::of_look_ahead(self.0.work.know.into_known(), settled), suspicious)
    }
}

/// Reports the rows that are left out, by the option that leaves them out.
fn tell_left_out(state: &mut RunState<'_>) {
    let mut by_option: Vec<(&str, Vec<String>)> = Vec::new();
    for row in state.rows.left_out() {
        let declared = state.rows.get(row);
        let by = declared.left_out.as_deref().unwrap_or_default();
        match by_option.iter_mut().find(|(option, _)| *option == by) {
            Some((_, resources)) => resources.push(declared.id()),
            None => by_option.push((by, vec![declared.id()])),
        }
    }
    for (by, resources) in by_option {
        state.work.events.emit(Event::LeftOut { resources, by: by.to_owned() });
    }
}

/// A secret that looks like ordinary text can't be masked.
fn warn_of_plain_secrets(state: &mut RunState<'_>) {
    let rows = (0..state.rows.len()).map(|row| state.row(row));
    let names: BTreeSet<&str> =
        rows.flat_map(|row| row_secrets::plain_secrets(row, &state.options.secrets)).collect();
    for name in names {
        let what = format!(
            "the secret `{name}` is too short to be told from ordinary text, so it is not masked in the output"
        );
        state.work.events.warn(
            Diagnostic::warning(what)
                .note("resources that use it show neither diffs nor command output")
                .hint("use one with at least 6 characters, better 20"),
        );
    }
}

fn refuse(state: &mut RunState<'_>, refused: Vec<RefusedResource>) {
    for RefusedResource { resource, action, failure } in refused {
        if state.tally.has_failed(resource.row) {
            continue;
        }
        state.failures.push((resource.clone(), failure.clone()));
        state.report_end(resource, &action, Outcome::Failed { failure, ignored: false }, Instant::now());
    }
}

/// Converges the list, then runs the delayed notifications.
fn converge_list(state: &mut RunState<'_>) {
    if !state.looked {
        look_ahead::look(state);
    }
    journal::inherit(state);
    let mut stack = Stack::default();
    stack.push_list(List::new(state.rows.outermost(), None, false));
    finish(state, &mut stack);
    if state.work.know.lost.is_none() {
        drain(state, &mut stack);
    }
    endless::fail_at_end(state);
    look_at_started(state);
}

/// Runs the stack until it is empty.
fn finish(state: &mut RunState<'_>, stack: &mut Stack) {
    while let Some(frame) = stack.pop() {
        match frame {
            StackEntry::List(list) => list::next_row(state, stack, list),
            StackEntry::Turn(turn) => attempt::next_phase(state, stack, turn),
        }
    }
}

/// Runs the delayed notifications, including those that are queued meanwhile. A failure does not stop the others.
fn drain(state: &mut RunState<'_>, stack: &mut Stack) {
    journal::queue_late(state);
    // What is still pending stays in the journal and runs after the restart.
    while state.work.restarts.now().is_none() && state.work.know.lost.is_none() {
        let Some(waiting) = state.owed.next() else {
            // What the queue has run may have been the notifier of what still waits for one.
            if state.work.know.has_ended() || !journal::queue_unreached(state) {
                break;
            }
            continue;
        };
        // Without the interrupt, the failed attempt might have succeeded: keep the notification.
        let is_skipped = waiting.skip_on_failure && !state.failures.is_empty();
        if is_skipped && !state.cut {
            state.clear(&waiting.clears);
            continue;
        }
        if is_skipped || state.work.know.has_ended() {
            state.warn_undelivered(waiting.target, &waiting.action, &waiting.from);
            continue;
        }
        let notice = Notice { from: waiting.from, uncertain: waiting.uncertain, clears: waiting.clears };
        notify::start_notified(state, stack, waiting.target, &waiting.action, notice);
        finish(state, stack);
    }
}

/// Checks the services that this run started once more, in one batch. A service that has stopped counts as failed. If
/// all are running but the last one was started only a moment ago, the check is repeated after that moment.
fn look_at_started(state: &mut RunState<'_>) {
    let started = std::mem::take(&mut state.started);
    if started.is_empty() || state.work.know.lost.is_some() || state.work.know.has_ended() {
        return;
    }
    let began = Instant::now();
    let mut dead = dead_services(state, &started);
    let left = started.left_to_watch();
    if dead.is_empty() && !left.is_zero() && is_told_of_services(state) {
        attempt::pause(state, left);
        dead = dead_services(state, &started);
    }
    for DeadService { row, action, failure } in dead {
        state.fail(row, &action, failure, began);
    }
}

/// Returns the started services that are not running now.
fn dead_services(state: &mut RunState<'_>, started: &StartedServices) -> Vec<DeadService> {
    state.work.know.refresh();
    state.work.know.find_out(|known| started.dead(known)).unwrap_or_default()
}

/// Scripts alone don't report the state of a service reliably.
fn is_told_of_services(state: &mut RunState<'_>) -> bool {
    let host = state.work.know.one(&Query::Host);
    matches!(host, Ok(Answer::Host(host)) if matches!(host.init, Init::Systemd | Init::Openrc))
}

fn close(mut state: RunState<'_>, started: Instant) -> Result<Summary, Failure> {
    let counts = state.counts();
    let success = state.failures.is_empty() && state.work.know.lost.is_none();
    // A restart that has not been made yet is unfinished work.
    state.cut |= state.options.is_interrupted() && state.work.restarts.is_asked();
    let restart = if state.is_plan() || state.work.know.lost.is_some() {
        None
    } else {
        restart_or_settle(&mut state, success)
    };
    // A resource that failed because its command was killed is unfinished work too.
    let interrupted = state.cut || !state.declined.is_empty() || !success && state.work.know.has_ended();
    report_unnotified(&mut state);
    for (reason, rows) in std::mem::take(&mut state.not_run) {
        let rows = rows.into_iter().filter(|&row| state.counts_row(row) && !state.tally.was_run(row));
        let resources: Vec<String> = rows.map(|row| state.row(row).id()).collect();
        if !resources.is_empty() {
            state.work.events.emit(Event::NotRun { resources, reason });
        }
    }
    let failures = std::mem::take(&mut state.failures);
    state.work.events.emit(Event::RunFinished {
        success,
        interrupted,
        counts,
        failures,
        milliseconds: elapsed(started),
    });
    match state.work.know.lost.take() {
        Some(failure) => Err(failure),
        None => Ok(Summary {
            success,
            changed: counts.updated + counts.unknown > 0,
            interrupted,
            counts: Some(counts),
            restart,
        }),
    }
}

/// Reports the rows that waited for a notification until the end, so that all rows in the counts are in the report.
fn report_unnotified(state: &mut RunState<'_>) {
    for row in std::mem::take(&mut state.unnotified) {
        if !state.counts_row(row) {
            continue;
        }
        let is_owed = state.owed.owes(&state.row(row).id());
        let reason = if is_owed { "the next run delivers its notification" } else { "nothing notified it" };
        let outcome = Outcome::Skipped { reason: reason.to_owned() };
        state.report_end(state.rows.reference(row), "nothing", outcome, Instant::now());
    }
}

/// Reports that the machine restarts, or why a requested restart is not made, or clears the records of past restarts.
/// Returns the id of the resource that requested the restart.
fn restart_or_settle(state: &mut RunState<'_>, success: bool) -> Option<String> {
    match state.work.restarts.at_end(success && !state.cut) {
        AtEnd::Restart(resource, restart) => {
            let Restart { reason, delay, .. } = *restart;
            let by = resource.id.clone();
            state.work.events.emit(Event::Restart { resource, reason, delay });
            Some(by)
        }
        AtEnd::NotNow(resource) => {
            let why = if state.cut { "was interrupted" } else { "failed" };
            let what = format!("the machine is not restarted for {}, because the run {why}", resource.id);
            state.work.events.warn(Diagnostic::warning(what).hint("the next run that succeeds restarts it"));
            None
        }
        AtEnd::Settle => {
            if let Err(failure) = state.work.know.record(Record::Settled) {
                state.work.events.warn_of("can't record that the run continued after its restart", failure);
            }
            None
        }
        AtEnd::Nothing => None,
    }
}
