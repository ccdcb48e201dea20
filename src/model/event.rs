//! What a run says while it happens: the only way out for results. Reporters, exit code and history read nothing else.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::{Diagnostic, Failure, Location};
use super::notification::Debt;

/// Version of the event stream's JSON form.
pub const SCHEMA: u32 = 2;

/// Whether changes are made or only said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Changes are made.
    Run,
    /// Changes are predicted; nothing is written.
    Plan,
}

/// One happening, in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// First of all.
    RunStarted {
        /// Version of this form; see [`SCHEMA`].
        schema: u32,
        /// Run or plan.
        mode: Mode,
        /// The target as it was named: `local`.
        target: String,
        /// What was asked for.
        run_list: Vec<String>,
        /// Number of rows in the collection.
        resources: usize,
        /// Id of the run; a plan has none.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        run: String,
        /// How the target is worked on, where it is not by this program itself: `a shell: …`, with the reason.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        via: Option<String>,
    },
    /// An earlier run was cut off before this notification ran: it is paid in this one.
    Owed {
        /// The notification.
        debt: Debt,
    },
    /// Something a person should know, bound to no resource or to one.
    Warning {
        /// What.
        diagnostic: Diagnostic,
    },
    /// A line for people, outside of any resource: for whom the run waits before it can begin, what could not be written
    /// after its end.
    Note {
        /// The line.
        text: String,
    },
    /// A recipe printed something while it was compiled.
    Message {
        /// Where.
        location: Location,
        /// What.
        text: String,
    },
    /// An action's turn has come.
    ActionStarted {
        /// The resource.
        resource: ResourceRef,
        /// The action.
        action: String,
        /// The resource that notified it, if it is here for that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        notified_by: Option<String>,
    },
    /// A change is about to be made (run) or would be made (plan).
    Change {
        /// The resource.
        resource: ResourceRef,
        /// One line, verb first.
        summary: String,
        /// Unified diff, if there is one to show.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        diff: Option<String>,
        /// Whether it is only what would be made as the machine is now: the action's outcome is unknown (plan).
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        may: bool,
        /// Whether there is a diff that is not shown, because the resource is sensitive.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        withheld: bool,
    },
    /// A line that a command printed.
    Output {
        /// The resource.
        resource: ResourceRef,
        /// The line, control characters made visible.
        line: String,
    },
    /// Nothing moves until somebody else is ready: a lock, a service that boots.
    Waiting {
        /// The resource.
        resource: ResourceRef,
        /// For what.
        message: String,
    },
    /// An attempt failed and another follows.
    Retry {
        /// The resource.
        resource: ResourceRef,
        /// What went wrong.
        failure: Failure,
        /// Attempts left.
        left: u32,
    },
    /// An action is over.
    ActionFinished {
        /// The resource.
        resource: ResourceRef,
        /// The action.
        action: String,
        /// How it ended.
        outcome: Outcome,
        /// Milliseconds it took.
        milliseconds: u64,
    },
    /// A notification was earned.
    Notified {
        /// The updated resource.
        from: String,
        /// The resource to act.
        to: String,
        /// With which action.
        action: String,
        /// `before`, `immediately` or `delayed`.
        timing: String,
        /// Whether it is not certain that the notifier changes (plan).
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        uncertain: bool,
    },
    /// Resources whose turn never came; told at the end of the run.
    NotRun {
        /// `type[name]` of each, in order.
        resources: Vec<String>,
        /// Why.
        reason: String,
    },
    /// The machine restarts as soon as the run, or this part of it, has ended.
    Restart {
        /// The resource that asked for it.
        resource: ResourceRef,
        /// Why.
        reason: String,
        /// Minutes until then.
        delay: u32,
    },
    /// What a remote run has cost on the wire, told before its end.
    Traffic {
        /// Bytes sent to the target.
        sent: u64,
        /// Bytes received from it.
        received: u64,
        /// How often one side waited for the other: round trips at most.
        turns: u64,
        /// Why the connection of `ssh` is this run's alone; nothing where others can share it, or none is needed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unshared: Option<String>,
    },
    /// Last of all.
    RunFinished {
        /// Whether everything went well.
        success: bool,
        /// Whether somebody interrupted it before everything was done.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        interrupted: bool,
        /// Rows by outcome.
        counts: Counts,
        /// Resources that failed, with the reason.
        failures: Vec<(ResourceRef, Failure)>,
        /// Milliseconds of the whole run.
        milliseconds: u64,
    },
}

/// A resource as an event names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ResourceRef {
    /// Index in the collection.
    pub row: usize,
    /// `type[name]`.
    pub id: String,
    /// Where it was declared.
    pub location: Location,
    /// `type[name]` of the custom resources around it, outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub within: Vec<String>,
    /// Its place among the resources that are counted, from 1. A custom resource has that of the one before it: its
    /// work is that of the rows inside it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub position: usize,
}

/// How an action ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// It changed something (run) or would (plan).
    Updated,
    /// There was nothing to do.
    UpToDate,
    /// A guard kept it from running.
    Skipped {
        /// Which: `only_if exists "/x" does not hold`.
        reason: String,
    },
    /// It can't be told before another resource has converged (plan).
    Unknown {
        /// `type[name]` of that resource.
        until: String,
        /// Why it would fail, as the machine is now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failure: Option<Failure>,
    },
    /// It failed.
    Failed {
        /// Why.
        failure: Failure,
        /// Whether the cook said to go on.
        ignored: bool,
    },
    /// The run ended before its turn.
    NotRun {
        /// Why.
        reason: String,
    },
}

/// Rows by outcome. A row with several actions counts once, by its weightiest: failed, updated, unknown, up to date, skipped, not run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// Changed, or would change.
    pub updated: usize,
    /// Nothing to do.
    pub up_to_date: usize,
    /// Kept back by a guard, or waiting for a notification that did not come.
    pub skipped: usize,
    /// Can't be told yet.
    pub unknown: usize,
    /// Failed.
    pub failed: usize,
    /// Failed, and the cook said to go on.
    #[serde(default)]
    pub ignored: usize,
    /// Turn never came.
    pub not_run: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}
