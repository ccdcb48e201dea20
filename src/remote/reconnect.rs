//! Reconnects to a target: after the connection broke, or after a restart.

use std::collections::VecDeque;
use std::thread;
use std::time::{Duration, Instant};

use crate::model::english::{count, one_line};
use crate::model::error::{Failure, FailureKind};
use crate::model::event::Event;

use super::connect::{AgentConnection, TargetConnection, reach};
use super::order::{Destination, RemoteOrder};
use super::wire::SILENCE;

/// Shortest and longest pause between attempts after the connection broke.
const PAUSES: [Duration; 2] = [Duration::from_millis(250), Duration::from_secs(4)];

/// Pause between attempts after a restart.
const PAUSE: Duration = Duration::from_secs(1);

/// How long a restarted machine may refuse the login before it is given up. A machine that is still starting refuses
/// for a while; a changed host key never goes away.
const REFUSING: Duration = Duration::from_secs(60);

/// Longest delay of a restart that is accepted from a machine.
const LONGEST_DELAY: Duration = Duration::from_secs(24 * 3600);

/// Limit for connections without new messages within [`WINDOW`]. A target whose connection breaks again and again is
/// given up.
const FRUITLESS: usize = 20;
const WINDOW: Duration = Duration::from_secs(120);

/// Interval of checks for an interrupt.
const GLANCE: Duration = Duration::from_millis(50);

/// The connections since the last new message.
#[derive(Debug, Default)]
pub(super) struct ReconnectLimit {
    since: VecDeque<Instant>,
    /// Number of messages at the last attempt.
    heard: usize,
}

impl ReconnectLimit {
    /// Whether to reconnect once more. `heard`: number of messages so far.
    pub(super) fn one_more(&mut self, heard: usize) -> bool {
        if heard > self.heard {
            self.since.clear();
        }
        self.heard = heard;
        self.since.push_back(Instant::now());
        if self.since.len() > FRUITLESS {
            self.since.pop_front();
        }
        self.since.len() < FRUITLESS || self.since.front().is_none_or(|first| first.elapsed() > WINDOW)
    }
}

/// How a target was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LossKind {
    /// The connection broke; the run continues.
    Broken,
    /// There are no keep-alives.
    Silent,
    /// The connection broke while bytes were sent, before the run started.
    Uploading,
}

/// Reconnects to a target whose connection broke, within the time of the order.
///
/// # Errors
/// The error of the last attempt.
pub(super) fn lost(
    destination: &Destination,
    order: &RemoteOrder<'_>,
    how: LossKind,
    sink: &mut dyn FnMut(Event),
) -> Result<AgentConnection, Failure> {
    let address = &destination.address;
    let interrupt = &order.terms.options.interrupt;
    let mut say = |text| sink(Event::Note { text });
    let time = seconds(order.patience.reconnect);
    let what = match how {
        LossKind::Broken => format!("the connection to `{address}` was lost; the run continues there"),
        LossKind::Silent => format!(
            "the agent on `{address}` has been silent for {}, and its connection is given up",
            seconds(SILENCE)
        ),
        LossKind::Uploading => {
            format!("the connection to `{address}` was lost while files were sent")
        }
    };
    say(format!("{what}; reconnecting for up to {time}"));
    let deadline = Instant::now() + order.patience.reconnect;
    let [mut pause, longest] = PAUSES;
    loop {
        match reach(destination, interrupt, &|| {}).and_then(|met| met.agent(address)) {
            Ok(reached) => {
                say(format!("`{address}` is connected again"));
                return Ok(reached);
            }
            // After a second interrupt, the user does not want to wait for the network.
            Err(failure) if Instant::now() >= deadline || interrupt.is_halted() => return Err(failure),
            Err(_) => {
                let left = deadline.saturating_duration_since(Instant::now());
                wait(pause.min(left), &|| interrupt.is_halted());
                pause = (pause * 2).min(longest);
            }
        }
    }
}

/// A machine that goes down for a restart.
pub(super) struct Restarting<'a> {
    /// The resource that requested it.
    pub(super) by: &'a str,
    pub(super) delay: Duration,
    /// The kernel's id of the boot before the restart.
    pub(super) boot: &'a str,
}

/// Reconnects to a machine after its restart. `wanted` checks what answers there.
///
/// # Errors
/// It is not back in time, or the run was interrupted.
pub(super) fn restarted<T>(
    destination: &Destination,
    order: &RemoteOrder<'_>,
    down: &Restarting<'_>,
    wanted: impl Fn(TargetConnection) -> Result<T, Failure>,
    sink: &mut dyn FnMut(Event),
) -> Result<T, Failure> {
    let address = &destination.address;
    let seconds = seconds(order.patience.restart);
    let mut say = |text| sink(Event::Note { text });
    say(format!(
        "`{address}` restarts for {}; waiting for it, up to {seconds}, then the run continues",
        one_line(down.by)
    ));
    if down.delay > LONGEST_DELAY {
        let minutes = count(usize::try_from(down.delay.as_secs() / 60).unwrap_or(usize::MAX), "minute");
        return Err(Failure::new(format!("`{address}` restarts in {minutes}, which is too long to wait"))
            .of_kind(FailureKind::Lost)
            .hint("once it is back, run again to go on"));
    }
    let interrupt = &order.terms.options.interrupt;
    let interrupted = || interrupt.is_wanted();
    let mut refused: Option<Instant> = None;
    let deadline = Instant::now() + down.delay + order.patience.restart;
    wait(down.delay, &interrupted);
    loop {
        wait(PAUSE, &interrupted);
        if interrupted() {
            return Err(Failure::new(format!("`{address}` restarts, and the wait was interrupted"))
                .of_kind(FailureKind::Interrupted)
                .hint("once it is back, run again to go on"));
        }
        let reached = reach(destination, interrupt, &|| {});
        refused = match &reached {
            Err(failure) if failure.kind == FailureKind::Refused => refused.or_else(|| Some(Instant::now())),
            _ => None,
        };
        let why = match reached {
            Err(failure) if refused.is_some_and(|since| since.elapsed() > REFUSING) => {
                return Err(failure.hint("it has restarted; once you can log in, run again to go on"));
            }
            // It answers, but has not gone down yet.
            Ok(met) if met.boot() == down.boot => {
                met.close();
                "it answers, and has not gone down yet".to_owned()
            }
            Ok(met) => match wanted(met) {
                Ok(wanted) => {
                    say(format!("`{address}` is back"));
                    return Ok(wanted);
                }
                Err(failure) => failure.message,
            },
            Err(failure) => failure.message,
        };
        if Instant::now() >= deadline {
            let mut failure = Failure::new(format!("`{address}` is not back {seconds} after its restart"))
                .of_kind(FailureKind::Lost);
            failure.details.push(why);
            return Err(failure
                .hint("once it is back, run again to go on")
                .hint("`--reboot-timeout` waits longer for a machine that takes its time"));
        }
    }
}

/// Waits, or returns early if `enough` is true.
fn wait(time: Duration, enough: &dyn Fn() -> bool) {
    let end = Instant::now() + time;
    while let Some(left) = end.checked_duration_since(Instant::now())
        && !left.is_zero()
        && !enough()
    {
        thread::sleep(left.min(GLANCE));
    }
}

fn seconds(time: Duration) -> String {
    count(usize::try_from(time.as_secs()).unwrap_or(usize::MAX), "second")
}
