//! What cookbooks may do: checked where a row is declared, for the cookbook whose code declares it.
//!
//! A cookbook that needs no grants, because it is part of the project or of chefrs, may do for another one only what that
//! one may do: otherwise it would lend its rights to whoever calls it.

use std::collections::BTreeSet;
use std::rc::Rc;

use mlua::Lua;
use serde_json::{Map, Value};

use crate::model::capability::{Authority, Need, NeededRights};
use crate::model::collection::{Guard, Row};
use crate::model::error::{Diagnostic, Location};
use crate::model::later::with_later;
use crate::model::node::AttributeSource;
use crate::model::probe::ProbeQuestion;
use crate::model::sorted;
use crate::model::step::Command;
use crate::model::unit_test;
use crate::provider::Planner;

use super::books::Books;
use super::compilation::Compilation;
use super::place;
use super::session::{CompileSession, Mistake, WrittenNotification};
use super::types::{Declared, ProbeDeclaration};

/// The cookbook whose code a Lua state runs.
pub(super) struct BookOfState(pub(super) String);

impl Books {
    /// What a cookbook may do. None: everything.
    pub(super) fn authority(&self, book: &str) -> Option<&Authority> {
        self.book(book)?.authority.as_deref()
    }

    /// Lets every cookbook do everything. What others do for `charged` counts as its own.
    pub(super) fn lift_limits(&mut self, charged: &str) {
        self.has_strangers = true;
        for book in self.all_mut() {
            book.authority = (book.name == charged).then(|| Box::new(Authority::of_everything()));
        }
    }

    /// Whether a cookbook comes from elsewhere, so that it needs grants.
    pub(super) fn needs_grants(&self, book: &str) -> bool {
        self.authority(book).is_some_and(Authority::needs_grants)
    }

    /// Refuses the files of the project's own cookbooks to those from elsewhere. They get files that are handed over.
    pub(super) fn require_files(&self, row: &Row, of: &str) -> Result<(), Box<Diagnostic>> {
        let is_foreign = |book: &str| self.needs_grants(book) && of != book;
        let is_own = !self.is_shipped(of) && !self.needs_grants(of);
        if is_own && (is_foreign(&row.cookbook) || is_foreign(&row.on_behalf)) && of != row.cookbook {
            return Err(Box::new(
                Diagnostic::error(format!("the cookbook `{}` can't use the files of {}", row.cookbook, named(of)))
                    .note("a cookbook from elsewhere has only its own files, and those that it is given")
                    .hint("let the project pass the file in, with `property.file`, `property.template` or `attribute.file`"),
            ));
        }
        Ok(())
    }

    /// What a cookbook lacks, if it lacks something.
    fn lack(&self, book: &str, need: &Need) -> Option<Diagnostic> {
        let authority = self.authority(book)?;
        let lack = authority.lacks(need)?;
        let (message, hint) = authority.told(book, need, lack);
        Some(Diagnostic::error(message).hint(hint))
    }
}

/// What a row needs besides what its type says: the commands of its guards, wherever they are.
pub(super) fn guard_needs(row: &Row, needs: &mut NeededRights) {
    for guard in row.only_if.iter().chain(&row.not_if) {
        match guard {
            Guard::Command(command) => needs.command(command),
            Guard::Deferred(form) => command_needs(form, needs),
            Guard::Is(_) | Guard::Exists(_) => {}
        }
    }
}

/// The needs of a command in the form of the collection.
pub(super) fn command_needs(form: &Value, needs: &mut NeededRights) {
    if let Ok(command) = serde_json::from_value::<Command>(with_later(form)) {
        needs.command(&command);
    }
}

/// The needs of a row for some actions, as far as they are known now.
fn row_needs(declared: &Declared, row: &Row, planner: Option<&dyn Planner>, actions: &[String]) -> Vec<Need> {
    let mut needs = NeededRights::default();
    guard_needs(row, &mut needs);
    if let Declared::Builtin(kind) = declared {
        let later: Option<Box<dyn Planner>> = if planner.is_some() {
            None
        } else {
            let properties: Map<String, Value> =
                sorted::collected(row.properties.iter().map(|(key, value)| (key.clone(), with_later(value))));
            (kind.load)(&properties).ok()
        };
        if let Some(planner) = planner.or(later.as_deref()) {
            actions
                .iter()
                .filter(|action| *action != "nothing")
                .for_each(|action| planner.needs(action, &mut needs));
        }
    }
    needs.into_sorted()
}

impl Compilation {
    /// The cookbook for which the present code declares, if it needs grants and the cookbook of the code does not.
    pub(super) fn on_behalf(session: &CompileSession, books: &Books) -> String {
        let Some(frame) = session.frame().filter(|_| books.has_strangers) else { return String::new() };
        if books.needs_grants(&frame.cookbook) {
            return String::new();
        }
        if let Some((parent, _)) = &frame.parent {
            return session.drafts.get(*parent).map(|draft| charged(&draft.row, books)).unwrap_or_default();
        }
        let around = session.frames.iter().rev().map(|frame| frame.cookbook.as_str());
        around.into_iter().find(|book| books.needs_grants(book)).unwrap_or_default().to_owned()
    }

