//! Notifications: read where they are written, resolved to rows when everything is declared.

use std::collections::BTreeSet;
use std::rc::Rc;

use mlua::{Table, Value as LuaValue};

use crate::model::collection::{Notification, Timing};
use crate::model::english::{list, nearest};
use crate::model::error::Diagnostic;
use crate::provider::common::TIMINGS;

use super::check::{has_action, unknown_action};
use super::convert::{describe, text};
use super::declare::Handle;
use super::engine::Engine;
use super::session::{Aim, Draft, Session, Wish};

/// Names that are compared with a misspelt one.
const CANDIDATES: usize = 5000;
/// Mistakes after which no more notifications are looked at.
const ENOUGH: usize = 100;

/// A notification whose ends are drafts.
pub(super) struct Resolved {
    pub(super) from: usize,
    pub(super) notification: Notification,
}

impl Engine {
    /// Reads `notifies` or `subscribes`: one notification, or a list of them.
    pub(super) fn wishes(&self, draft: usize, property: &str, value: &LuaValue) -> Result<(), Diagnostic> {
        let LuaValue::Table(table) = value else { return Err(malformed(property, &describe(value))) };
        let first: LuaValue = table.raw_get(1).unwrap_or(LuaValue::Nil);
        let tables: Vec<Table> = if matches!(first, LuaValue::Table(_)) {
            let mut tables = Vec::new();
            for pair in table.pairs::<LuaValue, LuaValue>() {
                match pair {
                    Ok((LuaValue::Number(_) | LuaValue::Integer(_), LuaValue::Table(one))) => {
                        tables.push(one);
                    }
                    Ok((_, other)) => return Err(malformed(property, &describe(&other))),
                    Err(error) => return Err(Diagnostic::error(error.to_string())),
                }
            }
            tables
        } else {
            vec![table.clone()]
        };
        let location = self.session.borrow().property_location(draft, Some(property));
        for table in tables {
            let mut wish = wish(property, &table)?;
            wish.owner = draft;
            wish.location = location.clone();
            self.session.borrow_mut().wishes.push(wish);
        }
        Ok(())
    }

    /// Resolves all wishes, and expands the actions of custom resources that they ask for, until nothing is left.
    pub(super) fn resolve_notifications(self: &Rc<Self>) {
        let mut next = 0;
        loop {
            let Some(wish) = self.session.borrow().wishes.get(next).cloned() else { return };
            next += 1;
            if self.is_stopped() || self.session.borrow().errors.len() > ENOUGH {
                return;
            }
            let Some(target) = self.checked_target(&wish) else { continue };
            let asks_custom = {
                let session = self.session.borrow();
                let draft = &session.drafts[target];
                draft.row.custom && !draft.broken && wish.action != "nothing"
            };
            if asks_custom {
                self.expand(target, &wish.action);
            }
        }
    }

    /// The draft whose action a wish asks for; what is wrong with it is put on the list.
    fn checked_target(&self, wish: &Wish) -> Option<usize> {
        let problem = {
            let session = self.session.borrow();
            let other = session.find(wish);
            // Files that ended early may have declared it: one mistake shall not look like two.
            if other.is_none() && session.aborted {
                return None;
            }
            match other {
                None => never_declared(&session.drafts, wish),
                Some(other) => {
                    let target = if wish.subscribed { wish.owner } else { other };
                    let draft = &session.drafts[target];
                    let known = draft.declared.actions();
                    if has_action(&known, &wish.action) {
                        return Some(target);
                    }
                    let mut diagnostic = unknown_action(&draft.row.id(), &wish.action, &known);
                    let property = if wish.subscribed { "subscribes" } else { "notifies" };
                    diagnostic.message = format!("`{property}`: {}", diagnostic.message);
                    diagnostic
                }
            }
        };
        let id = self.session.borrow().drafts[wish.owner].row.id();
        let mut session = self.session.borrow_mut();
        session.drafts[wish.owner].broken = true;
        let message = format!("{id}: {}", problem.message);
        session.record(Diagnostic { message, ..problem }.at(wish.location.clone()));
        None
    }

    /// All notifications, from draft to draft, in the order in which they were written.
    pub(super) fn resolved(&self) -> Vec<Resolved> {
        let session = self.session.borrow();
        let mut seen = BTreeSet::new();
        let mut resolved = Vec::new();
        for wish in &session.wishes {
            let Some(other) = session.find(wish) else { continue };
            let (from, target) = if wish.subscribed { (other, wish.owner) } else { (wish.owner, other) };
            let timing = wish.timing;
            if seen.insert((from, target, wish.action.clone(), timing as u8, wish.skip_on_failure)) {
                let notification = Notification {
                    target,
                    action: wish.action.clone(),
                    timing,
                    skip_on_failure: wish.skip_on_failure,
                };
                resolved.push(Resolved { from, notification });
            }
        }
        resolved
    }
}

impl Session {
    /// The draft at the other end: inside a custom resource the look-up goes outwards; the last of that name counts.
    fn find(&self, wish: &Wish) -> Option<usize> {
        let (kind, name) = match &wish.aim {
            Aim::Draft(index) => return Some(*index),
            Aim::Named(kind, name) => (kind, name),
        };
        let scope = |draft: usize| Some(self.drafts.get(draft)?.row.parent.as_ref().map(|parent| parent.row));
        let mut within = scope(wish.owner)?;
        loop {
            if let Some(found) = self.names.get(&(within, kind.clone(), name.clone())) {
                return Some(*found);
            }
            within = scope(within?)?;
        }
    }
}

