//! A run as the agent there tells of it, over as many connections as it takes: no event twice, and none lost.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::converge::Summary;
use crate::hold;
use crate::model::english::one_line;
use crate::model::error::Failure;
use crate::model::event::Event;
use crate::model::message::{Finished, FromAgent, Heard, ToAgent};
use crate::target::frame::{self, Broken};
use crate::target::local::halt;

use super::reach::Reached;
use super::refused::{Reason, Refused, why};
use super::seen::Seen;
use super::under_way::UnderWay;
use super::wire::{Input, Output};
use super::{Destination, Order, again, upload};

/// How often it is looked whether somebody wants the run to end.
const GLANCE: Duration = Duration::from_millis(50);

/// Converges (or plans) a collection behind an agent. Everything that happens comes out as events, under the
/// destination's name.
///
/// # Errors
/// Another run holds the target; the target was lost for good, or is not what it says: the events tell how far it came.
pub(super) fn converge(
    destination: &Destination,
    reached: Reached,
    order: &Order<'_>,
    sink: &mut dyn FnMut(Event),
    say: &mut dyn FnMut(&str),
) -> Result<Summary, hold::Refused> {
    let boot = reached.hello.boot.clone();
    let mut conversation = Conversation { destination, order, sink, say, boot, told: Told::default() };
    conversation.hold(reached)
}

/// What was told so far.
#[derive(Default)]
struct Told {
    /// The run, once it is known to go on by itself.
    run: Option<UnderWay>,
    /// Messages since then.
    messages: usize,
    /// The resource for which the machine restarts, and after how many minutes.
    restart: Option<(String, u32)>,
    /// Whether something was changed before a restart.
    changed: bool,
    seen: Seen,
}

impl Told {
    fn heard(&self) -> Option<Heard> {
        let run = self.run.as_ref()?.run().to_owned();
        Some(Heard { run, messages: self.messages })
    }
}

struct Conversation<'a> {
    destination: &'a Destination,
    order: &'a Order<'a>,
    sink: &'a mut dyn FnMut(Event),
    say: &'a mut dyn FnMut(&str),
    /// What the machine calls the time since it was started.
    boot: String,
    told: Told,
}

