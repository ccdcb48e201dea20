//! The event stream of a run. Reports, exit code and history are computed from it and from nothing else.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::{Diagnostic, Failure, Location};
use super::notification::Debt;

/// Version of the event stream's JSON form.
pub const SCHEMA: u32 = 2;

/// Whether changes are made or only predicted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Changes are made.
    Run,
    /// Changes are predicted; nothing is written.
    Plan,
}

/// An event of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The first event of a run.
    RunStarted {
        /// Version of the event stream.
        schema: u32,
        /// Whether this is a run or a plan.
        mode: Mode,
        /// The target as the user named it: `local`.
        target: String,
        /// The run list: what `-r` names, or else that of the node in the inventory.
        run_list: Vec<String>,
        /// Number of rows in the collection, without those that are left out.
        resources: usize,
        /// Id of the run. Empty for a plan.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        run: String,
        /// How chefrs works on the target, if not with its agent: `a shell: …`, with the reason.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        via: Option<String>,
    },
    /// A notification that an earlier run still had to send when it was cut off. This run sends it.
    Owed {
        /// The notification.
        debt: Debt,
    },
    /// A warning, about a resource or not.
    Warning {
        /// The warning.
        diagnostic: Diagnostic,
    },
    /// A line for people that belongs to no resource: what the run waits for before it can start, or what could not be
    /// written after its end.
    Note {
        /// The text.
        text: String,
    },
    /// A recipe called `print` while it was compiled.
    Message {
        /// Where the recipe called it.
        location: Location,
        /// The text that was printed.
        text: String,
    },
    /// An action starts.
    ActionStarted {
        /// The resource.
        resource: ResourceRef,
        /// The action.
        action: String,
        /// The resource whose notification started the action, if any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        notified_by: Option<String>,
    },
    /// A change will be made now (run) or would be made (plan).
    Change {
        /// The resource.
        resource: ResourceRef,
        /// One line, an imperative.
        summary: String,
        /// Unified diff, if there is one to show.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        diff: Option<String>,
        /// Whether the change is uncertain: it is what the machine needs now, but the outcome of the action is unknown
        /// (plan).
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        may: bool,
        /// The resource until which the details of the change are unknown, if they are (plan).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        details_until: Option<String>,
        /// Whether there is a diff that is hidden because the resource is sensitive.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        withheld: bool,
    },
    /// A line of output of a command.
    Output {
        /// The resource.
        resource: ResourceRef,
        /// The line, with visible control characters.
        line: String,
    },
    /// The run waits for something: a lock, a service that starts.
    Waiting {
        /// The resource.
        resource: ResourceRef,
        /// What the run waits for.
        message: String,
    },
    /// An attempt failed and another one follows.
    Retry {
        /// The resource.
        resource: ResourceRef,
        /// Why the attempt failed.
        failure: Failure,
        /// Number of attempts left.
        left: u32,
    },
    /// An action ended.
    ActionFinished {
        /// The resource.
        resource: ResourceRef,
        /// The action.
        action: String,
        /// How the action ended.
        outcome: Outcome,
        /// Duration in milliseconds.
        milliseconds: u64,
    },
    /// A notification will be sent.
    Notified {
        /// The resource that was updated.
        from: String,
        /// The resource that is notified.
        to: String,
        /// The action of that resource.
        action: String,
        /// `before`, `immediately` or `delayed`.
        timing: String,
        /// Whether it is uncertain that the notifying resource changes (plan).
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        uncertain: bool,
        /// Whether it is not sent, because the notified resource is left out of the run.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        left_out: bool,
    },
    /// Resources that are left out of the run. Sent directly after its start.
    LeftOut {
        /// `type[name]` of each, in order.
        resources: Vec<String>,
        /// The option that leaves them out: `--only config`.
        by: String,
    },
    /// Resources whose turn did not come. Sent at the end of the run.
    NotRun {
        /// `type[name]` of each, in order.
        resources: Vec<String>,
        /// Why their turn did not come.
        reason: String,
    },
    /// The machine restarts when the run, or this part of it, has ended.
    Restart {
        /// The resource that asked for it.
        resource: ResourceRef,
        /// The reason given for the restart.
        reason: String,
        /// Minutes until the restart.
        delay: u32,
    },
    /// The network traffic of a remote run. Sent before its end.
    Traffic {
        /// Bytes sent to the target.
        sent: u64,
        /// Bytes received from it.
        received: u64,
        /// Number of times that one side waited for the other: an upper bound of the round trips.
        turns: u64,
        /// Why this run has an `ssh` connection of its own. None if the connection can be shared, or if there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unshared: Option<String>,
    },
    /// The last event of a run.
    RunFinished {
        /// Whether nothing failed.
        success: bool,
        /// Whether the run was interrupted before everything was done.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        interrupted: bool,
        /// Number of resources by outcome.
        counts: Counts,
        /// Resources that failed, each with the reason.
        failures: Vec<(ResourceRef, Failure)>,
        /// Duration of the run in milliseconds.
        milliseconds: u64,
    },
}

/// A resource, as events refer to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ResourceRef {
    /// Index in the collection.
    pub row: usize,
    /// Its id, `type[name]`.
    pub id: String,
    /// Where it was declared.
    pub location: Location,
    /// The custom resources that contain it, as `type[name]`, outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub within: Vec<String>,
    /// The cookbook whose code declares it. Empty for the project.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cookbook: String,
    /// The cookbook from elsewhere that asks for it: the same one, or another one that this one works for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub asked_by: String,
    /// Position among the resources that are counted, from 1. A custom resource has the position of the resource before
    /// it, because only the resources inside it are counted.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub position: usize,
}

/// How an action ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// It changed something (run), or would change something (plan).
    Updated,
    /// There was nothing to do.
    UpToDate,
    /// A guard prevented it.
    Skipped {
        /// The guard: `only_if exists "/x" does not hold`.
        reason: String,
    },
    /// It is unknown until another resource has converged (plan).
    Unknown {
        /// `type[name]` of that resource.
        until: String,
        /// Why it would fail in the present state of the machine.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failure: Option<Failure>,
    },
    /// The action failed.
    Failed {
        /// Why it failed.
        failure: Failure,
        /// Whether the run goes on because the resource has `ignore_failure`.
        ignored: bool,
    },
    /// The run ended before the action was reached.
    NotRun {
        /// Why the run ended.
        reason: String,
    },
}

/// Number of resources by outcome. A resource with several actions counts once, under the first of: failed, updated,
/// unknown, up to date, skipped, not run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// Resources that changed, or would change.
    pub updated: usize,
    /// Resources without a change.
    pub up_to_date: usize,
    /// Resources that a guard prevented, or that wait for a notification.
    pub skipped: usize,
    /// Resources whose outcome is unknown.
    pub unknown: usize,
    /// Resources that failed.
    pub failed: usize,
    /// Resources that failed and have `ignore_failure`.
    #[serde(default)]
    pub ignored: usize,
    /// Resources whose turn did not come.
    pub not_run: usize,
    /// Resources that are left out of the run. They are in no other number.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}
