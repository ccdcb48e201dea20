//! One action of one row: its plan, and its changes.

use crate::model::change::{Change, Reach};
use crate::model::collection::Row;
use crate::model::error::{Diagnostic, Failure};
use crate::model::event::Event;
use crate::model::journal::BegunAction;
use crate::model::known::Stop;
use crate::model::step::Step;
use crate::provider::{Planner, ResourceType};
use crate::resources;

use super::apply::BrokenOff;
use super::knowledge::Planned;
use super::options::OnFailure;
use super::owed::Pair;
use super::state::RunState;
use super::turn::{PreparedAction, Turn};
use super::{
    authority, deferred, exposed, fragments, guard, look_ahead, mounts, permissions, programs, row_secrets,
};

/// The result of preparing an action.
pub(super) enum Preparation {
    /// A guard says that it is not to run.
    Skipped(String),
    /// Everything is as declared.
    Nothing,
    /// It is the action of a custom resource, whose rows do the work.
    Rows {
        /// In a plan: the resource that decides whether they are reached.
        open: Option<String>,
        /// Why a guard can't be run in the current state of the machine.
        hindrance: Option<Failure>,
    },
    /// It has changes to make.
    Changes(PreparedAction),
    /// In a plan: the guards can't be evaluated yet. What the action may change has been reported.
    Open {
        /// The resource that decides.
        until: String,
        /// Why a guard can't be run in the current state of the machine.
        hindrance: Option<Failure>,
    },
}

/// Evaluates the guards, then plans. If a guard skips the row, no deferred value is resolved, and nothing is asked or
/// run.
pub(super) fn prepare(state: &mut RunState<'_>, row: usize, action: &str) -> Result<Preparation, Stop> {
    if look_ahead::holds(state, row, action) && state.owed.begun(row, action).is_none() {
        return Ok(Preparation::Nothing);
    }
    authority::require_declared(&state.rows, row)?;
    let declared = state.row(row);
    let entry = entry(declared)?;
    let kept = surroundings(state, declared, entry)
        .and_then(|around| skip_reason(state, declared, around.as_deref()));
    match kept {
        Ok(None) => {}
        Ok(Some(reason)) => return Ok(Preparation::Skipped(reason)),
        Err(stop) => return open(state, row, action, stop),
    }
    let Some(entry) = entry else { return Ok(Preparation::Rows { open: None, hindrance: None }) };
    if entry.part_of.is_some() {
        return Ok(Preparation::Nothing);
    }
    let planner = load(state, row, entry, action)?;
    prepare_again(state, row, planner, action)
}

/// In a plan, a guard that can't be evaluated yet leaves it open whether the action changes anything. Its possible
/// changes are reported and treated as uncertain from here on, as in a custom resource with that guard.
fn open(state: &mut RunState<'_>, row: usize, action: &str, stop: Stop) -> Result<Preparation, Stop> {
    let (until, hindrance) = match &stop {
        Stop::Unknown(until) => (until, None),
        Stop::Hindered(until, failure) => (until, Some(failure)),
        _ => return Err(stop),
    };
    let declared = state.row(row);
    let Some(entry) = entry(declared)? else {
        return Ok(Preparation::Rows { open: Some(until.clone()), hindrance: hindrance.cloned() });
    };
    let begun = state.owed.begun(row, action);
    if let Ok(planner) = load(state, row, entry, action)
        && let Ok(mut planned) = state.work.know.plan_rest(planner.as_ref(), action, begun)
    {
        planned.changes.retain(|change| !change.is_message);
        predict(state, row, action, planned.only_after(until.clone()));
        return Ok(Preparation::Open { until: until.clone(), hindrance: hindrance.cloned() });
    }
    Err(stop)
}

fn load(
    state: &mut RunState<'_>,
    row: usize,
    entry: &ResourceType,
    action: &str,
) -> Result<Box<dyn Planner>, Stop> {
    authority::require_contents(state, row)?;
    let declared = state.row(row);
    let assembled = fragments::assembled(declared, &mut state.work.know, &state.options.secrets)?;
    let whole = assembled.as_ref().unwrap_or(declared);
    let (mut planner, until) = deferred::load(whole, entry, &mut state.work.know, &state.options.secrets)?;
    match until {
        Some(until) => drop(state.details_until.insert(row, until)),
        None => drop(state.details_until.remove(&row)),
    }
    if state.rows.is_sensitive(row) || row_secrets::holds_a_secret(declared) {
        planner.keep_secret();
    }
    planner.check(action)?;
    authority::require(&state.rows, row, planner.as_ref(), action)?;
    let asked = planner.observe(action);
    exposed::keep_out(declared, asked.iter().flat_map(exposed::of_query), &state.options.secrets)?;
    Ok(planner)
}