impl Conversation<'_> {
    /// From the collection to the end.
    fn hold(&mut self, mut reached: Reached) -> Result<Summary, hold::Refused> {
        let address = &self.destination.address;
        let mut ask = Ask::Begin(None);
        loop {
            let failure = match self.over(&mut reached, &ask) {
                Ok(finished) if finished.restarts => {
                    reached.close();
                    self.told.changed |= finished.changed;
                    reached = self.restarted()?;
                    ask = Ask::Begin(self.told.heard());
                    continue;
                }
                Ok(finished) => {
                    reached.close();
                    let Finished { success, changed, interrupted, .. } = finished;
                    let changed = changed || self.told.changed;
                    return Ok(Summary { success, changed, interrupted });
                }
                Err(Refused::Said(failure)) => {
                    reached.close();
                    return Err(hold::Refused::Target(failure.of(address)));
                }
                Err(Refused::Locked(failure)) => {
                    reached.close();
                    return Err(hold::Refused::Locked(Reason::There(failure).of(address)));
                }
                Err(Refused::Died) => {
                    reached.close();
                    return Err(hold::Refused::Target(self.died()));
                }
                Err(Refused::Broken(broken, heard)) => {
                    let is_lost = matches!(broken, Broken::End | Broken::Io(_));
                    let Reached { channel, input, output, .. } = reached;
                    drop((input, output));
                    let failure = why(broken, address, channel, heard);
                    match self.told.heard() {
                        Some(heard) if is_lost => {
                            ask = Ask::Attach(heard);
                            failure
                        }
                        _ => return Err(hold::Refused::Target(self.told.seen.tell(failure))),
                    }
                }
            };
            reached = self.again(failure)?;
        }
    }

    /// Speaks over one connection until the run, or the connection, ends.
    fn over(&mut self, reached: &mut Reached, ask: &Ask) -> Result<Finished, Refused> {
        let order = self.order;
        thread::scope(|scope| {
            // Dropped at the end of the closure, which ends the watch at once.
            let (_over, over) = mpsc::channel::<()>();
            let output = reached.output.clone();
            scope.spawn(move || watch(&over, order, &output));
            let mut upload = match ask {
                Ask::Begin(goes_on) => Some(upload::begin(&reached.output, order, goes_on.clone())?),
                Ask::Attach(heard) => {
                    reached.output.send(&ToAgent::Attach(heard.clone()))?;
                    None
                }
            };
            self.listen(&mut reached.input, &reached.output, &mut upload)
        })
    }

    fn listen(
        &mut self,
        input: &mut Input,
        output: &Output,
        upload: &mut Option<upload::Upload>,
    ) -> Result<Finished, Refused> {
        loop {
            let message = frame::receive(input)?;
            match message {
                FromAgent::Begun(run) => {
                    let known = self.told.run.as_ref().is_none_or(|known| known.run() == run);
                    if !known {
                        return Err(Broken::Senseless("another run than ours".to_owned()).into());
                    }
                    if self.told.run.is_none() {
                        self.told.run = Some(UnderWay::new(&self.destination.name, &run));
                    }
                    continue;
                }
                FromAgent::MissingBlobs(missing) => {
                    let upload = upload.take().unwrap_or_default();
                    upload.blobs(output, &missing, self.order.blobs)?;
                    continue;
                }
                FromAgent::Died => return Err(Refused::Died),
                FromAgent::Hello(_) => return Err(Broken::Senseless("a second hello".to_owned()).into()),
                _ => self.told.messages += 1,
            }
            match message {
                FromAgent::Event(event) => self.event(*event, output),
                FromAgent::Note(words) => (self.say)(&one_line(&words)),
                FromAgent::Locked(failure) => return Err(Refused::Locked(failure)),
                FromAgent::Finished(finished) if finished.restarts => return goes_down(input, finished),
                FromAgent::Finished(finished) => return Ok(finished),
                FromAgent::Failed(failure) => return Err(Refused::Said(Reason::There(failure))),
                _ => {}
            }
        }
    }

    fn event(&mut self, event: Event, output: &Output) {
        let event = renamed(event, &self.destination.name);
        self.told.seen.note(&event);
        match event {
            // The numbers are ours to tell.
            Event::Traffic { .. } => return,
            Event::Restart { ref resource, delay, .. } => {
                self.told.restart = Some((resource.id.clone(), delay))
            }
            Event::RunFinished { .. } => (self.sink)(output.traffic().event()),
            _ => {}
        }
        (self.sink)(event);
    }

    /// Reaches the target once more, where the run goes on meanwhile.
    fn again(&mut self, mut lost: Failure) -> Result<Reached, hold::Refused> {
        if self.order.reconnect.is_zero() {
            return Err(self.given_up(lost));
        }
        again::lost(self.destination, self.order, self.say).map_err(|last| {
            lost.output.push(format!("the last attempt to reach it again: {}", last.message));
            self.given_up(lost)
        })
    }

    /// Waits for the machine to be back.
    fn restarted(&mut self) -> Result<Reached, hold::Refused> {
        let (by, delay) = self.told.restart.take().unwrap_or_default();
        let down =
            again::Down { by: &by, delay: Duration::from_secs(u64::from(delay) * 60), boot: &self.boot };
        let reached = again::restarted(self.destination, self.order, &down, self.say)?;
        self.boot.clone_from(&reached.hello.boot);
        Ok(reached)
    }

    fn given_up(&self, lost: Failure) -> hold::Refused {
        let name = &self.destination.name;
        let failure = self.told.seen.tell(lost);
        hold::Refused::Target(
            failure
                .hint(format!(
                    "the run goes on there to its end: `chefrs status -t {name}` tells how it ended"
                ))
                .hint("or run again: that waits for it, and finishes what it leaves"),
        )
    }

    fn died(&self) -> Failure {
        let address = &self.destination.address;
        let failure = Failure::new(format!("the run on `{address}` was ended in the middle, from outside"));
        self.told
            .seen
            .tell(failure)
            .hint("run again: what is as declared is left alone, and what was left owed is paid")
    }
}

/// What a connection begins with.
enum Ask {
    /// The collection, for a run that goes on if it is a known one.
    Begin(Option<Heard>),
    /// The rest of what a run has to say.
    Attach(Heard),
}

/// What still comes of a run that restarts its machine: nothing, or why it can't.
fn goes_down(input: &mut Input, finished: Finished) -> Result<Finished, Refused> {
    loop {
        match frame::receive(input) {
            Ok(FromAgent::Failed(failure)) => return Err(Refused::Said(Reason::There(failure))),
            Ok(_) => {}
            Err(_) => return Ok(finished),
        }
    }
}

/// Passes interrupts on until `over`: the first lets the resource at hand finish, the second ends its command.
fn watch(over: &mpsc::Receiver<()>, order: &Order<'_>, output: &Output) {
    let mut told = [false; 2];
    while matches!(over.recv_timeout(GLANCE), Err(RecvTimeoutError::Timeout)) {
        let wanted = [order.options.is_interrupted(), halt::is_halted()];
        let words = [ToAgent::Interrupt, ToAgent::Halt];
        for ((told, wanted), word) in told.iter_mut().zip(wanted).zip(words) {
            if wanted && !*told {
                // A target that is gone is told of by whoever reads from it, and of this over the next connection.
                let _ = output.send(&word);
                *told = true;
            }
        }
    }
}

/// The agent knows its machine as `local`.
fn renamed(event: Event, name: &str) -> Event {
    match event {
        Event::RunStarted { schema, run, mode, run_list, resources, .. } => {
            Event::RunStarted { schema, run, mode, target: name.to_owned(), run_list, resources }
        }
        other => other,
    }
}
