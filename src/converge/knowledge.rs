//! What is known of the target: asked in batches, and forgotten when a step may have changed it.

use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

use crate::model::change::{Change, Reach};
use crate::model::error::{Failure, FailureKind};
use crate::model::event::Mode;
use crate::model::journal::{BegunAction, Record};
use crate::model::known::{Known, LastComponent, Links, Stop};
use crate::model::query::{Answer, CommandResult, End, Query};
use crate::model::step::{Command, Step};
use crate::target::{Progress, Target};

use super::overlay::{Belief, Overlay};
use super::{batch, reads};

mod planning;

/// What an unknown command result depends on, if commands are not run: `unknown until its commands run`.
const NOT_RUN: &str = "its commands run";

/// A target and the answers that it has given.
pub(super) struct Knowledge<'a> {
    target: &'a mut dyn Target,
    /// Answers of the target.
    known: Known,
    /// Predictions; only in a plan.
    overlay: Option<Overlay>,
    /// What resources would have changed that failed. Empty unless the run goes on after a failure.
    unmade: Overlay,
    /// Whether commands of cookbooks are run to learn their result.
    runs_commands: bool,
    /// What a plan assumes: answers with the predictions applied. Cleared with each planned change.
    view: Known,
    /// What the action that is being planned was about, if it was begun before, and broken off.
    begun: Option<BegunAction>,
    /// Grows whenever an answer may have become stale.
    pub(super) generation: u64,
    /// Why the target was lost.
    pub(super) lost: Option<Failure>,
}

/// The changes that a resource needs.
#[derive(Debug, Default)]
pub(super) struct Planned {
    pub(super) changes: Vec<Change>,
    /// The resource that decides whether these changes are made, or which ones.
    pub(super) until: Option<String>,
    /// Whether the resource will be as declared afterwards in any case.
    pub(super) holds: bool,
    /// The resource that decides what exactly is changed.
    pub(super) details_until: Option<String>,
}

/// The result of a command of a cookbook.
pub(super) struct CommandEnding {
    /// The result in the current state of the machine.
    pub(super) result: CommandResult,
    /// The resource that decides what the result will be.
    pub(super) until: Option<String>,
}

impl<'a> Knowledge<'a> {
    pub(super) fn new(target: &'a mut dyn Target, mode: Mode) -> Self {
        Self {
            target,
            known: Known::default(),
            overlay: (mode == Mode::Plan).then(Overlay::default),
            unmade: Overlay::default(),
            runs_commands: true,
            view: Known::default(),
            begun: None,
            generation: 0,
            lost: None,
        }
    }

    /// Sets whether commands are run to learn their result. If not, their result is unknown.
    pub(super) fn running_commands(self, runs_commands: bool) -> Self {
        Self { runs_commands, ..self }
    }

    /// Starts with answers from before.
    pub(super) fn begin_with(&mut self, known: Known) {
        self.known = known;
    }

    pub(super) fn into_known(self) -> Known {
        self.known
    }

    /// Waits on the target.
    pub(super) fn wait(&mut self, pause: Duration) {
        self.target.wait(pause);
    }

    pub(super) fn target_name(&self) -> &str {
        self.target.name()
    }

    /// Whether the run was ended, so that the target starts no more commands.
    pub(super) fn has_ended(&self) -> bool {
        self.target.has_ended()
    }

    /// The predictions, if there are any.
    fn pending(&self) -> Option<&Overlay> {
        self.overlay.as_ref().filter(|overlay| !overlay.is_empty())
    }

    /// The answers to plan with.
    fn at_hand(&self) -> &Known {
        if self.pending().is_some() { &self.view } else { &self.known }
    }

    fn at_hand_mut(&mut self) -> &mut Known {
        if self.pending().is_some() { &mut self.view } else { &mut self.known }
    }