    /// The error for code of one cookbook that declares in the name of another one.
    pub(super) fn foreign_code(&self, lua: &Lua) -> Option<Diagnostic> {
        let book = lua.app_data_ref::<BookOfState>()?;
        let session = self.session.borrow();
        let frame = session.frame()?;
        (book.0 != frame.cookbook).then(|| {
            Diagnostic::error(format!(
                "code of {} can't declare for {}",
                named(&book.0),
                named(&frame.cookbook)
            ))
        })
    }

    /// Whether what the needs of rows are collected for later.
    fn records(&self) -> bool {
        self.session.borrow().needs.is_some()
    }

    /// Refuses a value that the cookbook of this code may not have. Only the project itself may have all.
    pub(super) fn authorize(&self, lua: &Lua, list: impl FnOnce(&mut NeededRights)) -> mlua::Result<()> {
        let Some(book) = lua.app_data_ref::<BookOfState>().map(|book| book.0.clone()) else { return Ok(()) };
        let behalf = Self::on_behalf(&self.session.borrow(), &self.books);
        let is_free = |book: &str| book.is_empty() || self.books.authority(book).is_none();
        if is_free(&book) && is_free(&behalf) && !self.records() {
            return Ok(());
        }
        let is_of_test = place::here(lua).is_some_and(|here| self.is_of_test(&here));
        let mut needs = NeededRights::default();
        list(&mut needs);
        for need in needs.into_sorted() {
            for name in [&book, &behalf].into_iter().filter(|_| !is_of_test) {
                if let Some(refused) = self.books.lack(name, &need).filter(|_| !need.is_open()) {
                    return Err(self.refuse(lua, refused));
                }
            }
            if !is_of_test {
                self.note_need(&book, need.clone());
                self.note_need(&behalf, need);
            }
        }
        Ok(())
    }

    /// Whether a line is one of a file of tests.
    fn is_of_test(&self, place: &Location) -> bool {
        self.is_test && place.file.split('/').any(|part| part == unit_test::FOLDER)
    }

    fn note_need(&self, book: &str, need: Need) {
        if let Some(seen) = &mut self.session.borrow_mut().needs {
            seen.insert((book.to_owned(), need));
        }
    }

    /// What a complete draft needs that its cookbook, or the one that it acts for, may not do.
    pub(super) fn unauthorized(&self, draft: usize, planner: Option<&dyn Planner>) -> Vec<Mistake> {
        let actions = {
            let session = self.session.borrow();
            let row = &session.drafts[draft].row;
            // Nearly all rows are the project's own.
            if row.cookbook.is_empty() && row.on_behalf.is_empty() && session.needs.is_none() {
                return Vec::new();
            }
            row.actions.clone()
        };
        self.unauthorized_actions(draft, planner, &actions)
    }

    fn unauthorized_actions(
        &self,
        draft: usize,
        planner: Option<&dyn Planner>,
        actions: &[String],
    ) -> Vec<Mistake> {
        let (needs, cookbook, behalf, whose) = {
            let session = self.session.borrow();
            let Some(Some(draft)) = session.drafts.get(draft).map(|draft| (!draft.broken).then_some(draft))
            else {
                return Vec::new();
            };
            let row = &draft.row;
            let is_free = |book: &str| self.books.authority(book).is_none();
            if is_free(&row.cookbook) && is_free(&row.on_behalf) && session.needs.is_none() {
                return Vec::new();
            }
            // Tests declare for themselves.
            if self.is_of_test(&row.location) {
                return Vec::new();
            }
            let needs = row_needs(&draft.declared, row, planner, actions);
            (needs, row.cookbook.clone(), row.on_behalf.clone(), chain(&session, row))
        };
        let mut mistakes = Vec::new();
        for need in needs {
            let lacking = [&cookbook, &behalf].into_iter().find_map(|book| self.books.lack(book, &need));
            if let Some(mut refused) = lacking.filter(|_| !need.is_open()) {
                refused.message = format!("{whose}: {}", refused.message);
                mistakes.push(Mistake::whole(refused));
            }
            self.note_need(&cookbook, need.clone());
            self.note_need(&behalf, need);
        }
        mistakes
    }

