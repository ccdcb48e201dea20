//! What is known of the target, asked in batches, forgotten when a step may have changed it.

use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

use crate::model::change::{Change, Reach};
use crate::model::error::{Failure, FailureKind};
use crate::model::event::Mode;
use crate::model::journal::Record;
use crate::model::known::{Known, LastComponent, Links, Stop};
use crate::model::query::{Answer, CommandResult, End, Query};
use crate::model::step::{Command, Step};
use crate::target::{Progress, Target};

use super::overlay::{Belief, Overlay};
use super::{batch, reads};

mod planning;

/// What decides how a command ends that is not run: `unknown until its commands run`.
const NOT_RUN: &str = "its commands run";

/// The target, seen through what was asked so far.
pub(super) struct Knowledge<'a> {
    target: &'a mut dyn Target,
    /// What the target said.
    known: Known,
    /// Set in a plan.
    overlay: Option<Overlay>,
    /// Whether commands that a cook wrote are run to know how they end.
    runs_commands: bool,
    /// What is believed since the last planned change, of all that was asked since then.
    view: Known,
    /// Grows whenever something known may have changed.
    pub(super) generation: u64,
    /// Why the target is gone, once it is.
    pub(super) lost: Option<Failure>,
}

/// The changes that a resource wants.
#[derive(Debug, Default)]
pub(super) struct Planned {
    pub(super) changes: Vec<Change>,
    /// The resource that decides whether they are made, or which others are.
    pub(super) until: Option<String>,
    /// Whether the resource will be as declared afterwards, whatever that other one does.
    pub(super) holds: bool,
}

/// How a command ends that a cook wrote.
pub(super) struct CommandEnding {
    /// How it ends as the machine is now.
    pub(super) result: CommandResult,
    /// The resource that decides how it will end.
    pub(super) until: Option<String>,
}

impl<'a> Knowledge<'a> {
    pub(super) fn new(target: &'a mut dyn Target, mode: Mode) -> Self {
        Self {
            target,
            known: Known::default(),
            overlay: (mode == Mode::Plan).then(Overlay::default),
            runs_commands: true,
            view: Known::default(),
            generation: 0,
            lost: None,
        }
    }

    /// Whether to run commands to know how they end; where not, that is unknown.
    pub(super) fn running_commands(self, runs_commands: bool) -> Self {
        Self { runs_commands, ..self }
    }

    /// Takes over what was asked before.
    pub(super) fn begin_with(&mut self, known: Known) {
        self.known = known;
    }

    /// What was asked so far.
    pub(super) fn into_known(self) -> Known {
        self.known
    }

    /// Lets time pass on the target.
    pub(super) fn wait(&mut self, pause: Duration) {
        self.target.wait(pause);
    }

    /// Name of the target.
    pub(super) fn target_name(&self) -> &str {
        self.target.name()
    }

    /// Whether the run was ended so that the target starts no command any more.
    pub(super) fn has_ended(&self) -> bool {
        self.target.has_ended()
    }

    /// What is planned, once something is.
    fn pending(&self) -> Option<&Overlay> {
        self.overlay.as_ref().filter(|overlay| !overlay.is_empty())
    }

    /// What is to be believed.
    fn at_hand(&self) -> &Known {
        if self.pending().is_some() { &self.view } else { &self.known }
    }

    /// Asks what is not known yet, in one batch.
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
    /// It can't be known yet, or could not be found out.
    pub(super) fn one(&mut self, query: &Query) -> Result<&Answer, Stop> {
        self.ask([query.clone()])?;
        self.at_hand().get(query)
    }

    /// Whether anything is at a path after all links.
    ///
    /// # Errors
    /// It can't be known yet, or could not be found out.
    pub(super) fn is_there(&mut self, path: Utf8PathBuf) -> Result<bool, Stop> {
        self.ask([Query::Resolve(path.clone())])?;
        self.at_hand().is_there(&path)
    }

    /// How a command ends that a cook wrote, and what that depends on.
    ///
    /// # Errors
    /// The target was lost, or what the command looks at can't be known yet.
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

    /// A path, or the outermost of the directories above it that this plan makes.
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

    /// A path without a link on its way, as far as links are known: the name by which others speak of it.
    pub(super) fn by_its_own_name(&self, path: &Utf8Path) -> Utf8PathBuf {
        let query = Query::Stat(path.to_owned());
        let named = match self.pending() {
            Some(overlay) => overlay.by_name(&query, self.known.links()).path().map(Utf8Path::to_owned),
            None => Some(self.known.links().real(&Links::default(), path, LastComponent::Kept).into_owned()),
        };
        named.unwrap_or(query.path().unwrap_or(path).to_owned())
    }

    /// What the machine says now, where it was asked.
    pub(super) fn peek(&self, query: &Query) -> Option<&Answer> {
        self.known.peek(query)
    }

    /// Does a step, and forgets what it may have changed.
    pub(super) fn apply(&mut self, step: &Step, progress: &mut dyn FnMut(Progress)) -> Result<(), Failure> {
        let result = self.target.apply(step, progress);
        if let Err(failure) = &result
            && failure.kind == FailureKind::Lost
        {
            self.lost.get_or_insert_with(|| failure.clone());
        }
        // A step that failed may have come half the way.
        self.generation += 1;
        self.known.forget_after(step);
        result
    }

    /// Writes to the state that the target keeps of its runs; what is known of the machine stays true.
    pub(super) fn record(&mut self, record: Record) -> Result<(), Failure> {
        self.target.apply(&Step::Record(record), &mut |_| {})
    }

    /// Lays down what planned changes of a resource will bring about, or may.
    pub(super) fn predict(&mut self, id: &str, planned: &Planned) {
        let Some(overlay) = &mut self.overlay else { return };
        let host = self.known.host().ok();
        let certain = planned.until.is_none() || planned.holds;
        for change in &planned.changes {
            overlay.add(id, change, certain, planned.until.is_some(), host, self.known.links());
        }
        self.generation += 1;
        self.view = Known::default();
    }

    /// Lays down that a resource may do what can't be told yet: to these paths and accounts and services of these names,
    /// and as far as its type reaches.
    pub(super) fn doubt(&mut self, id: &str, subjects: &[&str], reach: Reach, packages: bool) {
        let Some(overlay) = &mut self.overlay else { return };
        overlay.doubt(id, subjects, reach, packages, self.known.links());
        self.generation += 1;
        self.view = Known::default();
    }

    /// Forgets everything that was asked, so that the machine itself is looked at again.
    pub(super) fn refresh(&mut self) {
        self.known.forget(|query, _| *query != Query::Host);
    }
}

impl Planned {
    fn certain(changes: Vec<Change>) -> Self {
        Self { changes, until: None, holds: true }
    }

    /// The same changes, where another resource decides whether they are made at all.
    pub(super) fn only_after(self, until: String) -> Self {
        Self { until: Some(until), holds: false, ..self }
    }
}

/// Each query once, where it came first.
fn once(queries: impl Iterator<Item = Query>) -> Vec<Query> {
    queries.collect::<IndexSet<Query, FxBuildHasher>>().into_iter().collect()
}