    /// Asks the queries that have no answer yet, in one batch.
    pub(super) fn ask(&mut self, queries: impl IntoIterator<Item = Query>) -> Result<(), Stop> {
        let batch = once(queries.into_iter().filter(|query| !self.at_hand().has(query)));
        let Some(overlay) = self.overlay.as_ref().filter(|overlay| !overlay.is_empty()) else {
            return self.ask_target(batch);
        };
        let asked: Vec<Query> =
            batch.iter().map(|query| overlay.asked_as(query, self.known.links())).collect();
        let open = asked.iter().filter(|query| !self.known.has(query) && !overlay.stands_alone(query));
        let open = once(open.cloned());
        self.ask_target(open)?;
        let Self { overlay: Some(overlay), known, view, .. } = self else { return Ok(()) };
        for (query, asked) in batch.into_iter().zip(asked) {
            let now = known.peek(&asked);
            let by_name = overlay.by_name(&query, known.links());
            match overlay.believe(&by_name, now.unwrap_or(&Answer::Restart(None))) {
                Belief::Told(answer) => view.insert(query, answer),
                Belief::Unknown(until) => view.insert_unknown(query, until, now.cloned()),
                Belief::AsNow => view.insert(query, now.cloned().unwrap_or(Answer::Restart(None))),
            }
        }
        Ok(())
    }

    fn ask_target(&mut self, mut batch: Vec<Query>) -> Result<(), Stop> {
        if !self.runs_commands {
            let is_command = |query: &mut Query| matches!(query, Query::Command(_));
            for query in batch.extract_if(.., is_command) {
                self.known.insert(query, Answer::Unknown(NOT_RUN.to_owned()));
            }
        }
        if batch.is_empty() {
            return Ok(());
        }
        batch::ask(self.target, &mut self.known, batch).map_err(|failure| {
            self.lost = Some(failure.clone());
            Stop::Failed(failure)
        })
    }

    /// The answer to one query.
    ///
    /// # Errors
    /// The answer is not known yet, or the query failed.
    pub(super) fn one(&mut self, query: &Query) -> Result<&Answer, Stop> {
        self.ask([query.clone()])?;
        self.at_hand().get(query)
    }

    /// Whether anything exists at a path, symlinks followed.
    ///
    /// # Errors
    /// The answer is not known yet, or the query failed.
    pub(super) fn is_there(&mut self, path: Utf8PathBuf) -> Result<bool, Stop> {
        self.ask([Query::Resolve(path.clone())])?;
        self.at_hand().is_there(&path)
    }

    /// The result of a command of a cookbook, and what it depends on.
    ///
    /// # Errors
    /// The target was lost, or the command looks at something that is not known yet.
    pub(super) fn ending(&mut self, command: &Command) -> Result<CommandEnding, Stop> {
        if (self.pending().is_some() || !self.runs_commands)
            && let Some((path, contrary)) = reads::existence(command)
        {
            let there = self.is_there(path)?;
            let end = End::Exit(i32::from(there == contrary));
            return Ok(CommandEnding {
                result: CommandResult { end, ..CommandResult::default() },
                until: None,
            });
        }
        let query = Query::Command(Box::new(command.clone()));
        let mut wanted = vec![query.clone()];
        if self.pending().is_some()
            && let reads::Reads::Paths(paths) = reads::reads(command)
        {
            wanted.extend(paths.into_iter().map(Query::Resolve));
        }
        wanted.retain(|query| !self.known.has(query));
        self.ask_target(wanted)?;
        let known = &self.known;
        let until = self.pending().and_then(|overlay| {
            let now = |query: &Query| known.peek(query).cloned().unwrap_or(Answer::Stat(None));
            let order = overlay.decides(command, known.links(), now);
            (order > 0).then(|| overlay.id(order).to_owned())
        });
        match known.get(&query)? {
            Answer::Command(result) => Ok(CommandEnding { result: result.clone(), until }),
            _ => Err(Failure::new("the target has no answer to the command").into()),
        }
    }

    /// The path, or the outermost directory above it that this plan creates.
    pub(super) fn first_made_on_the_way_to(&self, path: &Utf8Path) -> Utf8PathBuf {
        let is_made = |directory: &Utf8Path| {
            let query = Query::Stat(directory.to_owned());
            self.known.peek(&query) == Some(&Answer::Stat(None))
                && self
                    .pending()
                    .is_some_and(|overlay| overlay.tells(&overlay.by_name(&query, self.known.links())))
        };
        let mut path = path;
        while let Some(directory) = path.parent().filter(|directory| is_made(directory)) {
            path = directory;
        }
        path.to_owned()
    }