    /// Checks a notification: the action must be allowed to the cookbook of the row, and, if it is the row of another
    /// cookbook, to the one that sends it.
    pub(super) fn check_notification(self: &Rc<Self>, written: &WrittenNotification, target: usize) {
        let action = std::slice::from_ref(&written.action);
        let is_declared = {
            let session = self.session.borrow();
            session.drafts[target].row.actions.contains(&written.action)
        };
        let mut mistakes =
            if is_declared { Vec::new() } else { self.unauthorized_actions(target, None, action) };
        let reached = {
            let session = self.session.borrow();
            let (owner, other) = (&session.drafts[written.owner].row, &session.drafts[target].row);
            let sender = charged(owner, &self.books);
            if sender.is_empty() || sender == charged(other, &self.books) {
                Vec::new()
            } else {
                let mut lacking = Vec::new();
                for (draft, actions) in reached(&session, target, &written.action) {
                    let draft = &session.drafts[draft];
                    for need in row_needs(&draft.declared, &draft.row, None, &actions) {
                        lacking.extend(self.books.lack(&sender, &need).map(|mut refused| {
                            refused.message = format!(
                                "{}: `{}` runs {} of {}: {}",
                                chain(&session, owner),
                                written.property(),
                                other.id(),
                                named(&other.cookbook),
                                refused.message
                            );
                            Mistake::whole(refused.at(written.location.clone()))
                        }));
                    }
                }
                lacking
            }
        };
        mistakes.extend(reached);
        let mut session = self.session.borrow_mut();
        for mistake in mistakes {
            session.mistake(written.owner, mistake);
        }
    }

    /// Refuses probes that the cookbook may not ask.
    pub(super) fn authorize_probe(&self, book: &str, probe: &ProbeDeclaration) -> Option<Diagnostic> {
        if self.books.authority(book).is_none() && !self.records() {
            return None;
        }
        let mut needs = NeededRights::default();
        match &probe.question {
            ProbeQuestion::File(path) => needs.read(path),
            ProbeQuestion::Command(command, _) | ProbeQuestion::Version(command, _) => needs.command(command),
            ProbeQuestion::Units(_) | ProbeQuestion::Packages(_) | ProbeQuestion::Mounts => {}
        }
        let needs = needs.into_sorted();
        for need in &needs {
            self.note_need(book, need.clone());
        }
        let refused = needs.iter().find_map(|need| self.books.lack(book, need));
        refused.map(|refused| refused.at(probe.location.clone()))
    }

    /// The errors for attributes of other cookbooks that a cookbook may not set.
    pub(super) fn authorize_wrapper(&self, book: &str, source: &AttributeSource) {
        if self.books.authority(book).is_none() && !self.records() {
            return;
        }
        let set = source.values.iter().flat_map(|(other, attributes)| {
            let names = attributes.as_object().into_iter().flat_map(Map::keys);
            names.map(move |name| format!("{other}.{name}"))
        });
        for path in set.chain(source.unset.keys().cloned()) {
            let mut needs = NeededRights::default();
            needs.attribute(&path);
            for need in needs.into_sorted() {
                if let Some(refused) = self.books.lack(book, &need) {
                    let place = source.lines.get(&path).or_else(|| source.unset.get(&path)).cloned();
                    let place = place.unwrap_or_else(|| Location::new(&source.origin, 0));
                    self.refuse_at(Some(place), refused);
                }
                self.note_need(book, need);
            }
        }
    }
}

/// The cookbook whose grants count for what a row does, if one's do.
fn charged(row: &Row, books: &Books) -> String {
    if books.needs_grants(&row.cookbook) { row.cookbook.clone() } else { row.on_behalf.clone() }
}

fn named(book: &str) -> String {
    if book.is_empty() { "the project".to_owned() } else { format!("the cookbook `{book}`") }
}

/// The way to a row: `shop → nginx:site[blog] → file[/etc/x]`.
fn chain(session: &CompileSession, row: &Row) -> String {
    let mut around = Vec::new();
    let mut at = Some(row);
    while let Some(row) = at {
        around.push(row.id());
        at = row.parent.as_ref().and_then(|parent| session.drafts.get(parent.row)).map(|draft| &draft.row);
    }
    around.reverse();
    around.join(" → ")
}

/// The drafts that an action of one runs, with their actions.
fn reached(session: &CompileSession, target: usize, action: &str) -> Vec<(usize, Vec<String>)> {
    let mut all = vec![(target, vec![action.to_owned()])];
    let mut seen: BTreeSet<(usize, String)> = BTreeSet::new();
    let mut at = 0;
    while let Some((draft, actions)) = all.get(at).cloned() {
        at += 1;
        if !session.drafts[draft].row.custom {
            continue;
        }
        for action in actions {
            if !seen.insert((draft, action.clone())) {
                continue;
            }
            let is_inside = |row: &Row| {
                row.parent.as_ref().is_some_and(|parent| parent.row == draft && parent.action == action)
            };
            let inside = session.drafts.iter().enumerate().filter(|(_, inner)| is_inside(&inner.row));
            all.extend(inside.map(|(index, inner)| (index, inner.row.actions.clone())));
        }
    }
    all
}
