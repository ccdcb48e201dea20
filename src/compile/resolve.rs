//! Resolves notifications to rows, after everything is declared.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::model::collection::{Notification, Timing};
use crate::model::english::{list, nearest};
use crate::model::error::Diagnostic;

use super::check::{has_action, unknown_action};
use super::compilation::Compilation;
use super::session::{CompileSession, Draft, NotificationEnd, WrittenNotification};

/// Most names that are compared with a misspelt one.
const CANDIDATES: usize = 5000;
/// Number of mistakes after which no more notifications are checked.
const ENOUGH: usize = 100;

/// A notification between two drafts.
pub(super) struct Resolved {
    pub(super) from: usize,
    pub(super) notification: Notification,
}

impl Compilation {
    /// Resolves all notifications, and expands the actions of custom resources that they run, until none is left.
    pub(super) fn resolve_notifications(self: &Rc<Self>) {
        let mut next = 0;
        loop {
            let Some(written) = self.session.borrow().notifications.get(next).cloned() else { return };
            next += 1;
            if self.is_over(|| None) || self.session.borrow().errors.len() > ENOUGH {
                return;
            }
            let Some(target) = self.checked_target(&written) else { continue };
            let asks_custom = {
                let session = self.session.borrow();
                let draft = &session.drafts[target];
                draft.row.custom && !draft.broken && written.action != "nothing"
            };
            if asks_custom {
                self.expand(target, &written.action);
            }
            self.check_notification(&written, target);
        }
    }

    /// The recipe of the same cookbook that declares the other end, according to its text. None if it was run and did
    /// not declare it.
    fn declaring_recipe(&self, written: &WrittenNotification) -> Option<String> {
        let NotificationEnd::Named(kind, name) = &written.other_end else { return None };
        let cookbook = self.session.borrow().drafts[written.owner].row.cookbook.clone();
        let book = self.book(&cookbook).filter(|_| !cookbook.is_empty())?;
        let written = format!("{kind} \"{name}\"");
        let declares = |recipe: &String| {
            let text = book.text(&format!("recipes/{recipe}.lua")).ok().flatten();
            text.is_some_and(|text| text.lines().any(|line| line.trim_start().contains(&written)))
        };
        let recipe = book.names("recipes", "lua").into_iter().find(declares)?;
        let name = if recipe == "default" { cookbook } else { format!("{cookbook}::{recipe}") };
        let seen = format!("{}::{recipe}", name.split("::").next().unwrap_or_default());
        (!self.session.borrow().seen.contains(&seen)).then_some(name)
    }

    /// The draft that runs the action of a notification. Mistakes are recorded.
    fn checked_target(&self, written: &WrittenNotification) -> Option<usize> {
        let problem = {
            let session = self.session.borrow();
            let other = session.find(written.owner, &written.other_end);
            // A file that ended with an error may have declared it. One mistake must not be reported twice.
            if other.is_none() && session.aborted {
                return None;
            }
            match other {
                None => never_declared(&session.drafts, written),
                Some(other)
                    if written.timing == Timing::OnFailure
                        && around(&session.drafts, written.owner).any(|outer| outer == other) =>
                {
                    names_itself(&session.drafts, written.owner, other)
                }
                Some(other) => {
                    let target = if written.subscribed { written.owner } else { other };
                    let draft = &session.drafts[target];
                    let known = draft.declared.actions();
                    if has_action(&known, &written.action) {
                        return Some(target);
                    }
                    let mut diagnostic = unknown_action(&draft.row.id(), &written.action, &known);
                    diagnostic.message = format!("`{}`: {}", written.property(), diagnostic.message);
                    diagnostic
                }
            }
        };
        let recipe = self.declaring_recipe(written);
        let mut session = self.session.borrow_mut();
        session.drafts[written.owner].broken = true;
        let id = session.drafts[written.owner].row.id();
        let mut problem = Diagnostic { message: format!("{id}: {}", problem.message), ..problem };
        if let Some(name) = recipe {
            problem.hints =
                vec![format!("write `include_recipe \"{name}\"` before it: that recipe declares it")];
        }
        // If a cookbook declared the notification for a caller, the location is that of the caller.
        let outermost = outermost(&session.drafts, written.owner);
        if outermost == written.owner {
            session.record(problem.at(written.location.clone()));
        } else {
            let row = &session.drafts[outermost].row;
            let (place, whose) = (row.location.clone(), row.id());
            let problem = problem.note(format!("{whose} declares {id} at {}", written.location)).at(place);
            // The user has no file with a shipped recipe.
            let shipped = written
                .location
                .file
                .strip_prefix("shipped/cookbooks/")
                .and_then(|path| path.split_once('/'));
            session.record(match shipped {
                Some((book, file)) => {
                    problem.note(format!("`chefrs cookbook show {book} {file}` prints that file"))
                }
                None => problem,
            });
        }
        None
    }
}

