//! The look-ahead: asks the queries of all resources in a few batches, and plans those that need no more.

use camino::Utf8Path;
use indexmap::IndexSet;
use rustc_hash::{FxBuildHasher, FxHashMap};
use serde_json::Value;

use crate::model::collection::Row;
use crate::model::error::{Failure, FailureKind};
use crate::model::event::Mode;
use crate::model::known::Stop;
use crate::model::query::{Answer, Query};
use crate::provider::Planner;
use crate::resources;

use super::conflicts::Conflicts;
use super::mounts::TakenName;
use super::state::RunState;
use super::{deferred, guard, mounts, permissions, row_secrets};

/// Number of batches before the first turn. Two are usual (does it exist? then what is in it?); what remains is asked
/// at the turn.
const ROUNDS: usize = 4;

/// Each query once, in the order of first use.
type QuerySet = IndexSet<Query, FxBuildHasher>;

/// A resource that can't be planned yet.
struct OpenRow<'a> {
    row: usize,
    action: &'a str,
    /// Whether it is the first action of the row. Of the others it only matters whether they are impossible.
    is_first: bool,
    planner: Box<dyn Planner>,
}

/// What the planned resources write.
#[derive(Default)]
struct Written {
    /// Queries whether these paths may be written.
    paths: Vec<Query>,
    /// Names that exist and will be replaced or removed.
    taken: Vec<TakenName>,
}

/// The queries to ask next for a resource.
enum NextQuestions {
    /// They are needed to plan it.
    ToPlan(Vec<Query>),
    /// It is planned. These tell whether its paths can be written, and whether a mount is in the way: if so, it may
    /// have to be refused.
    ToWrite(Vec<Query>, Vec<TakenName>),
}

/// Asks the queries of all resources in as few batches as possible, and plans the resources that need no more. Each
/// planner is made once and kept until it is planned, because it holds the content of its files.
pub(super) fn look(state: &mut RunState<'_>) {
    // Thousands of files ask for the same directory and owner.
    let mut queries = QuerySet::from_iter([Query::Host, Query::Journal]);
    if state.options.mode == Mode::Plan {
        queries.insert(Query::Lock);
    }
    let rows: Vec<usize> = state.rows.chosen().collect();
    queries.extend(rows.iter().flat_map(|&row| guard::observe(state.row(row))));
    state.suspicious =
        rows.iter().any(|&row| row_secrets::lacks_a_secret(state.row(row), &state.options.secrets));
    let mut open = Vec::new();
    let mut written = Written::default();
    let mut conflicts = Conflicts::default();
    for row in rows.into_iter().filter(|&row| state.settled[row].is_none()).collect::<Vec<_>>() {
        let actions = plannable(state, row);
        if actions.is_empty() {
            for subject in subjects(state.row(row)) {
                conflicts.is_about(row, Utf8Path::new(subject));
            }
        }
        for open_row in actions {
            let next = first_questions(state, &mut conflicts, &open_row);
            if gather(&mut queries, &mut written, next) {
                open.push(open_row);
            }
        }
    }
    for round in 0..ROUNDS {
        if round > 0 {
            open.retain(|open| {
                let next = plan_ahead(state, &mut conflicts, open);
                gather(&mut queries, &mut written, next)
            });
        }
        if queries.is_empty() || state.work.know.ask(std::mem::take(&mut queries)).is_err() {
            break;
        }
    }
    // What is not planned by now, or fails now, may be impossible after an earlier row about the same.
    let unplanned: Vec<usize> = open.iter().map(|open| open.row).chain(conflicts.failing()).collect();
    state.suspicious |= !unplanned.is_empty() && share_a_name(state, &unplanned);
    let know = &state.work.know;
    state.suspicious |= written.paths.iter().any(|path| know.peek(path) == Some(&Answer::Writable(false)))
        || mounts::any_mounted(&written.taken, know);
    let is_root = matches!(state.work.know.peek(&Query::Host), Some(Answer::Host(host)) if host.root);
    state.suspicious |= !is_root || conflicts.any();
}

