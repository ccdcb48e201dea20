//! What goes over the wire between the two halves of a remote run. The words; their framing is `target/frame`.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::blob::BlobRef;
use super::error::Failure;
use super::event::{Event, Mode};
use super::journal::Caller;
use super::query::{Answer, Host, Query};
use super::step::{Progress, Step};

/// Version of the messages. Both halves are the same executable, so any other number is a mistake of ours or a lie.
pub const PROTOCOL: u32 = 5;

/// From the control side to the agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ToAgent {
    /// What to converge. The collection's JSON, packed, follows as chunks, `collection` bytes in all.
    Begin(Begin),
    /// To `Looked`: the run may begin.
    GoOn,
    /// Instead of `Begin`: go on telling of a run that was begun over another connection.
    Attach(Heard),
    /// Bytes that were missing; they follow as chunks, without those that are there.
    Blob(BlobRest),
    /// Find these out. Instead of a run, and as often as wanted.
    Ask(Vec<Query>),
    /// Do this, without bytes that it names by digest. Instead of a run, and as often as wanted; until it is answered,
    /// only interrupts may follow.
    Apply(Box<Step>),
    /// End the run after the resource at hand. Said twice, it means no more than once.
    Interrupt,
    /// End the command at hand too.
    Halt,
}

/// How much of a run the control side has heard of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heard {
    /// Id of the run.
    pub run: String,
    /// Number of its messages, counted from the one after `Begun`.
    pub messages: usize,
}

/// How to converge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Begin {
    /// Id of the run, wherever it is told of.
    pub run: String,
    /// The target's name: one machine may be several targets of a run.
    pub target: String,
    pub mode: Mode,
    /// Seconds to wait for another run to give the target free.
    pub lock_timeout: u64,
    /// After a failure, go on with what does not depend on the failed resource.
    pub keep_going: bool,
    /// A plan runs no command of a cookbook.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_commands: bool,
    /// The secrets that the collection names, and no others.
    pub secrets: Secrets,
    /// Number of bytes of the collection's JSON, packed.
    pub collection: u64,
    /// All bytes that the collection names by digest.
    pub blobs: Vec<BlobRef>,
    pub caller: Caller,
    /// Whether the machine is only looked at until it is said to go on: what a run would be refused for is told, and
    /// nothing is begun.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub looks_first: bool,
    /// Whether a connection has broken before it was heard that the run has begun. If it has, it is told of.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
    /// The run that this one goes on with, because a resource of it has restarted the machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goes_on: Option<Heard>,
}

/// What is missing of a blob.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlobRest {
    /// All of it.
    pub blob: BlobRef,
    /// Bytes from its begin that are there since a connection broke.
    pub from: u64,
}

/// Values of secrets by name; never printed, not even for debugging.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secrets(pub BTreeMap<String, String>);

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// A list of events as JSON, compressed by zstd, in Base64.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Packed(pub String);

/// From the agent to the control side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum FromAgent {
    /// First of all, unasked.
    Hello(Box<Hello>),
    /// The blobs that must be sent before anything is converged. Comes once, after `Begin`.
    MissingBlobs(Vec<BlobRest>),
    /// The machine has been looked at, and nothing was begun: whether the run is refused. If so its events follow, else
    /// `GoOn` is waited for. Comes once, after a `Begin` that asked for it.
    Looked(bool),
    /// A run was started that goes on by itself whatever becomes of the connection: its id. What follows is numbered,
    /// so that it can be heard from any point on; a plan is not announced, and ends with its connection.
    Begun(String),
    Event(Box<Event>),
    /// Much happened: a list of events, as if each were said by itself.
    Events(Packed),
    /// The run is over.
    Finished(Finished),
    /// To `Ask`, in the order of the questions.
    Answers(Vec<Answer>),
    /// What happens while a step is being applied.
    Progress(Progress),
    /// To `Apply`: why it could not be done, if so.
    Applied(Option<Failure>),
    /// There was no beginning, or there is no going on.
    Failed(Failure),
    /// The process of the run was ended from outside before it came to its end.
    Died,
    /// The process of the run, of this number, was stopped from outside, and does nothing.
    Stopped(u32),
}

/// Who answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hello {
    /// See [`PROTOCOL`].
    pub protocol: u32,
    /// Version of the program.
    pub version: String,
    /// Who and where it is.
    pub host: Host,
    /// What the machine says of itself.
    pub facts: Map<String, Value>,
    /// Another one after each start of the machine; empty where it can't be told.
    #[serde(default)]
    pub boot: String,
}

/// What became of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finished {
    /// Nothing failed (or only what was told to be ignored).
    pub success: bool,
    /// Something changed, or would, or may.
    pub changed: bool,
    /// It was interrupted before everything was done.
    pub interrupted: bool,
    /// The machine restarts now. What may still follow is that it could not.
    #[serde(default)]
    pub restarts: bool,
}