/// A declaration and those that contain it, innermost first.
fn around(drafts: &[Draft], draft: usize) -> impl Iterator<Item = usize> {
    std::iter::successors(Some(draft), |draft| drafts[*draft].row.parent.as_ref().map(|parent| parent.row))
}

/// The declaration in a recipe that contains this one, if it is part of a custom resource.
fn outermost(drafts: &[Draft], draft: usize) -> usize {
    around(drafts, draft).last().unwrap_or(draft)
}

/// The error for a failure that would run what has failed.
fn names_itself(drafts: &[Draft], owner: usize, other: usize) -> Diagnostic {
    if owner == other {
        return Diagnostic::error("`on_failure` names the resource itself")
            .hint("`retries` is how often it is tried again");
    }
    let other = drafts[other].row.id();
    Diagnostic::error(format!("`on_failure` names {other}, which it is a part of"))
        .hint("name a resource that stands by itself")
}

/// All notifications between drafts, in the order in which they were written.
pub(super) fn resolved(session: &CompileSession) -> Vec<Resolved> {
    let mut seen = BTreeSet::new();
    let mut resolved = Vec::new();
    for written in &session.notifications {
        let Some(other) = session.find(written.owner, &written.other_end) else { continue };
        let (from, target) = if written.subscribed { (other, written.owner) } else { (written.owner, other) };
        let timing = written.timing;
        if seen.insert((from, target, written.action.clone(), timing as u8, written.skip_on_failure)) {
            let notification = Notification {
                target,
                action: written.action.clone(),
                timing,
                skip_on_failure: written.skip_on_failure,
            };
            resolved.push(Resolved { from, notification });
        }
    }
    resolved
}

fn never_declared(drafts: &[Draft], written: &WrittenNotification) -> Diagnostic {
    let NotificationEnd::Named(kind, name) = &written.other_end else {
        return Diagnostic::error("the resource is gone");
    };
    let id = format!("{kind}[{name}]");
    let property = written.property();
    let verb = match property {
        "subscribes" => "subscribes to",
        "on_failure" => "runs",
        _ => "notifies",
    };
    let diagnostic = Diagnostic::error(format!("`{property}`: {id} is never declared"));
    let ids: BTreeSet<String> = drafts.iter().map(|draft| draft.row.id()).collect();
    if ids.contains(&id) {
        return diagnostic
            .note(format!("a resource of that name is declared inside a custom resource, where nothing outside {verb} it"))
            .hint("use the custom resource itself instead");
    }
    let declare = || format!("declare it: {kind} \"{name}\" {{ action = \"nothing\" }}");
    diagnostic.hint(near(&ids, kind, &id).unwrap_or_else(declare))
}

/// A hint with what is declared instead of a resource: one with a near name, or those of its type. None if there is
/// neither.
pub(super) fn near(ids: &BTreeSet<String>, kind: &str, id: &str) -> Option<String> {
    // Edit distances are slow, so with very many names only the first ones are compared.
    if let Some(near) = nearest(id, ids.iter().map(String::as_str).take(CANDIDATES)) {
        return Some(format!("did you mean `{near}`?"));
    }
    let same: Vec<String> =
        ids.iter().filter(|other| other.starts_with(&format!("{kind}["))).take(5).cloned().collect();
    (!same.is_empty()).then(|| format!("of that type there is {}", list(&same, "and")))
}
