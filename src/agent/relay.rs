//! Passes on the messages of a run, from the start or from where another connection broke, and passes interrupts to it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::input::{ControlInput, Wish, listen};
use super::output::AgentOutput;

use crate::locked_run::RunIdentity;
use crate::model::error::{Failure, FailureKind};
use crate::model::message::{Begin, FromAgent, Heard, ToAgent};
use crate::target::frame;
use crate::target::local::detached::Detached;
use crate::target::local::runs::{EndRequest, Next, RunOrder, Runs};

/// Shortest and longest pause before a run's file is read again, if writes can't be watched.
const PAUSES: [Duration; 2] = [Duration::from_millis(1), Duration::from_millis(20)];

/// Interval of checks whether the process of a silent run is stopped. It counts as stopped after two checks.
const LOOK: Duration = Duration::from_secs(5);

/// Starts a run in a process of its own, and passes on its messages.
///
/// # Errors
/// It can't be started, or its messages can't be stored.
pub(super) fn begin(
    input: ControlInput,
    output: &AgentOutput,
    runs: &Runs,
    begin: &Begin,
    json: &[u8],
    requested: Option<EndRequest>,
) -> Result<(), Failure> {
    let mut heard = begin.goes_on.clone().unwrap_or_else(|| Heard { run: begin.run.clone(), messages: 0 });
    let order = RunOrder { run: &begin.run, target: &begin.target };
    if begin.again
        && let Some(begun) = runs.begun_for(order)
    {
        heard.run = begun;
        return follow_with(input, output, runs, &heard, requested);
    }
    // If one machine is several targets of a run, each run after the first gets an id of its own.
    let is_new = begin.goes_on.is_none();
    if is_new && runs.follow(&heard.run)?.is_some() {
        heard.run = RunIdentity::now().run;
    }
    let words = match runs.begin(&heard.run) {
        Err(failure) if is_new && failure.kind == FailureKind::Locked => {
            heard.run = RunIdentity::now().run;
            runs.begin(&heard.run)?
        }
        words => words?,
    };
    runs.note(&heard.run, order)?;
    // From now on the process of the run holds the lock on the file.
    let _run = Detached::start(&["agent", "--run", &heard.run], words, |out| {
        frame::send(out, &ToAgent::Begin(begin.clone()))?;
        frame::send_slice(out, json)
    })?;
    follow_with(input, output, runs, &heard, requested)
}

/// Passes on the messages of a run, and an interrupt that came before.
fn follow_with(
    input: ControlInput,
    output: &AgentOutput,
    runs: &Runs,
    heard: &Heard,
    requested: Option<EndRequest>,
) -> Result<(), Failure> {
    if let Some(wish) = requested {
        runs.request_end(&heard.run, wish)?;
    }
    follow(input, output, runs, heard)
}

/// Passes on the messages of a run.
///
/// # Errors
/// It is not known here, or its messages can't be read.
pub(super) fn attach(
    input: ControlInput,
    output: &AgentOutput,
    runs: &Runs,
    heard: &Heard,
) -> Result<(), Failure> {
    follow(input, output, runs, heard)
}

fn follow(input: ControlInput, output: &AgentOutput, runs: &Runs, heard: &Heard) -> Result<(), Failure> {
    let mut follower = runs.follow(&heard.run)?.ok_or_else(|| {
        Failure::new(format!("the run `{}` is not known there", heard.run))
            .hint("`chefrs status` lists the last runs there")
            .hint("run again: finished work is skipped")
    })?;
    output.say(FromAgent::Begun(heard.run.clone()));
    let wishes = runs.clone();
    let run = heard.run.clone();
    let gone = listen(input, move |wish| {
        // If it can't be written, the user will notice and interrupt again.
        let _ = match wish {
            Wish::End(request) => wishes.request_end(&run, request),
            Wish::Decided(decided) => wishes.decide(&run, decided),
        };
    })?;

    let [shortest, longest] = PAUSES;
    let watch = follower.watch();
    let (mut number, mut pause, mut last) = (0, shortest, Following::Word);
    let (mut looked, mut was_stopped) = (Instant::now(), false);
    loop {
        // Stored messages can wait, but a dropped one would shift the numbers of those after it.
        if output.is_behind() {
            if has_left(&gone) {
                return Ok(());
            }
            thread::sleep(longest);
            continue;
        }
        match follower.read_next()? {
            Next::Line(line) => {
                number += 1;
                if number <= heard.messages {
                    continue;
                }
                let message: FromAgent = serde_json::from_slice(line.as_bytes())
                    .map_err(|error| Failure::new(format!("what the run said can't be read: {error}")))?;
                last = Following::of(&message);
                pause = shortest;
                (looked, was_stopped) = (Instant::now(), false);
                output.say(message);
                if last == Following::End {
                    return Ok(());
                }
            }
            Next::Silence => {
                if has_left(&gone) {
                    return Ok(());
                }
                if looked.elapsed() >= LOOK {
                    looked = Instant::now();
                    let stopped = runs.stopped(&heard.run);
                    if let (Some(pid), true) = (stopped, was_stopped) {
                        output.say(FromAgent::Stopped(pid));
                        return Ok(());
                    }
                    was_stopped = stopped.is_some();
                }
                watch.wait(pause, longest);
                pause = (pause * 2).min(longest);
            }
            Next::End => {
                if last == Following::Word {
                    output.say(FromAgent::Died);
                }
                return Ok(());
            }
        }
    }
}

/// What may follow the last message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Following {
    /// There will be more.
    Word,
    /// There may be more until the process has ended.
    Restart,
    End,
}

impl Following {
    fn of(message: &FromAgent) -> Self {
        match message {
            FromAgent::Finished(finished) if finished.restarts => Self::Restart,
            FromAgent::Finished(_) | FromAgent::Failed(_) => Self::End,
            _ => Self::Word,
        }
    }
}

/// Whether the control side has hung up.
fn has_left(gone: &AtomicBool) -> bool {
    gone.load(Ordering::Relaxed)
}
