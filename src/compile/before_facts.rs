//! Finds errors that don't depend on the facts of the machine, before the machine is asked for them.

use std::rc::Rc;

use crate::cookbook::Project;
use crate::model::error::Diagnostic;

use super::books::Books;
use super::budget::Due;
use super::compilation::Compilation;
use super::environment;
use super::input::{Input, Limits};

/// Compiles until a recipe reads a fact, and returns the errors found so far.
pub(super) fn run(input: &Input<'_>, limits: Limits, due: Due) -> Vec<Diagnostic> {
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
