//! What goes over the wire between the two halves of a remote run. The words; their framing is `target/frame`.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::blob::BlobRef;
use super::error::Failure;
use super::event::{Event, Mode};
use super::query::{Answer, Host, Query};
use super::step::{Progress, Step};

/// Version of the messages. Both halves are the same executable, so any other number is a mistake of ours or a lie.
pub const PROTOCOL: u32 = 1;

/// From the control side to the agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ToAgent {
    /// What to converge. The collection's JSON follows as chunks, `collection` bytes in all.
    Begin(Begin),
    /// Bytes that were missing; they follow as chunks, `size` in all.
    Blob(BlobRef),
    /// Find these out. Instead of a run, and as often as wanted.
    Ask(Vec<Query>),
    /// Do this, without bytes that it names by digest. Instead of a run, and as often as wanted; until it is answered,
    /// only interrupts may follow.
    Apply(Box<Step>),
    /// End the run after the resource at hand; said again, end that one's command too.
    Interrupt,
}

/// How to converge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Begin {
    /// Run or plan.
    pub mode: Mode,
    /// Seconds to wait for another run to give the target free.
    pub lock_timeout: u64,
    /// After a failure, go on with what does not depend on the failed resource.
    pub keep_going: bool,
    /// The secrets that the collection names, and no others.
    pub secrets: Secrets,
    /// Number of bytes of the collection's JSON.
    pub collection: u64,
    /// All bytes that the collection names by digest.
    pub blobs: Vec<BlobRef>,
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

/// From the agent to the control side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum FromAgent {
    /// First of all, unasked.
    Hello(Box<Hello>),
    /// SHA-256 of the blobs that must be sent before anything is converged. Comes once, after `Begin`.
    MissingBlobs(Vec<String>),
    /// The run waits to begin, or something could not be written after its end: a line for people.
    Note(String),
    /// Another run holds the target; nothing was touched.
    Locked(Failure),
    /// Something happened.
    Event(Box<Event>),
    /// The run is over.
    Finished(Finished),
    /// To `Ask`, in the order of the questions.
    Answers(Vec<Answer>),
    /// What happens while a step is being applied.
    Progress(Progress),
    /// To `Apply`: why it could not be done, if so.
    Applied(Option<Failure>),
    /// The agent can't go on.
    Failed(Failure),
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
}

/// What became of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finished {
    /// Nothing failed (or only what was told to be ignored).
    pub success: bool,
    /// Something changed, or would, or may.
    pub changed: bool,
    /// It was interrupted before the end.
    pub interrupted: bool,
}