/// Whether one of these rows has a name that another row of its type has, too.
fn share_a_name(state: &RunState<'_>, rows: &[usize]) -> bool {
    let keys = |row: usize| {
        let declared: &Row = state.row(row);
        names(declared).into_iter().map(|name| (declared.r#type.as_str(), name)).collect::<Vec<_>>()
    };
    let mut times: FxHashMap<(&str, &str), usize> = FxHashMap::default();
    for key in state.rows.chosen().flat_map(keys) {
        *times.entry(key).or_default() += 1;
    }
    rows.iter().flat_map(|row| keys(*row)).any(|key| times.get(&key).is_some_and(|times| *times > 1))
}

/// The paths that a row is named after.
fn subjects(declared: &Row) -> impl Iterator<Item = &str> {
    names(declared).into_iter().filter(|name| name.starts_with('/'))
}

/// The values of a row's name property; none if one of them is not known yet.
pub(super) fn names(declared: &Row) -> Vec<&str> {
    let entry = resources::find(&declared.r#type).filter(|_| !declared.custom);
    match entry.and_then(|entry| declared.properties.get(entry.name_property?)) {
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(several)) => {
            several.iter().map(Value::as_str).collect::<Option<Vec<&str>>>().unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// Adds queries to the batch, and those about written paths to `written`. Returns whether the resource stays open until
/// they are answered. Live queries are left to the turn.
fn gather(queries: &mut QuerySet, written: &mut Written, next: Option<NextQuestions>) -> bool {
    match next {
        None => false,
        Some(NextQuestions::ToWrite(paths, taken)) => {
            queries.extend(paths.iter().cloned());
            queries.extend((!taken.is_empty()).then(mounts::question));
            written.paths.extend(paths);
            written.taken.extend(taken);
            false
        }
        Some(NextQuestions::ToPlan(wanted)) => {
            let mut wanted = wanted.into_iter().filter(|query| !query.is_live()).peekable();
            let waits = wanted.peek().is_some();
            queries.extend(wanted);
            waits
        }
    }
}

/// The queries that a row needs in any case, or none if it has to wait for its turn. If all are answered, it is
/// planned.
fn first_questions(
    state: &mut RunState<'_>,
    conflicts: &mut Conflicts,
    open: &OpenRow<'_>,
) -> Option<NextQuestions> {
    // A contradiction is reported at the turn.
    if open.planner.check(open.action).is_err() {
        return None;
    }
    let queries: Vec<Query> = open.planner.observe(open.action);
    let is_known = |query: &Query| state.work.know.peek(query).is_some();
    if queries.iter().all(is_known) {
        plan_ahead(state, conflicts, open)
    } else {
        Some(NextQuestions::ToPlan(queries))
    }
}

/// Plans a row, or returns the queries that it still needs.
fn plan_ahead(
    state: &mut RunState<'_>,
    conflicts: &mut Conflicts,
    OpenRow { row, action, is_first, planner }: &OpenRow<'_>,
) -> Option<NextQuestions> {
    match state.work.know.plan_from_answers(planner.as_ref(), action) {
        Err(Stop::Wanted(queries)) => Some(NextQuestions::ToPlan(queries)),
        planned if !is_first => {
            state.suspicious |= is_impossible(&planned);
            None
        }
        Ok(changes) if changes.is_empty() => {
            let names = names(state.row(*row));
            let is_about = |query: &Query| match query {
                Query::User(name) | Query::Group(name) | Query::Package { name, .. } => {
                    names.contains(&name.as_str())
                }
                // It is content that nothing is there, which another row may make.
                Query::Stat(path) => {
                    names.contains(&path.as_str()) && state.work.know.peek(query) == Some(&Answer::Stat(None))
                }
                _ => false,
            };
            conflicts.holds(*row, planner.observe(action).into_iter().filter(is_about));
            state.settled[*row] = Some(state.work.know.generation);
            None
        }
        Ok(changes) => {
            conflicts.changes(*row, &changes);
            let taken = mounts::taken(&changes, &state.work.know);
            Some(NextQuestions::ToWrite(permissions::questions(&changes), taken))
        }
        planned @ Err(_) => {
            state.suspicious |= is_impossible(&planned);
            conflicts.fails(*row);
            for path in planner.observe(action).iter().filter_map(Query::path) {
                conflicts.needs(*row, path);
            }
            for subject in subjects(state.row(*row)) {
                conflicts.is_about(*row, Utf8Path::new(subject));
            }
            None
        }
    }
}

fn is_impossible<T>(planned: &Result<T, Stop>) -> bool {
    matches!(planned, Err(Stop::Failed(Failure { kind: FailureKind::Impossible, .. })))
}

/// The actions of a row, each with its planner; none if the row can't be planned before its turn.
fn plannable<'a>(state: &RunState<'a>, row: usize) -> Vec<OpenRow<'a>> {
    let declared: &'a Row = state.row(row);
    if declared.custom || deferred::has_deferred(declared) {
        return Vec::new();
    }
    let Some(entry) = resources::find(&declared.r#type) else { return Vec::new() };
    let actions = declared.actions.iter().enumerate().filter(|(_, action)| *action != "nothing");
    let of_action = |(at, action): (usize, &'a String)| {
        let mut planner = (entry.load)(&declared.properties).ok()?;
        if state.rows.is_sensitive(row) {
            planner.keep_secret();
        }
        Some(OpenRow { row, action, is_first: at == 0, planner })
    };
    actions.filter_map(of_action).collect()
}

/// Whether the look-ahead found that the row needs no change, nothing has changed since, and it has no guards.
pub(super) fn holds(state: &RunState<'_>, row: usize, action: &str) -> bool {
    let declared = state.row(row);
    // While recipes were being compiled, it was not known which rows are sensitive.
    !state.rows.is_sensitive(row)
        && declared.only_if.is_empty()
        && declared.not_if.is_empty()
        && declared.actions.first().is_some_and(|first| first == action)
        && state.settled[row] == Some(state.work.know.generation)
}
