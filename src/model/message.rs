//! Messages between the two halves of a remote run. `target/frame` defines how they are framed.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::blob::BlobRef;
use super::decision::Decided;
use super::error::Failure;
use super::event::{Event, Mode};
use super::journal::Caller;
use super::query::{Answer, Host, Query};
use super::secrets::Secrets;
use super::step::{Progress, Step};

/// Version of the messages. Both halves are the same executable, so the other half always has the same version.
pub const PROTOCOL: u32 = 6;

/// Messages from the controlling side to the agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ToAgent {
    /// Starts a run. The compressed JSON of the collection follows in chunks, `collection` bytes in total.
    Begin(Begin),
    /// The reply to `Looked`: the run may start.
    GoOn,
    /// Sent instead of `Begin`: send the events of a run that was started over an earlier connection.
    Attach(Heard),
    /// The content of a missing blob. It follows in chunks, without the part that the target already has.
    Blob(BlobRest),
    /// Asks queries. Sent instead of a run, any number of times.
    Ask(Vec<Query>),
    /// Applies a step, without the blobs that it names. Sent instead of a run, any number of times. Until the step is
    /// answered, only interrupts may follow.
    Apply(Box<Step>),
    /// Stops the run after the current resource. A second one has no further effect.
    Interrupt,
    /// Also kills the current command.
    Halt,
    /// The reply to `Question`.
    Decided(Decided),
}

/// How much of a run the controlling side has received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heard {
    /// Id of the run.
    pub run: String,
    /// Number of messages received after `Begun`.
    pub messages: usize,
}

/// The parameters of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Begin {
    /// Id of the run.
    pub run: String,
    /// Name of the target. Several targets of a run may be the same machine.
    pub target: String,
    pub mode: Mode,
    /// Seconds to wait for the lock of the target.
    pub lock_timeout: u64,
    /// Whether to go on after a failure, with the resources that don't depend on the failed one.
    pub keep_going: bool,
    /// Whether a plan must not run commands of cookbooks.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_commands: bool,
    /// Whether to ask before each change.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub asks: bool,
    /// The secrets that the collection uses, and no others.
    pub secrets: Secrets,
    /// Size of the compressed JSON of the collection, in bytes.
    pub collection: u64,
    /// All blobs that the collection uses.
    pub blobs: Vec<BlobRef>,
    pub caller: Caller,
    /// Whether to check the machine first and then wait for `GoOn`. The check finds out whether the run would be
    /// refused. Nothing is started before `GoOn`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub looks_first: bool,
    /// Whether an earlier connection broke before the controlling side received `Begun`. If the run was started, its
    /// events are sent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
    /// The run that this run continues after a restart of the machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goes_on: Option<Heard>,
}

/// The missing part of a blob.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlobRest {
    /// The whole blob.
    pub blob: BlobRef,
    /// Number of bytes that the target already has, from the start of the blob.
    pub from: u64,
}

/// A list of events: JSON, compressed with zstd, in Base64.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Packed(pub String);

/// Messages from the agent to the controlling side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum FromAgent {
    /// The first message, sent without a request.
    Hello(Box<Hello>),
    /// The blobs that must be sent before the run can start. Sent once, after `Begin`.
    MissingBlobs(Vec<BlobRest>),
    /// The result of the check: whether the run is refused. If so, its events follow; otherwise the agent waits for
    /// `GoOn`. Sent once, if `Begin` asked for it.
    Looked(bool),
    /// A run with this id was started, and goes on even if the connection breaks. The messages after this one are
    /// counted, so that a later connection can resume at any of them. Not sent for a plan, which ends with its
    /// connection.
    Begun(String),
    Event(Box<Event>),
    /// A list of events, equivalent to single `Event` messages.
    Events(Packed),
    /// The question with this number, from 1: whether the changes that were just reported are made. The run waits for
    /// `Decided`.
    Question(u64),
    /// The run has ended.
    Finished(Finished),
    /// The reply to `Ask`, in the order of the queries.
    Answers(Vec<Answer>),
    /// Progress of the step that is being applied.
    Progress(Progress),
    /// The reply to `Apply`, with the failure if it failed.
    Applied(Option<Failure>),
    /// The run could not be started or resumed.
    Failed(Failure),
    /// The process of the run was killed.
    Died,
    /// The process of the run, with this process id, was stopped by a signal.
    Stopped(u32),
}

/// The first message of the agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hello {
    /// Must be equal to [`PROTOCOL`].
    pub protocol: u32,
    /// Version of chefrs.
    pub version: String,
    /// Properties of the machine, and the current user.
    pub host: Host,
    /// Facts about the machine.
    pub facts: Map<String, Value>,
    /// Boot id of the machine, which changes at each boot. Empty if it is not available.
    #[serde(default)]
    pub boot: String,
}

/// The result of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finished {
    /// Whether nothing failed, apart from resources with `ignore_failure`.
    pub success: bool,
    /// Whether something changed, would change, or may change.
    pub changed: bool,
    /// Whether the run was interrupted before everything was done.
    pub interrupted: bool,
    /// Whether the machine restarts now. Only a message that the restart failed may follow.
    #[serde(default)]
    pub restarts: bool,
}
