//! The actions of every type that declares one file: create, create_if_missing, delete, touch.

use crate::model::change::Change;
use crate::model::known::{Known, Stop};
use crate::model::query::{FileKind, Query};
use crate::model::step::Step;
use crate::provider::file_state::FileState;
use crate::provider::followed_link;

/// The queries of an action.
#[must_use]
pub fn observe(state: &FileState, action: &str) -> Vec<Query> {
    match action {
        "delete" => vec![Query::Stat(state.path.clone())],
        _ => state.observe(),
    }
}

/// The changes of an action.
///
/// # Errors
/// See [`FileState::plan_create`] and [`FileState::plan_delete`].
pub fn plan(state: &FileState, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
    if state.follow_link
        && let Some(end) = followed_link::end(&state.path, known)?
    {
        let behind = FileState { path: end, follow_link: false, ..state.clone() };
        let changes = plan_there(&behind, action, known)?;
        return Ok(changes
            .into_iter()
            .map(|change| followed_link::through(&state.path, &behind.path, change))
            .collect());
    }
    plan_there(state, action, known)
}

fn plan_there(state: &FileState, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
    match action {
        "delete" => state.plan_delete(known),
        "create_if_missing" if known.stat(&state.path)?.is_some_and(|stat| stat.kind == FileKind::File) => {
            Ok(Vec::new())
        }
        "touch" => {
            let touch = Step::Touch { path: state.path.clone() };
            let mut changes = FileState { content: None, ..state.clone() }.plan_create(known)?;
            changes.push(Change::new("set the file's times to now", touch).repeats());
            Ok(changes)
        }
        _ => state.plan_create(known),
    }
}
