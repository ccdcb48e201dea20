//! Floor 7: the control side of a remote run: reaches a target, makes an agent run there, hands it the collection.
//!
//! Where the agent can't run, the same engine works on this side, through the target's shell and the same connection.
//!
//! Nothing in here can touch this machine: there is no local target in it, only a channel and bytes to send.

use serde_json::{Map, Value};

use crate::converge::Summary;
use crate::model::english::one_line;
use crate::model::error::Failure;
use crate::model::event::Event;
use crate::model::query::{Answer, Query};
use crate::model::step::Step;
use crate::target::interrupt::Interrupt;
use crate::target::outgoing::Executable;
use crate::target::{Progress, Target};

mod connect;
mod connect_timeout;
mod conversation;
mod destination;
mod handshake;
mod interrupts;
mod needed;
mod order;
mod password;
mod queries;
mod reconnect;
mod refused;
mod seen;
mod shell_run;
mod shell_target;
mod sudo;
mod unseen;
mod upload;
mod wire;

pub use destination::Destination;
pub use order::{Patience, RemoteOrder, Watch};
pub use password::Password;

use connect::{Met, Reached, reach};
use refused::{Refused, told};

/// Says that machines will be reached soon: what takes a moment, and is the same for all of them, begins.
pub fn prepare() {
    Executable::prepare();
}

/// A target with an agent that has introduced itself, or with a shell that listens.
#[derive(Debug)]
pub struct Session {
    destination: Destination,
    interrupt: Interrupt,
    met: Met,
}

impl Session {
    /// Reaches the target and starts the agent there; sends it first where it is missing. Where it can't run, a shell
    /// takes its place.
    ///
    /// # Errors
    /// The target can't be reached, lets nobody in, or can run neither.
    pub fn open(destination: &Destination, interrupt: &Interrupt) -> Result<Self, Failure> {
        let met = reach(destination, interrupt).map_err(|mut failure| {
            if let Some(meant) = &destination.meant {
                failure.hints.insert(0, format!("did you mean the node `{}`?", one_line(meant)));
            }
            failure
        })?;
        Ok(Self { destination: destination.clone(), interrupt: interrupt.clone(), met })
    }

    /// What the machine says of itself.
    #[must_use]
    pub fn facts(&self) -> &Map<String, Value> {
        match &self.met {
            Met::Agent(reached) => &reached.hello.facts,
            Met::Shell(through) => through.facts(),
        }
    }

    /// Says goodbye to a target that has nothing to do.
    pub fn close(self) {
        self.met.close();
    }

    /// Converges (or plans) a collection there. Everything that happens comes out as events, under the destination's name.
    ///
    /// # Errors
    /// Another run holds the target; the target was lost, or is not what it says: the events tell how far it came.
    pub fn converge(self, order: &RemoteOrder<'_>, sink: &mut dyn FnMut(Event)) -> Result<Summary, Failure> {
        match self.met {
            Met::Agent(reached) => conversation::converge(&self.destination, reached, order, sink),
            Met::Shell(through) => shell_run::converge(*through, &self.destination, order, sink),
        }
    }
}

impl Session {
    /// Tells of a run from its first event on. Everything comes out as events, under the destination's name.
    ///
    /// # Errors
    /// The run is not known there; the target was lost, or is not what it says.
    pub fn attach(self, watch: &Watch<'_>, sink: &mut dyn FnMut(Event)) -> Result<Summary, Failure> {
        match self.met {
            Met::Agent(reached) => conversation::attach(&self.destination, reached, watch, sink),
            Met::Shell(through) => {
                through.close();
                let address = &self.destination.address;
                let failure =
                    Failure::new(format!("the agent can't run on `{address}`, so no run is kept there"));
                Err(failure.hint("a run through a shell ends with its connection"))
            }
        }
    }
}

/// Questions and single steps, for who wants no run. A session is either a run or these.
impl Target for Session {
    fn name(&self) -> &str {
        &self.destination.name
    }

    fn process(&self) -> u32 {
        match &self.met {
            // Its number says nothing to anybody here, and the agent tells its own where it matters.
            Met::Agent(_) => 0,
            Met::Shell(through) => through.shell().process(),
        }
    }

    fn has_ended(&self) -> bool {
        self.interrupt.is_halted()
    }

    fn ask(&mut self, queries: &[Query]) -> Result<Vec<Answer>, Failure> {
        match &mut self.met {
            Met::Agent(reached) => {
                queries::ask(reached, queries).map_err(|refused| lost(refused, &self.destination, reached))
            }
            Met::Shell(through) => through.shell_mut().ask(queries),
        }
    }

    fn apply(&mut self, step: &Step, progress: &mut dyn FnMut(Progress)) -> Result<(), Failure> {
        match &mut self.met {
            Met::Agent(reached) => queries::apply(reached, &self.interrupt, step, progress)
                .map_err(|refused| lost(refused, &self.destination, reached))
                .flatten(),
            Met::Shell(through) => through.apply(&self.interrupt, step, progress),
        }
    }
}

fn lost(refused: Refused, destination: &Destination, reached: &mut Reached) -> Failure {
    let address = &destination.address;
    match refused {
        Refused::Said(reason) => reason.of(address),
        Refused::Died | Refused::Stopped(_) => {
            Failure::new(format!("`{address}` speaks of a run where there is none"))
        }
        Refused::Broken(broken, heard) => told(broken, address, &mut reached.channel, heard),
    }
}