/// Plans an action whose guards are satisfied.
pub(super) fn prepare_again(
    state: &mut RunState<'_>,
    row: usize,
    planner: Box<dyn Planner>,
    action: &str,
) -> Result<Preparation, Stop> {
    let begun = state.owed.begun(row, action);
    let mut wanted = state.work.know.plan_rest(planner.as_ref(), action, begun)?;
    let messages: Vec<Change> = wanted.changes.extract_if(.., |change| change.is_message).collect();
    for message in messages {
        tell(state, row, message);
    }
    let steps = wanted.changes.iter().flat_map(|change| &change.steps);
    exposed::keep_out(state.row(row), steps.flat_map(exposed::of_step), &state.options.secrets)?;
    if wanted.changes.is_empty() {
        return match wanted.until {
            None => Ok(Preparation::Nothing),
            Some(until) => Err(Stop::Unknown(until)),
        };
    }
    authority::require_places(state, row, planner.as_ref(), action, &wanted.changes)?;
    Ok(Preparation::Changes(PreparedAction { planner, planned: wanted }))
}

/// Shows a message of a resource.
fn tell(state: &mut RunState<'_>, row: usize, message: Change) {
    let mut location = state.row(row).location.clone();
    let text = if state.rows.is_sensitive(row) {
        location.excerpt.clear();
        "a message that is not shown".to_owned()
    } else {
        message.summary
    };
    let id = state.row(row).id();
    if message.warning.is_some() {
        let diagnostic = Diagnostic::warning(if id.contains(&text) { id } else { format!("{id}: {text}") });
        state.work.events.warn(diagnostic.at(location));
    } else {
        state.work.events.emit(Event::Message { location, text });
    }
}

/// In a plan: fails if the changes can't be made. A run finds that out when it makes them, after the `before`
/// notifications.
pub(super) fn require_means(state: &mut RunState<'_>, row: usize, planned: &Planned) -> Result<(), Stop> {
    if planned.until.is_some() && !planned.holds {
        return Ok(());
    }
    let always_root = entry(state.row(row))?.is_some_and(|entry| entry.needs_root);
    permissions::require(&mut state.work.know, always_root, &planned.changes)?;
    mounts::require_none(&mut state.work.know, &planned.changes)?;
    programs::require(&mut state.work.know, &planned.changes)?;
    permissions::tell_unseen(state, &planned.changes);
    Ok(())
}

/// In a plan, marks everything that the resource may change as uncertain from here on.
pub(super) fn doubt(state: &mut RunState<'_>, row: usize) {
    let declared = state.row(row);
    let Ok(Some(entry)) = entry(declared) else { return };
    let subjects = look_ahead::names(declared);
    // Without a name it may be anything.
    let reach = if subjects.is_empty() { Reach::Anything } else { entry.reach };
    state.work.know.doubt(&declared.id(), &subjects, reach, entry.joins);
}

/// If the run goes on after failures, marks what a row may not have changed. `failed` is the resource that failed: the row
/// itself, or one that it needs.
pub(super) fn leave_unmade(state: &mut RunState<'_>, row: usize, failed: &str) {
    if state.options.on_failure == OnFailure::Stop {
        return;
    }
    let declared = state.row(row);
    let Ok(Some(entry)) = entry(declared) else { return };
    let subjects = look_ahead::names(declared);
    // A command may bring anything. Then no later failure would be told as one of its own.
    let reach = if entry.reach == Reach::Anything { Reach::Told } else { entry.reach };
    state.work.know.leave_unmade(failed, &subjects, reach, entry.joins);
}

/// In a plan, reports the changes, and predicts their effects for the rows that follow.
pub(super) fn predict(state: &mut RunState<'_>, row: usize, action: &str, planned: Planned) {
    let mut cause = state.cause(row, action);
    if cause.details_until.is_none() {
        cause.details_until.clone_from(&planned.details_until);
    }
    for change in &planned.changes {
        state.work.announce(&cause, change, planned.until.is_some());
        let steps = if planned.until.is_none() { change.steps.as_slice() } else { &[] };
        for step in steps {
            state.work.restarts.predict(&cause.resource, step);
        }
    }
    state.work.know.predict(&cause.resource.id, &planned);
}

