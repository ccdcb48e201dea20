//! Follows a run on an agent over as many connections as needed. No event is lost, and none is reported twice.

use std::collections::VecDeque;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::converge::{Options, Summary};
use crate::locked_run::{RunIdentity, Terms};
use crate::model::blob::Blobs;
use crate::model::collection::{Collection, SCHEMA};
use crate::model::decision::Decided;
use crate::model::error::Failure;
use crate::model::event::Event;
use crate::model::journal::Caller;
use crate::model::message::{Finished, FromAgent, Heard, ToAgent};
use crate::target::frame::{self, Broken};
use crate::target::interrupt::Elsewhere;
use crate::target::pack;

use super::connect::{AgentConnection, TargetConnection};
use super::interrupts::pass_on;
use super::loss::SeenEvents;
use super::order::{Destination, Patience, RemoteOrder, Watch};
use super::session_error::{Reason, SessionError, is_silent, why};
use super::wire::{Output, TargetInput};
use super::{loss, reconnect, upload};

/// Converges (or plans) a collection with an agent. Events are sent to `sink` under the destination's name.
///
/// # Errors
/// Another run holds the target, the target was lost for good, or it is not the expected one. The events up to then
/// have been sent.
pub(super) fn converge(
    destination: &Destination,
    reached: AgentConnection,
    order: &RemoteOrder<'_>,
    sink: &mut dyn FnMut(Event),
) -> Result<Summary, Failure> {
    let boot = reached.hello.boot.clone();
    let mut conversation = Conversation {
        destination,
        order,
        sink,
        boot,
        told: RunProgress::default(),
        limit: reconnect::ReconnectLimit::default(),
        uploads: false,
    };
    conversation.follow(reached, Ask::Begin(None))
}

/// Follows a run that was started over another connection.
///
/// # Errors
/// It is not known there, the target was lost for good, or it is not the expected one.
pub(super) fn attach(
    destination: &Destination,
    reached: AgentConnection,
    watch: &Watch<'_>,
    sink: &mut dyn FnMut(Event),
) -> Result<Summary, Failure> {
    let Watch { run, options, reconnect } = *watch;
    let collection = Collection { schema: SCHEMA, ..Collection::default() };
    // It is never used to start a run.
    let terms = Terms {
        options: options.clone(),
        run_identity: &RunIdentity { run: run.to_owned(), ..RunIdentity::now() },
        caller: &Caller::default(),
        lock_timeout: Duration::ZERO,
        peers: None,
    };
    let order = RemoteOrder {
        terms,
        collection: &collection,
        blobs: &Blobs::default(),
        patience: Patience { reconnect, ..Patience::default() },
    };
    let boot = reached.hello.boot.clone();
    let mut conversation = Conversation {
        destination,
        order: &order,
        sink,
        boot,
        told: RunProgress::default(),
        limit: reconnect::ReconnectLimit::default(),
        uploads: false,
    };
    conversation.follow(reached, Ask::Attach(Heard { run: run.to_owned(), messages: 0 }))
}

/// What the target has reported so far.
#[derive(Default)]
struct RunProgress {
    /// The run, once it is known to continue without a connection.
    run: Option<Elsewhere>,
    /// Messages since then.
    messages: usize,
    /// The resource for which the machine restarts, and the delay in minutes.
    restart: Option<(String, u32)>,
    /// The last decision of the user. If the connection breaks, the next one sends it again.
    decided: Option<Decided>,
    /// Whether something was changed before a restart.
    changed: bool,
    seen: SeenEvents,
}

impl RunProgress {
    fn heard(&self) -> Option<Heard> {
        let run = self.run.as_ref()?.run().to_owned();
        Some(Heard { run, messages: self.messages })
    }
}

struct Conversation<'a> {
    destination: &'a Destination,
    order: &'a RemoteOrder<'a>,
    sink: &'a mut dyn FnMut(Event),
    /// The kernel's id of the boot.
    boot: String,
    told: RunProgress,
    limit: reconnect::ReconnectLimit,
    /// Whether bytes of the collection are being sent, and no message has come since.
    uploads: bool,
}