    /// The path with all known symlinks resolved, except the last component. Other resources refer to it by this name.
    pub(super) fn by_its_own_name(&self, path: &Utf8Path) -> Utf8PathBuf {
        let query = Query::Stat(path.to_owned());
        let named = match self.pending() {
            Some(overlay) => overlay.by_name(&query, self.known.links()).path().map(Utf8Path::to_owned),
            None => Some(self.known.links().real(&Links::default(), path, LastComponent::Kept).into_owned()),
        };
        named.unwrap_or(query.path().unwrap_or(path).to_owned())
    }

    /// The target's own answer, if it was asked.
    pub(super) fn peek(&self, query: &Query) -> Option<&Answer> {
        self.known.peek(query)
    }

    /// Applies a step, and forgets the answers that it may have changed.
    pub(super) fn apply(&mut self, step: &Step, progress: &mut dyn FnMut(Progress)) -> Result<(), Failure> {
        let result = self.target.apply(step, progress);
        if let Err(failure) = &result
            && failure.kind == FailureKind::Lost
        {
            self.lost.get_or_insert_with(|| failure.clone());
        }
        // A failed step may have made part of its changes.
        self.generation += 1;
        self.known.forget_after(step);
        result
    }

    /// Writes to the state that the target keeps of its runs. No answer becomes stale.
    pub(super) fn record(&mut self, record: Record) -> Result<(), Failure> {
        self.target.apply(&Step::Record(record), &mut |_| {})
    }

    /// Predicts the effects of planned changes of a resource.
    pub(super) fn predict(&mut self, id: &str, planned: &Planned) {
        let Some(overlay) = &mut self.overlay else { return };
        let host = self.known.host().ok();
        let certain = planned.until.is_none() || planned.holds;
        for change in &planned.changes {
            overlay.add(id, change, certain, planned.until.is_some(), host, self.known.links());
            if may_be_virtual(&self.known, change) {
                overlay.end_transaction();
            }
        }
        self.generation += 1;
        self.view = Known::default();
    }

    /// Marks as uncertain what a resource may change, if that can't be planned yet: paths, accounts and services with
    /// these names, and whatever else its type reaches.
    pub(super) fn doubt(&mut self, id: &str, subjects: &[&str], reach: Reach, packages: bool) {
        let Some(overlay) = &mut self.overlay else { return };
        overlay.doubt(id, subjects, reach, packages, self.known.links());
        self.generation += 1;
        self.view = Known::default();
    }

    /// Marks what a failed resource may not have changed, as [`Self::doubt`] marks it. `failed` is the resource that
    /// failed: the one with these names, or one that it needs.
    pub(super) fn leave_unmade(&mut self, failed: &str, subjects: &[&str], reach: Reach, packages: bool) {
        self.unmade.doubt(failed, subjects, reach, packages, self.known.links());
    }

    /// Forgets all answers, so that the machine is asked again.
    pub(super) fn refresh(&mut self) {
        self.known.forget(|query, _| *query != Query::Host);
    }
}

/// Whether a change installs what no repository has now: a package that may turn out to be a virtual one.
fn may_be_virtual(known: &Known, change: &Change) -> bool {
    change.steps.iter().any(|step| {
        let Step::Packages { manager, packages, .. } = step else { return false };
        packages.iter().any(|name| {
            let query = Query::Candidate { manager: manager.clone(), name: name.clone() };
            known.peek(&query) == Some(&Answer::Candidate(None))
        })
    })
}

impl Planned {
    fn certain(changes: Vec<Change>) -> Self {
        Self { changes, until: None, holds: true, details_until: None }
    }

    /// The same changes, if another resource decides whether they are made at all.
    pub(super) fn only_after(self, until: String) -> Self {
        Self { until: Some(until), holds: false, ..self }
    }
}

/// Removes duplicates, keeping the order.
fn once(queries: impl Iterator<Item = Query>) -> Vec<Query> {
    queries.collect::<IndexSet<Query, FxBuildHasher>>().into_iter().collect()
}