/// Makes the changes of an action. `around` are the custom resources in progress around the row: their notifications
/// are written to the journal before the first change inside them. `announced`: the changes were reported already.
pub(super) fn change(
    state: &mut RunState<'_>,
    turn: &Turn,
    around: Vec<Pair>,
    PreparedAction { planner, planned }: &PreparedAction,
    announced: bool,
) -> Result<(), BrokenOff> {
    let cause = state.cause(turn.row, &turn.action);
    let is_begun = state.owed.begun(turn.row, &turn.action).is_some();
    let begun = unseen(&planned.changes).filter(|_| !is_begun);
    let begun = begun.map(|begun| state.rows.begun(turn.row, &turn.action, begun, &state.options.run));
    let mut debts = state.new_debts(around.into_iter().chain([(turn.row, turn.action.clone())]));
    debts.extend(begun.clone());
    state.record_owed(&debts).map_err(|failure| BrokenOff { partly: false, stop: failure.into() })?;
    if let Some(begun) = begun {
        state.owed.begin(turn.row, begun);
    }
    let made = state.work.make(&cause, planner.as_ref(), &planned.changes, announced);
    if let Err(BrokenOff { partly: false, .. }) = &made {
        // Nothing was changed, so nothing is notified, and nothing is left to do.
        if !is_begun {
            state.owed.end(turn.row, &turn.action);
        }
        state.clear(&debts);
    }
    made
}

/// If an end in the middle of these changes may leave something undone that the machine does not show: what they are about.
fn unseen(changes: &[Change]) -> Option<BegunAction> {
    let steps: usize = changes.iter().map(|change| change.steps.len()).sum();
    changes.iter().find_map(|change| change.unseen).filter(|_| steps > 1)
}

/// Whether a change is made in every run.
pub(super) fn repeats(change: &Change) -> bool {
    // A download is not made again while the server has the same version.
    let is_remembered = |step: &Step| matches!(step, Step::Fetch(fetch) if fetch.remember);
    change.repeats && !change.steps.iter().any(is_remembered)
}

/// Warns if the guards of a command would let it run again right after it has run: then it runs in every run.
pub(super) fn look_at_guards_again(state: &mut RunState<'_>, row: usize, changes: &[Change]) {
    let declared = state.row(row);
    if !changes.iter().all(repeats) || state.is_plan() || state.work.know.lost.is_some() {
        return;
    }
    let Some(guard) = guard::deciding(declared) else { return };
    let Ok(around) = entry(declared).and_then(|entry| surroundings(state, declared, entry)) else { return };
    if !matches!(skip_reason(state, declared, around.as_deref()), Ok(None)) {
        return;
    }
    let mut location = declared.location.clone();
    if state.rows.is_sensitive(row) {
        location.excerpt.clear();
    }
    state.work.events.warn(
        Diagnostic::warning(format!("{}: {guard} after it has run, so it will run each time", declared.id()))
            .at(location)
            .hint("let the guard check what the command makes, or set `creates`"),
    );
}

/// Whether the guards of a row let it act now, as far as that is known.
pub(super) fn is_let(state: &mut RunState<'_>, row: usize) -> bool {
    let declared = state.row(row);
    let Ok(entry) = entry(declared) else { return false };
    let around = surroundings(state, declared, entry);
    around.is_ok_and(|around| matches!(skip_reason(state, declared, around.as_deref()), Ok(None)))
}

/// See [`guard::skip_reason`].
fn skip_reason(
    state: &mut RunState<'_>,
    declared: &Row,
    around: Option<&dyn Planner>,
) -> Result<Option<String>, Stop> {
    guard::skip_reason(declared, around, &mut state.work.know, &state.options.secrets)
}

/// The resource type of a row. Custom resources have none.
fn entry(declared: &Row) -> Result<Option<&'static ResourceType>, Stop> {
    if declared.custom {
        return Ok(None);
    }
    match resources::find(&declared.r#type) {
        Some(entry) => Ok(Some(entry)),
        None => Err(Failure::new(format!("chefrs has no resource type `{}`", declared.r#type)).into()),
    }
}

/// Loads as much of the resource as its guards inherit from.
fn surroundings(
    state: &mut RunState<'_>,
    declared: &Row,
    entry: Option<&ResourceType>,
) -> Result<Option<Box<dyn Planner>>, Stop> {
    match entry {
        Some(entry) if guard::runs_commands(declared) => {
            deferred::load_for_guards(declared, entry, &mut state.work.know, &state.options.secrets).map(Some)
        }
        _ => Ok(None),
    }
}