fn wish(property: &str, table: &Table) -> Result<Wish, Diagnostic> {
    let mut wish = Wish {
        owner: 0,
        aim: Aim::Draft(0),
        action: String::new(),
        timing: Timing::Delayed,
        skip_on_failure: false,
        subscribed: property == "subscribes",
        location: crate::model::error::Location::new("", 0),
    };
    let mut aimed = false;
    for pair in table.pairs::<LuaValue, LuaValue>() {
        let (key, value) = pair.map_err(|error| Diagnostic::error(error.to_string()))?;
        let index = match &key {
            #[expect(clippy::cast_possible_truncation, reason = "only 1 to 3 are looked at")]
            LuaValue::Number(number) => *number as i64,
            LuaValue::Integer(number) => *number,
            _ => 0,
        };
        match (index, text(&key).as_deref()) {
            (1, _) => wish.action = text(&value).ok_or_else(|| malformed(property, &describe(&value)))?,
            (2, _) => {
                wish.aim = aim(property, &value)?;
                aimed = true;
            }
            (3, _) => wish.timing = timing(property, &value)?,
            (_, Some("on_failure")) => match text(&value).as_deref() {
                Some("skip") => wish.skip_on_failure = true,
                Some("run") => wish.skip_on_failure = false,
                _ => {
                    return Err(Diagnostic::error(format!(
                        "`on_failure` in `{property}` takes \"skip\" or \"run\", not {}",
                        describe(&value)
                    )));
                }
            },
            (_, Some(name)) => {
                return Err(Diagnostic::error(format!("`{property}` has no key `{name}`"))
                    .hint("`on_failure` is the only one"));
            }
            _ => return Err(malformed(property, "a longer list")),
        }
    }
    if wish.action.is_empty() || !aimed {
        return Err(malformed(property, "a table that lacks one of them"));
    }
    Ok(wish)
}

fn never_declared(drafts: &[Draft], wish: &Wish) -> Diagnostic {
    let Aim::Named(kind, name) = &wish.aim else { return Diagnostic::error("the resource is gone") };
    let id = format!("{kind}[{name}]");
    let property = if wish.subscribed { "subscribes" } else { "notifies" };
    let verb = if wish.subscribed { "subscribes to" } else { "notifies" };
    let diagnostic = Diagnostic::error(format!("`{property}`: {id} is never declared"));
    let ids: BTreeSet<String> = drafts.iter().map(|draft| draft.row.id()).collect();
    if ids.contains(&id) {
        return diagnostic
            .note(format!("a resource of that name is declared inside a custom resource, where nothing outside {verb} it"))
            .hint("let the custom resource itself be the other end");
    }
    // Distances are not free: of very many names the first will do.
    if let Some(near) = nearest(&id, ids.iter().map(String::as_str).take(CANDIDATES)) {
        return diagnostic.hint(format!("did you mean `{near}`?"));
    }
    let same: Vec<String> =
        ids.iter().filter(|other| other.starts_with(&format!("{kind}["))).take(5).cloned().collect();
    if same.is_empty() {
        return diagnostic.hint(format!("declare it: {kind} \"{name}\" {{ action = \"nothing\" }}"));
    }
    diagnostic.hint(format!("of that type there is {}", list(&same, "and")))
}

fn malformed(property: &str, found: &str) -> Diagnostic {
    let mark = if property == "subscribes" { "template[/etc/app.conf]" } else { "service[nginx]" };
    Diagnostic::error(format!("property `{property}` takes an action and a resource, not {found}"))
        .hint(format!("{property} = {{ \"reload\", \"{mark}\" }}, or a list of these"))
}

fn aim(property: &str, value: &LuaValue) -> Result<Aim, Diagnostic> {
    if let LuaValue::UserData(data) = value
        && let Ok(handle) = data.borrow::<Handle>()
    {
        return Ok(Aim::Draft(handle.draft));
    }
    let Some(target) = text(value) else { return Err(malformed(property, &describe(value))) };
    match target.strip_suffix(']').and_then(|rest| rest.split_once('[')) {
        Some((kind, name)) if !kind.is_empty() && !name.is_empty() => {
            Ok(Aim::Named(kind.into(), name.into()))
        }
        _ => Err(malformed(property, &format!("\"{target}\""))),
    }
}

fn timing(property: &str, value: &LuaValue) -> Result<Timing, Diagnostic> {
    match text(value).as_deref() {
        Some("delayed") => Ok(Timing::Delayed),
        Some("immediately" | "immediate") => Ok(Timing::Immediately),
        Some("before") => Ok(Timing::Before),
        other => {
            let quoted: Vec<String> = TIMINGS.iter().map(|timing| format!("\"{timing}\"")).collect();
            let diagnostic = Diagnostic::error(format!(
                "the timing in `{property}` is {}, not {}",
                list(&quoted, "or"),
                describe(value)
            ));
            Err(match other.and_then(|word| nearest(word, TIMINGS.iter().copied())) {
                Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
                None => diagnostic,
            })
        }
    }
}
