//! Runs a compile, from the run list to the collection.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::cookbook::Project;
use crate::model::error::{Diagnostic, Diagnostics};

use super::books::Books;
use super::budget::Due;
use super::compilation::Compilation;
use super::cycles::cycles;
use super::input::{Compiled, Input, Limits, Listener};
use super::order::collection;
use super::resolve::resolved;
use super::{environment, fragments, requires, sandbox};

/// Most errors that are reported.
const ERRORS: usize = 100;

/// Compiles on the current thread.
pub(super) fn run(
    input: &Input<'_>,
    limits: Limits,
    due: Due,
    listener: Option<Listener>,
) -> Result<Compiled, Diagnostics> {
    Rc::new(Compilation::new(input, limits, due, listener, environment::words)).compile(input.run_list)
}

/// Removes the text of these lines from findings. The line numbers stay.
fn conceal(findings: &mut [Diagnostic], lines: &BTreeSet<(String, u32)>) {
    for location in findings.iter_mut().filter_map(|finding| finding.location.as_mut()) {
        if !lines.is_empty() && lines.contains(&(location.file.clone(), location.line)) {
            location.excerpt.clear();
        }
    }
}

impl Compilation {
    /// Compiles a run list to a collection.
    pub(super) fn compile(self: &Rc<Self>, run_list: &[String]) -> Result<Compiled, Diagnostics> {
        sandbox::prepare()?;
        let entries = run_list.iter().filter_map(|entry| self.books.entry(entry).ok());
        let books: Vec<&str> = entries.map(|(book, _)| book).collect();
        self.session.borrow_mut().run_list = books.iter().map(|book| (*book).to_owned()).collect();
        self.add_wrappers(books.into_iter());
        for entry in run_list {
            if self.is_over(|| None) {
                break;
            }
            self.run_entry(entry);
        }
        let compiled = self.finish(run_list);
        self.drop_states();
        compiled
    }

    /// Drops the Lua states. Their callbacks hold the compilation, which holds the states.
    pub(super) fn drop_states(&self) {
        self.vms.take();
        self.attributes.take();
        self.session.take();
    }

    /// Makes the collection of what was declared.
    pub(super) fn finish(self: &Rc<Self>, run_list: &[String]) -> Result<Compiled, Diagnostics> {
        if !self.is_over(|| None) {
            self.resolve_notifications();
            if self.sure.get().is_none() {
                self.check_unread();
                self.warn_of_printed_quotes();
            }
        }
        // The last allocation may have exceeded the limit.
        self.is_over(|| None);
        let attributes = self.attribute_report();
        let requirements = self.resolve_requirements();
        let asked = self.asked_probes();
        let mut session = self.session.borrow_mut();
        let resolved = resolved(&session);
        let concealed = session.concealed();
        // Each name is usually unique, and the number of names is known.
        let is_twice = session.names.len() < session.drafts.len();
        let drafts = std::mem::take(&mut session.drafts);
        let (mut collection, rows, mut warnings) = collection(run_list, drafts, resolved, is_twice);
        collection.probes = asked;
        collection.limit(&|name| self.books.authority(name).cloned());
        let out_of_order = requires::add(&mut collection.rows, requirements, &rows);
        session.errors.extend(out_of_order);
        if session.errors.is_empty() {
            session.errors = fragments::gather(&mut collection.rows, &self.allowance);
        }
        if session.errors.is_empty() {
            session.errors = cycles(&collection.rows);
        }
        if !session.errors.is_empty() {
            let mut errors = std::mem::take(&mut session.errors);
            conceal(&mut errors, &concealed);
            if errors.len() > ERRORS {
                let more = errors.len() - ERRORS;
                errors.truncate(ERRORS);
                errors.push(Diagnostic::error(format!("{more} more errors are not shown")));
            }
            return Err(Diagnostics(errors));
        }
        let mut all = std::mem::take(&mut session.warnings);
        all.extend(self.books.unfinished());
        all.extend(self.books.hiding());
        all.extend(self.books.unread_attributes());
        all.extend(self.books.unread_probes());
        all.append(&mut warnings);
        conceal(&mut all, &concealed);
        Ok(Compiled {
            collection,
            rows,
            blobs: std::mem::take(&mut session.blobs),
            warnings: all,
            attributes,
            types: Vec::new(),
            tasks: Vec::new(),
            probes: Vec::new(),
            messages: std::mem::take(&mut session.messages),
        })
    }
}

/// Compiles until a recipe reads a fact, and returns the errors found so far.
pub(super) fn foretell(input: &Input<'_>, limits: Limits, due: Due) -> Vec<Diagnostic> {
    let compilation = Rc::new(Compilation::new(input, limits, due, None, environment::words));
    compilation.sure.set(Some(usize::MAX));
    let compiled = compilation.compile(input.run_list);
    let mut sure = compiled.err().map(|findings| findings.0).unwrap_or_default();
    sure.truncate(compilation.sure.get().unwrap_or_default());
    sure
}

/// Errors for the entries of a run list that don't exist.
pub(super) fn unknown(project: &Project, run_list: &[String]) -> Vec<Diagnostic> {
    let books = Books::new(project);
    run_list.iter().filter_map(|entry| books.entry(entry).err()).collect()
}
