//! Checks before a change whether this user may make it.

use camino::{Utf8Path, Utf8PathBuf};

use crate::model::change::Change;
use crate::model::error::Failure;
use crate::model::event::Event;
use crate::model::known::Stop;
use crate::model::query::{Answer, Query};
use crate::model::step::Step;

use super::knowledge::Knowledge;
use super::state::RunState;

/// Queries whether the paths of these changes may be written.
pub(super) fn questions(changes: &[Change]) -> Vec<Query> {
    steps(changes).filter_map(Step::path).map(|path| Query::Writable(path.to_owned())).collect()
}

/// Fails if a change needs root, or writes where not even root can.
///
/// # Errors
/// It does, or the target was lost.
pub(super) fn require(know: &mut Knowledge<'_>, always_root: bool, changes: &[Change]) -> Result<(), Stop> {
    let Answer::Host(host) = know.one(&Query::Host)? else { return Ok(()) };
    let (root, user) = (host.root, host.user.clone());
    if !root && (always_root || steps(changes).any(|step| step.needs_root(&user))) {
        return Err(needs_root("it needs root", &user).into());
    }
    let mut paths: Vec<Utf8PathBuf> =
        steps(changes).filter_map(Step::path).map(|path| know.first_made_on_the_way_to(path)).collect();
    paths.dedup();
    know.ask(paths.iter().cloned().map(Query::Writable))?;
    for path in paths {
        let query = Query::Writable(path.clone());
        if !matches!(know.one(&query), Ok(Answer::Writable(false))) {
            continue;
        }
        let failure = if root {
            Failure::impossible(format!("`{path}` can't be written, not even by root"))
                .hint(format!("its file system may be mounted read-only: findmnt -T {path}"))
                .hint(format!("or it, or its directory, may be immutable: lsattr -d {path}"))
        } else {
            needs_root(&format!("it needs root to write `{path}`"), &user)
        };
        return Err(know.hindered_at(&query, failure));
    }
    Ok(())
}

/// Says in a plan, once, that a file it would change may be one that not even root can: where the machine has nothing that
/// tells of it, a run would only meet it.
pub(super) fn tell_unseen(state: &mut RunState<'_>, changes: &[Change]) {
    let Ok(Answer::Host(host)) = state.work.know.one(&Query::Host) else { return };
    if !host.root || !host.attributes_unseen || state.told_unseen {
        return;
    }
    let know = &state.work.know;
    let is_there =
        |path: &&Utf8Path| matches!(know.peek(&Query::Stat((*path).to_owned())), Some(Answer::Stat(Some(_))));
    let Some(path) = steps(changes).filter_map(Step::path).find(is_there) else { return };
    let text = format!(
        "without `lsattr` there, this plan can't know whether `{path}` is immutable or may only grow; a run fails at a file that is"
    );
    state.told_unseen = true;
    state.work.events.emit(Event::Note { text });
}

fn steps(changes: &[Change]) -> impl Iterator<Item = &Step> {
    changes.iter().flat_map(|change| {
        let last = change.last.as_ref().filter(|last| last.needed).map(|last| &last.step);
        change.steps.iter().chain(last)
    })
}

fn needs_root(what: &str, user: &str) -> Failure {
    Failure::impossible(format!("{what}, and this run is by `{user}`"))
        .hint("run it as root: sudo chefrs run …, or with --become on another machine")
}
