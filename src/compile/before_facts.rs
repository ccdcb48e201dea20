//! What is wrong with recipes whatever the machine says of itself: found before anybody has asked it.

use std::rc::Rc;

use crate::cookbook::Project;
use crate::model::error::Diagnostic;

use super::books::Books;
use super::budget::Due;
use super::compilation::Compilation;
use super::environment;
use super::input::{Input, Limits};

/// Compiles up to the first look at a fact, and gives the mistakes made until then.
pub(super) fn run(input: &Input<'_>, limits: Limits, due: Due) -> Vec<Diagnostic> {
    let compilation = Rc::new(Compilation::new(input, limits, due, None, environment::words));
    compilation.sure.set(Some(usize::MAX));
    let compiled = compilation.compile(input.run_list);
    let mut sure = compiled.err().map(|findings| findings.0).unwrap_or_default();
    sure.truncate(compilation.sure.get().unwrap_or_default());
    sure
}

/// Entries of a run list that name nothing.
pub(super) fn unknown(project: &Project, run_list: &[String]) -> Vec<Diagnostic> {
    let books = Books::new(project);
    run_list.iter().filter_map(|entry| books.entry(entry).err()).collect()
}
