//! A run as the agent there tells of it: the collection goes up, missing bytes follow, events come back.

use std::io::{self, BufRead as _};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::converge::{OnFailure, Summary};
use crate::hold;
use crate::model::blob::{BlobRef, Blobs};
use crate::model::english::one_line;
use crate::model::error::Failure;
use crate::model::event::Event;
use crate::model::message::{Begin, FromAgent, ToAgent};
use crate::target::frame::{self, Broken};
use crate::target::local::halt;
use crate::target::outgoing;

use super::reach::Reached;
use super::refused::{Reason, Refused, why};
use super::seen::Seen;
use super::wire::{Input, Output};
use super::{Destination, Order, needed};

/// How often it is looked whether somebody wants the run to end.
const GLANCE: Duration = Duration::from_millis(50);

/// Converges (or plans) a collection behind an agent. Everything that happens comes out as events, under the
/// destination's name.
///
/// # Errors
/// Another run holds the target; the target was lost, or is not what it says: the events tell how far it came.
pub(super) fn converge(
    destination: &Destination,
    mut reached: Reached,
    order: &Order<'_>,
    sink: &mut dyn FnMut(Event),
    say: &mut dyn FnMut(&str),
) -> Result<Summary, hold::Refused> {
    let address = &destination.address;
    let mut seen = Seen::default();
    let ended = thread::scope(|scope| {
        // Dropped at the end of the closure, which ends the watch at once.
        let (_over, over) = mpsc::channel::<()>();
        let output = reached.output.clone();
        scope.spawn(move || watch(&over, order, &output));
        let mut sink = |event: Event| {
            let event = renamed(event, &destination.name);
            seen.note(&event);
            match event {
                // The numbers are ours to tell.
                Event::Traffic { .. } => return,
                Event::RunFinished { .. } => sink(reached.output.traffic().event()),
                _ => {}
            }
            sink(event);
        };
        exchange(&mut reached.input, &reached.output, order, &mut sink, say)
    });
    match ended {
        Ok(summary) => {
            reached.close();
            Ok(summary)
        }
        Err(Refused::Said(failure)) => {
            reached.close();
            Err(hold::Refused::Target(failure.of(address)))
        }
        Err(Refused::Locked(failure)) => {
            reached.close();
            Err(hold::Refused::Locked(Reason::There(failure).of(address)))
        }
        Err(Refused::Broken(broken, heard)) => {
            let Reached { channel, input, output, .. } = reached;
            drop((input, output));
            Err(hold::Refused::Target(seen.tell(why(broken, address, channel, heard))))
        }
    }
}

/// Passes interrupts on until `over`: the first lets the resource at hand finish, the second ends its command.
fn watch(over: &mpsc::Receiver<()>, order: &Order<'_>, output: &Output) {
    let mut told = [false; 2];
    while matches!(over.recv_timeout(GLANCE), Err(RecvTimeoutError::Timeout)) {
        for (told, wanted) in told.iter_mut().zip([order.options.is_interrupted(), halt::is_halted()]) {
            if wanted && !*told {
                // A target that is gone is told of by whoever reads from it.
                let _ = output.send(&ToAgent::Interrupt);
                *told = true;
            }
        }
    }
}

/// From the collection to the end.
fn exchange(
    input: &mut Input,
    output: &Output,
    order: &Order<'_>,
    sink: &mut dyn FnMut(Event),
    say: &mut dyn FnMut(&str),
) -> Result<Summary, Refused> {
    let Order { collection, blobs, options, lock_timeout } = *order;
    let wanted = needed::blobs(collection, blobs);
    let json = serde_json::to_vec(collection).map_err(io::Error::from)?;
    let begin = ToAgent::Begin(Begin {
        mode: options.mode,
        lock_timeout: lock_timeout.as_secs(),
        keep_going: options.on_failure == OnFailure::Continue,
        secrets: needed::secrets(collection, &options.secrets),
        collection: json.len() as u64,
        blobs: wanted.clone(),
    });
    output.with(|out| {
        frame::send(out, &begin)?;
        frame::send_bytes(out, &mut json.as_slice())
    })?;
    let mut unsent = Some(wanted);
    loop {
        match frame::receive(input)? {
            FromAgent::Event(event) => sink(*event),
            FromAgent::Note(words) => say(&one_line(&words)),
            FromAgent::Locked(failure) => return Err(Refused::Locked(failure)),
            FromAgent::MissingBlobs(missing) => {
                let wanted = unsent.take().unwrap_or_default();
                send_blobs(output, &missing, &wanted, blobs)?;
            }
            FromAgent::Finished(finished) => {
                return Ok(Summary {
                    success: finished.success,
                    changed: finished.changed,
                    interrupted: finished.interrupted,
                });
            }
            FromAgent::Failed(failure) => return Err(Refused::Said(Reason::There(failure))),
            FromAgent::Answers(_) | FromAgent::Progress(_) | FromAgent::Applied(_) => {
                return Err(Broken::Senseless("an answer that nobody asked for".to_owned()).into());
            }
            FromAgent::Hello(_) => return Err(Broken::Senseless("a second hello".to_owned()).into()),
        }
    }
}

/// Sends what is missing there, as far as the collection names it: a target is given nothing else.
fn send_blobs(output: &Output, missing: &[String], wanted: &[BlobRef], blobs: &Blobs) -> Result<(), Refused> {
    for sha256 in missing {
        let found = wanted.iter().find(|blob| blob.sha256 == *sha256).zip(blobs.get(sha256));
        let Some((blob, source)) = found else {
            return Err(Broken::Senseless(
                "bytes were asked for that the collection does not name".to_owned(),
            )
            .into());
        };
        let bytes = outgoing::open(source).map_err(|failure| Refused::Said(Reason::Ours(failure)))?;
        let mut bytes = io::BufReader::with_capacity(frame::CHUNK, bytes);
        // Looked at before it is announced: what was said to come must come.
        bytes.fill_buf()?;
        let sent = output.with(|out| {
            frame::send(out, &ToAgent::Blob(blob.clone()))?;
            frame::send_bytes(out, &mut io::Read::take(&mut bytes, blob.size))
        })?;
        if sent < blob.size {
            let failure = Failure::new("a file that the collection names became shorter while the run began");
            return Err(Refused::Said(Reason::Ours(failure.hint("run again"))));
        }
    }
    Ok(())
}

/// The agent knows its machine as `local`.
fn renamed(mut event: Event, name: &str) -> Event {
    if let Event::RunStarted { target, .. } = &mut event {
        name.clone_into(target);
    }
    event
}