impl Conversation<'_> {
    /// Follows the run to its end.
    fn follow(&mut self, mut reached: AgentConnection, mut ask: Ask) -> Result<Summary, Failure> {
        let address = &self.destination.address;
        let only_watches = matches!(ask, Ask::Attach(_));
        loop {
            let (failure, how) = match self.over(&mut reached, &ask) {
                Ok(finished) if finished.restarts => {
                    reached.close();
                    if only_watches {
                        return Err(loss::restarts(address));
                    }
                    self.told.changed |= finished.changed;
                    // The run counts its questions from 1 again.
                    self.told.decided = None;
                    reached = self.restarted()?;
                    ask = Ask::Begin(self.told.heard());
                    continue;
                }
                Ok(finished) => {
                    reached.close();
                    let Finished { success, changed, interrupted, .. } = finished;
                    let changed = changed || self.told.changed;
                    return Ok(Summary { success, changed, interrupted, ..Summary::default() });
                }
                Err(SessionError::Failed(failure)) => {
                    reached.close();
                    return Err(failure.of(address));
                }
                Err(SessionError::Died) => {
                    reached.close();
                    return Err(self.told.seen.tell(loss::died(address)));
                }
                Err(SessionError::Stopped(pid)) => {
                    reached.close();
                    return Err(self.given_up(loss::stopped(address, pid)));
                }
                Err(SessionError::Broken(broken, heard)) => {
                    let is_lost = matches!(broken, Broken::End | Broken::Io(_));
                    let how = if is_silent(&broken) {
                        reconnect::LossKind::Silent
                    } else {
                        reconnect::LossKind::Broken
                    };
                    let AgentConnection { channel, input, output, .. } = reached;
                    drop((input, output));
                    let failure = why(broken, address, channel, heard);
                    match self.told.heard() {
                        Some(heard) if is_lost => {
                            ask = Ask::Attach(heard);
                            (failure, how)
                        }
                        // The target keeps the bytes that have arrived.
                        None if is_lost && self.uploads => (failure, reconnect::LossKind::Uploading),
                        _ => return Err(self.told.seen.tell(failure)),
                    }
                }
            };
            reached = self.again(failure, how)?;
        }
    }

    /// Follows the run over one connection, until the run or the connection ends.
    fn over(&mut self, reached: &mut AgentConnection, ask: &Ask) -> Result<Finished, SessionError> {
        let order = self.order;
        let again = std::mem::take(&mut self.uploads);
        thread::scope(|scope| {
            // Dropped at the end of the closure, which stops the thread at once.
            let (_over, over) = mpsc::channel::<()>();
            let (output, interrupt) = (reached.output.clone(), &order.terms.options.interrupt);
            scope.spawn(move || pass_on(&over, interrupt, &output));
            let mut upload = match ask {
                Ask::Begin(goes_on) => {
                    let name = &self.destination.name;
                    Some(upload::begin(&reached.output, name, order, goes_on.clone(), again)?)
                }
                Ask::Attach(heard) => {
                    reached.output.send(&ToAgent::Attach(heard.clone()))?;
                    if let Some(decided) = self.told.decided {
                        reached.output.send(&ToAgent::Decided(decided))?;
                    }
                    None
                }
            };
            self.listen(&mut reached.input, &reached.output, &mut upload)
        })
    }

    fn listen(
        &mut self,
        input: &mut TargetInput,
        output: &Output,
        upload: &mut Option<upload::Upload>,
    ) -> Result<Finished, SessionError> {
        let mut down = None;
        let mut unpacked = VecDeque::new();
        loop {
            let message = match unpacked.pop_front() {
                Some(event) => Ok(FromAgent::Event(event)),
                None => frame::receive(input),
            };
            let message = match (message, down) {
                // A restarting machine may close the connection in any way.
                (Err(_), Some(finished)) => return Ok(finished),
                (message, _) => message?,
            };
            match message {
                FromAgent::Events(packed) => {
                    let senseless = |_| Broken::Senseless("a piece of events that is none".to_owned());
                    unpacked = pack::unpack_events(&packed).map_err(senseless)?.into();
                    continue;
                }
                FromAgent::Begun(run) => {
                    self.uploads = false;
                    let known = self.told.run.as_ref().is_none_or(|known| known.run() == run);
                    if !known {
                        return Err(Broken::Senseless("another run than ours".to_owned()).into());
                    }
                    if self.told.run.is_none() {
                        self.told.run =
                            Some(self.order.terms.options.interrupt.begun(&self.destination.name, &run));
                    }
                    continue;
                }
                FromAgent::MissingBlobs(missing) => {
                    let upload = upload.take().unwrap_or_default();
                    self.uploads = true;
                    upload.blobs(output, &missing, self.order.blobs)?;
                    continue;
                }
                FromAgent::Looked(is_refused) => {
                    self.looked(is_refused, output)?;
                    continue;
                }
                FromAgent::Died => return Err(SessionError::Died),
                FromAgent::Stopped(pid) => return Err(SessionError::Stopped(pid)),
                FromAgent::Answers(_) | FromAgent::Progress(_) | FromAgent::Applied(_) => {
                    return Err(Broken::Senseless("an answer that nobody asked for".to_owned()).into());
                }
                FromAgent::Hello(_) => return Err(Broken::Senseless("a second hello".to_owned()).into()),
                _ => self.told.messages += 1,
            }
            match message {
                FromAgent::Event(event) => {
                    // A run that was started over another connection may continue after its restart.
                    down = None;
                    self.event(*event, output);
                }
                FromAgent::Finished(finished) if finished.restarts => down = Some(finished),
                FromAgent::Finished(finished) => return Ok(finished),
                FromAgent::Failed(failure) => return Err(SessionError::Failed(Reason::Remote(failure))),
                FromAgent::Question(question) => self.asked(question, output)?,
                _ => {}
            }
        }
    }

    /// The target was examined. If nothing is wrong, it may begin once all other targets were examined too.
    fn looked(&self, is_refused: bool, output: &Output) -> Result<(), SessionError> {
        let Some(peers) = self.order.terms.peers else {
            return Err(Broken::Senseless("nobody asked for a look".to_owned()).into());
        };
        if is_refused {
            peers.refused();
            return Ok(());
        }
        peers.wait().map_err(|failure| SessionError::Failed(Reason::Local(failure)))?;
        Ok(output.send(&ToAgent::GoOn)?)
    }

    /// Asks the user about the changes that were just reported.
    fn asked(&mut self, question: u64, output: &Output) -> Result<(), SessionError> {
        let Options { approval, interrupt, .. } = &self.order.terms.options;
        let Some(approval) = approval else {
            return Err(Broken::Senseless("a question in a run that asks none".to_owned()).into());
        };
        let decided = Decided { question, decision: approval.decide(interrupt) };
        self.told.decided = Some(decided);
        Ok(output.send(&ToAgent::Decided(decided))?)
    }

    fn event(&mut self, event: Event, output: &Output) {
        let event = renamed(event, &self.destination.name);
        self.told.seen.note(&event);
        match event {
            // Our own numbers are reported instead.
            Event::Traffic { .. } => return,
            Event::Restart { ref resource, delay, .. } => {
                self.told.restart = Some((resource.id.clone(), delay));
            }
            Event::RunFinished { .. } => (self.sink)(output.traffic().event()),
            _ => {}
        }
        (self.sink)(event);
    }

    /// Reconnects to a target on which the run continues.
    fn again(&mut self, mut lost: Failure, how: reconnect::LossKind) -> Result<AgentConnection, Failure> {
        if self.order.patience.reconnect.is_zero() {
            return Err(self.given_up(lost));
        }
        if !self.limit.one_more(self.told.messages) {
            lost.details.push("it was connected again and again, and sent nothing new".to_owned());
            return Err(self.given_up(lost));
        }
        reconnect::lost(self.destination, self.order, how, self.sink).map_err(|last| {
            lost.details.push(format!("the last attempt to reconnect: {}", last.message));
            self.given_up(lost)
        })
    }

    /// Waits until the machine is back.
    fn restarted(&mut self) -> Result<AgentConnection, Failure> {
        let (by, delay) = self.told.restart.take().unwrap_or_default();
        let down = reconnect::Restarting {
            by: &by,
            delay: Duration::from_secs(u64::from(delay) * 60),
            boot: &self.boot,
        };
        let address = &self.destination.address;
        let wanted = |met: TargetConnection| met.agent(address);
        let reached = reconnect::restarted(self.destination, self.order, &down, wanted, self.sink)?;
        self.boot.clone_from(&reached.hello.boot);
        Ok(reached)
    }

    fn given_up(&self, lost: Failure) -> Failure {
        let Some(run) = self.told.run.as_ref().map(Elsewhere::run) else { return self.told.seen.tell(lost) };
        loss::given_up(self.told.seen.tell(lost), &self.destination.name, run)
    }
}

/// The first request over a connection.
enum Ask {
    /// Starts a run, or continues the known one.
    Begin(Option<Heard>),
    /// Asks for the remaining messages of a run.
    Attach(Heard),
}

/// The agent calls its machine `local`.
fn renamed(mut event: Event, name: &str) -> Event {
    if let Event::RunStarted { target, .. } = &mut event {
        name.clone_into(target);
    }
    event
}
