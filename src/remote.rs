//! Floor 7: the control side of a remote run: connects to a target, starts an agent there, and sends it the collection.
//!
//! If the agent can't run there, the same engine runs on this side, through the target's shell and the same connection.
//!
//! Nothing here can change this machine: there is no local target, only a channel and bytes to send.

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
mod handshake;
mod interrupts;
mod loss;
mod needed;
mod order;
mod password;
mod queries;
mod reconnect;
mod session_error;
mod shell_run;
mod shell_target;
mod sudo;
mod upload;
mod wire;

pub use order::{Destination, Patience, RemoteOrder, Watch};
pub use password::Password;

use connect::{AgentConnection, TargetConnection, reach};
use session_error::{SessionError, told};

/// Prepares for remote targets: starts what takes a moment and is the same for all of them.
pub fn prepare() {
    Executable::prepare();
}

/// Waits until that is done.
pub fn prepared() {
    // Why it can't be read is told where a target is reached.
    let _ = Executable::own();
}

/// A connected target, with an agent or a shell.
#[derive(Debug)]
pub struct Session {
    destination: Destination,
    interrupt: Interrupt,
    met: TargetConnection,
}

impl Session {
    /// Connects to the target and starts the agent, which is sent first if it is missing. If it can't run there, a
    /// shell is used instead.
    ///
    /// # Errors
    /// The target can't be reached, refuses the login, or can run neither.
    pub fn open(destination: &Destination, interrupt: &Interrupt) -> Result<Self, Failure> {
        Self::open_heard(destination, interrupt, &|| {})
    }

    /// The same. Calls `heard` at each sign of life until then: the target may be slow, but is not silent.
    ///
    /// # Errors
    /// As [`Session::open`].
    pub fn open_heard(
        destination: &Destination,
        interrupt: &Interrupt,
        heard: &dyn Fn(),
    ) -> Result<Self, Failure> {
        let met = reach(destination, interrupt, heard).map_err(|mut failure| {
            if let Some(meant) = &destination.meant {
                failure.hints.insert(0, format!("did you mean the node `{}`?", one_line(meant)));
            }
            failure
        })?;
        Ok(Self { destination: destination.clone(), interrupt: interrupt.clone(), met })
    }

    /// Takes the facts of the machine out of the session.
    pub fn take_facts(&mut self) -> Map<String, Value> {
        std::mem::take(match &mut self.met {
            TargetConnection::Agent(reached) => &mut reached.hello.facts,
            TargetConnection::Shell(connection) => connection.facts_mut(),
        })
    }

    /// Closes the connection without a run.
    pub fn close(self) {
        self.met.close();
    }

    /// Converges (or plans) a collection on the target. Events are sent to `sink` under the destination's name.
    ///
    /// # Errors
    /// Another run holds the target, the target was lost, or it is not the expected one. The events up to then have
    /// been sent.
    pub fn converge(self, order: &RemoteOrder<'_>, sink: &mut dyn FnMut(Event)) -> Result<Summary, Failure> {
        match self.met {
            TargetConnection::Agent(reached) => {
                conversation::converge(&self.destination, reached, order, sink)
            }
            TargetConnection::Shell(connection) => {
                shell_run::converge(*connection, &self.destination, order, sink)
            }
        }
    }
}

impl Session {
    /// Sends all events of a run to `sink`, from the first one on, under the destination's name.
    ///
    /// # Errors
    /// The run is not known there, the target was lost, or it is not the expected one.
    pub fn attach(self, watch: &Watch<'_>, sink: &mut dyn FnMut(Event)) -> Result<Summary, Failure> {
        match self.met {
            TargetConnection::Agent(reached) => conversation::attach(&self.destination, reached, watch, sink),
            TargetConnection::Shell(connection) => {
                connection.close();
                let address = &self.destination.address;
                let failure =
                    Failure::new(format!("the agent can't run on `{address}`, so no run is kept there"));
                Err(failure.hint("a run through a shell ends with its connection"))
            }
        }
    }
}

/// Single queries and steps. Queries may be asked before a run; a session that applied a step can run nothing else.
impl Target for Session {
    fn name(&self) -> &str {
        &self.destination.name
    }

    fn process(&self) -> u32 {
        match &self.met {
            // The id of the agent's process is of no use here; where it matters, the agent reports it.
            TargetConnection::Agent(_) => 0,
            TargetConnection::Shell(connection) => connection.shell().process(),
        }
    }

    fn has_ended(&self) -> bool {
        self.interrupt.is_halted()
    }

    fn ask(&mut self, queries: &[Query]) -> Result<Vec<Answer>, Failure> {
        match &mut self.met {
            TargetConnection::Agent(reached) => queries::ask(reached, &self.interrupt, queries)
                .map_err(|refused| lost(refused, &self.destination, reached)),
            TargetConnection::Shell(connection) => connection.ask(&self.interrupt, queries),
        }
    }

    fn apply(&mut self, step: &Step, progress: &mut dyn FnMut(Progress)) -> Result<(), Failure> {
        match &mut self.met {
            TargetConnection::Agent(reached) => queries::apply(reached, &self.interrupt, step, progress)
                .map_err(|refused| lost(refused, &self.destination, reached))
                .flatten(),
            TargetConnection::Shell(connection) => connection.apply(&self.interrupt, step, progress),
        }
    }
}

fn lost(refused: SessionError, destination: &Destination, reached: &mut AgentConnection) -> Failure {
    let address = &destination.address;
    match refused {
        SessionError::Failed(reason) => reason.of(address),
        SessionError::Died | SessionError::Stopped(_) => {
            Failure::new(format!("`{address}` speaks of a run where there is none"))
        }
        SessionError::Broken(broken, heard) => told(broken, address, &mut reached.channel, heard),
    }
}
