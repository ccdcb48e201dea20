//! A run through the target's shell. The engine runs on this side.

use std::time::Duration;

use super::connect::TargetConnection;
use super::interrupts::when_halted;
use super::order::{Destination, RemoteOrder};
use super::reconnect;
use super::shell_target::{ShellConnection, with_stderr};
use crate::converge::{EarlyAnswers, Summary};
use crate::locked_run::{self, LockedRun, Peers, RunIdentity, RunWork, Terms};
use crate::model::engine::EngineChoice;
use crate::model::error::Failure;
use crate::model::event::Event;
use crate::model::step::Restart;
use crate::target::RunTarget as _;

/// Converges (or plans) the collection. If the machine restarts during the run, waits for it and continues.
///
/// # Errors
/// Another run holds the target, the connection broke, or the machine is not back after a restart.
pub(super) fn converge(
    mut connection: ShellConnection,
    destination: &Destination,
    order: &RemoteOrder<'_>,
    sink: &mut dyn FnMut(Event),
) -> Result<Summary, Failure> {
    // Continue with a shell after a restart, even if the agent could run then.
    let destination = Destination { engine: EngineChoice::Shell, ..destination.clone() };
    let mut run_identity = order.terms.run_identity.clone();
    let (interrupt, mut changed) = (&order.terms.options.interrupt, false);
    let mut peers = order.terms.peers;
    loop {
        let (boot, via) = (connection.shell().boot().to_owned(), connection.via.clone());
        let done = when_halted(interrupt, connection.end(), || {
            part(&mut connection, order, &run_identity, peers.take(), sink)
        });
        let ShellConnection { channel, shell, output, .. } = connection;
        drop((shell, output));
        let summary = match done {
            Err(failure) if failure.kind.is_of_the_way() => {
                return Err(with_stderr(failure, channel));
            }
            done => {
                channel.close();
                done?
            }
        };
        changed |= summary.0.changed;
        let (summary, Some(restart)) = summary else { return Ok(Summary { changed, ..summary.0 }) };
        let by = summary.restart.unwrap_or(restart.by);
        let delay = Duration::from_secs(u64::from(restart.delay) * 60);
        let down = reconnect::Restarting { by: &by, delay, boot: &boot };
        let wanted = |met: TargetConnection| met.shell(&destination.address);
        connection = *reconnect::restarted(&destination, order, &down, wanted, sink)?;
        connection.via = via;
        run_identity = RunIdentity { run: run_identity.run, ..RunIdentity::now() };
    }
}

/// Runs to the end, or up to a restart that was requested. Begins when `peers` allow it.
fn part(
    connection: &mut ShellConnection,
    order: &RemoteOrder<'_>,
    run_identity: &RunIdentity,
    peers: Option<&dyn Peers>,
    sink: &mut dyn FnMut(Event),
) -> Result<(Summary, Option<Restart>), Failure> {
    let ShellConnection { shell, output, via, .. } = connection;
    let Terms { options, caller, lock_timeout, .. } = &order.terms;
    let lock_timeout = *lock_timeout;
    let terms = Terms { options: options.clone(), run_identity, caller, lock_timeout, peers: None };
    let mut sink = |mut event: Event| {
        match &mut event {
            Event::RunStarted { via: told, .. } => *told = Some(via.clone()),
            Event::RunFinished { .. } => sink(output.traffic().event()),
            _ => {}
        }
        sink(event);
    };
    if let Some(peers) = peers {
        let terms = (options, run_identity);
        if let Some(summary) = locked_run::look_first(shell, order.collection, terms, peers, &mut sink)? {
            return Ok((summary, None));
        }
    }
    let locked = LockedRun::begin(shell, terms, &mut sink)?;
    let (collection, blobs) = (order.collection, order.blobs.clone());
    let work = RunWork { collection, blobs, early_answers: EarlyAnswers::default() };
    let summary = locked.converge(shell, work, &mut sink, &mut |_, _, _| Ok(()))?;
    let restart = shell.restart().filter(|_| summary.restart.is_some()).cloned();
    Ok((summary, restart))
}
