//! What is known of the target, asked in batches, forgotten when a step may have changed it.

use rustc_hash::{FxBuildHasher, FxHashSet};

use crate::model::change::Change;
use crate::model::error::Failure;
use crate::model::event::Mode;
use crate::model::journal::Record;
use crate::model::known::{Known, Stop};
use crate::model::query::{Answer, Query};
use crate::model::step::Step;
use crate::provider::Planner;
use crate::target::{Progress, Target};

use super::overlay::Overlay;

/// Rounds of look-ups after which a provider that still wants more is taken for broken.
const ROUNDS: usize = 64;

/// The target, seen through what was asked so far.
pub(super) struct Knowledge<'a> {
    target: &'a mut dyn Target,
    known: Known,
    /// Set in a plan.
    overlay: Option<Overlay>,
    /// Answers laid down by planned changes: the machine is not asked for them again.
    predicted: FxHashSet<Query>,
    /// Grows whenever something known may have changed.
    pub(super) generation: u64,
    /// Why the target is gone, once it is.
    pub(super) lost: Option<Failure>,
}

impl<'a> Knowledge<'a> {
    pub(super) fn new(target: &'a mut dyn Target, mode: Mode) -> Self {
        Self {
            target,
            known: Known::default(),
            overlay: (mode == Mode::Plan).then(Overlay::default),
            predicted: FxHashSet::default(),
            generation: 0,
            lost: None,
        }
    }

    /// Takes over what was asked before.
    pub(super) fn begin_with(&mut self, known: Known) {
        self.known = known;
    }

    /// What was asked so far.
    pub(super) fn into_known(self) -> Known {
        self.known
    }

    /// Name of the target.
    pub(super) fn target_name(&self) -> &str {
        self.target.name()
    }

    /// Whether the run was ended so that the target starts no command any more.
    pub(super) fn has_ended(&self) -> bool {
        self.target.has_ended()
    }

    /// Asks what is not known yet, in one batch.
    pub(super) fn ask(&mut self, queries: impl IntoIterator<Item = Query>) -> Result<(), Stop> {
        let mut batch = once(queries.into_iter().filter(|query| !self.known.has(query)).collect());
        if let Some(overlay) = &self.overlay {
            let known = &mut self.known;
            batch.retain(|query| match overlay.instead(query) {
                Some(answer) => {
                    known.insert(query.clone(), answer);
                    false
                }
                None => true,
            });
        }
        if batch.is_empty() {
            return Ok(());
        }
        let answers = self.target.ask(&batch).map_err(|failure| {
            self.lost = Some(failure.clone());
            Stop::Failed(failure)
        })?;
        self.known.reserve(batch.len());
        for (query, answer) in batch.into_iter().zip(answers) {
            let answer = match &self.overlay {
                Some(overlay) => overlay.amend(&query, answer),
                None => answer,
            };
            self.known.insert(query, answer);
        }
        Ok(())
    }

    /// The answer to one query.
    pub(super) fn one(&mut self, query: Query) -> Result<&Answer, Stop> {
        self.ask([query.clone()])?;
        self.known.get(&query)
    }

    /// The changes that a planner wants, asking whatever it looks up until nothing new is wanted.
    pub(super) fn plan(&mut self, planner: &dyn Planner, action: &str) -> Result<Vec<Change>, Stop> {
        self.ask(planner.observe(action))?;
        for _ in 0..ROUNDS {
            match planner.plan(action, &self.known) {
                Err(Stop::Wanted(queries)) => self.ask(queries)?,
                settled => return settled,
            }
        }
        Err(Failure::new("it asks for ever more without coming to a plan; this is a mistake in chefrs")
            .into())
    }

    /// The changes that a planner wants, or what it would have to ask; nothing is asked.
    pub(super) fn foresee(&self, planner: &dyn Planner, action: &str) -> Result<Vec<Change>, Vec<Query>> {
        planner.plan(action, &self.known).map_err(|stop| match stop {
            Stop::Wanted(queries) => queries,
            Stop::Unknown(_) | Stop::Hindered(..) | Stop::Failed(_) => Vec::new(),
        })
    }

    /// Does a step, and forgets what it may have changed.
    pub(super) fn apply(&mut self, step: &Step, progress: &mut dyn FnMut(Progress)) -> Result<(), Failure> {
        let result = self.target.apply(step, progress);
        // A step that failed may have come half the way.
        self.generation += 1;
        self.known.forget_after(step);
        result
    }

    /// Writes to the state that the target keeps of its runs; what is known of the machine stays true.
    pub(super) fn record(&mut self, record: Record) -> Result<(), Failure> {
        self.target.apply(&Step::Record(record), &mut |_| {})
    }

    /// Lays the predicted answers of a planned change down.
    pub(super) fn predict(&mut self, id: &str, change: &Change) {
        let Some(overlay) = &mut self.overlay else { return };
        self.generation += 1;
        overlay.add(id, change, self.known.host().ok().map(|host| host.init));
        for step in &change.steps {
            if let Step::Remove { path: gone, recursive: true, .. } = step {
                let below = |query: &Query| query.path().is_some_and(|path| path.starts_with(gone));
                self.predicted.retain(|query| !below(query));
                self.known.forget(|query, _| below(query));
            }
        }
        let predicted = &self.predicted;
        self.known.forget(|query, answer| {
            query.is_live() || (!predicted.contains(query) && overlay.doubts(query, answer))
        });
        for (query, answer) in &change.then {
            self.predicted.insert(query.clone());
            self.known.insert(query.clone(), answer.clone());
        }
    }

    /// In a plan, the earlier change on which everything that can't be told depends.
    pub(super) fn pending(&self) -> Option<&str> {
        self.overlay.as_ref().and_then(Overlay::opaque)
    }

    /// Forgets everything that was asked, so that the machine itself is looked at again.
    pub(super) fn refresh(&mut self) {
        self.known.forget(|query, _| *query != Query::Host);
    }
}

/// Each query once, where it came first.
fn once(mut queries: Vec<Query>) -> Vec<Query> {
    let mut seen = FxHashSet::with_capacity_and_hasher(queries.len(), FxBuildHasher);
    let first: Vec<bool> = queries.iter().map(|query| seen.insert(query)).collect();
    let mut first = first.into_iter();
    queries.retain(|_| first.next().unwrap_or(true));
    queries
}
