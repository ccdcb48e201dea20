//! Looking ahead: what all resources want to know in a few batches, and the plans of those that need no more.

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

use crate::model::collection::Row;
use crate::model::error::{Failure, FailureKind};
use crate::model::event::Mode;
use crate::model::known::Stop;
use crate::model::query::{Answer, Query};
use crate::provider::Planner;
use crate::resources;

use super::state::RunState;
use super::{deferred, guard, rights};

/// Batches asked ahead of the first turn. Two are usual (is it there? then what is in it?); the rest is asked at the turn.
const ROUNDS: usize = 4;

/// Each question once, in the order they came.
type Foreseen = IndexSet<Query, FxBuildHasher>;

/// A resource that can't be planned yet.
struct OpenRow<'a> {
    row: usize,
    action: &'a str,
    planner: Box<dyn Planner>,
}

/// Asks for all resources in as few batches as their questions allow, and plans those that need no more. Of each its planner
/// is made once, and kept as long as there is something to ask for it.
pub(super) fn look(state: &mut RunState<'_>) {
    // Thousands of files ask for the same directory and the same owner.
    let mut queries = Foreseen::from_iter([Query::Host, Query::Journal]);
    if state.options.mode == Mode::Plan {
        queries.insert(Query::Lock);
    }
    let rows = 0..state.rows.len();
    queries.extend(rows.clone().flat_map(|row| guard::observe(state.row(row))));
    state.suspicious =
        rows.clone().any(|row| deferred::lacks_a_secret(state.row(row), &state.options.secrets));
    let mut open = Vec::new();
    for row in rows.filter(|&row| state.settled[row].is_none()).collect::<Vec<_>>() {
        let Some((planner, action)) = foreseeable(state, row) else { continue };
        let open_row = OpenRow { row, action, planner };
        if gather(&mut queries, first_questions(state, &open_row)) {
            open.push(open_row);
        }
    }
    for round in 0..ROUNDS {
        if round > 0 {
            open.retain(|open| gather(&mut queries, foresee(state, open)));
        }
        if queries.is_empty() || state.work.know.ask(std::mem::take(&mut queries)).is_err() {
            break;
        }
    }
    let is_root = matches!(state.work.know.peek(&Query::Host), Some(Answer::Host(host)) if host.root);
    state.suspicious |= !is_root;
}

/// Adds questions to a batch; whether there were any that can be asked ahead.
fn gather(queries: &mut Foreseen, wanted: Vec<Query>) -> bool {
    let mut wanted = wanted.into_iter().filter(|query| !query.is_live()).peekable();
    let waits = wanted.peek().is_some();
    queries.extend(wanted);
    waits
}

/// What a row surely has to ask; nothing where it has to wait for its turn. One that asks nothing is planned.
fn first_questions(state: &mut RunState<'_>, open: &OpenRow<'_>) -> Vec<Query> {
    // What contradicts itself is told at its turn.
    if open.planner.check(open.action).is_err() {
        return Vec::new();
    }
    let queries: Vec<Query> = open.planner.observe(open.action);
    if queries.is_empty() { foresee(state, open) } else { queries }
}

/// Plans a row, or says what it still has to ask.
fn foresee(state: &mut RunState<'_>, OpenRow { row, action, planner }: &OpenRow<'_>) -> Vec<Query> {
    match state.work.know.foresee(planner.as_ref(), action) {
        Ok(changes) if changes.is_empty() => {
            state.settled[*row] = Some(state.work.know.generation);
            Vec::new()
        }
        Ok(changes) => {
            let mut paths = rights::questions(&changes);
            let know = &state.work.know;
            state.suspicious |= paths.iter().any(|path| know.peek(path) == Some(&Answer::Writable(false)));
            paths.retain(|path| know.peek(path).is_none());
            paths
        }
        Err(Stop::Wanted(queries)) => queries,
        Err(stop) => {
            state.suspicious |= matches!(stop, Stop::Failed(Failure { kind: FailureKind::Impossible, .. }));
            Vec::new()
        }
    }
}

/// The planner and the first action of a row that can be planned before its turn.
fn foreseeable<'a>(state: &RunState<'a>, row: usize) -> Option<(Box<dyn Planner>, &'a str)> {
    let declared: &'a Row = state.row(row);
    let action = declared.actions.first().filter(|action| *action != "nothing")?;
    if declared.custom || deferred::has_deferred(declared) {
        return None;
    }
    let mut planner = (resources::find(&declared.r#type)?.load)(&declared.properties).ok()?;
    if state.rows.is_sensitive(row) {
        planner.keep_secret();
    }
    Some((planner, action))
}

/// Whether the plan made ahead came to nothing, nothing has changed since, and no guard has to be asked.
pub(super) fn holds(state: &RunState<'_>, row: usize, action: &str) -> bool {
    let declared = state.row(row);
    // While recipes still were being compiled, nobody knew who is sensitive.
    !state.rows.is_sensitive(row)
        && declared.only_if.is_empty()
        && declared.not_if.is_empty()
        && declared.actions.first().is_some_and(|first| first == action)
        && state.settled[row] == Some(state.work.know.generation)
}
