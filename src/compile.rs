//! Floor 5: recipes, cookbooks, attributes and facts to one sealed collection. Lua is born and dies here.

use crate::cookbook::Project;
use crate::model::error::{Diagnostic, Diagnostics};
use crate::provider::Upcoming;

pub use input::{Attribute, Compiled, Input, Limits};
use tell::Teller;

mod attributes;
mod books;
mod budget;
mod check;
mod common;
mod convert;
mod custom;
mod declare;
mod deferred;
mod engine;
mod environment;
mod evaluate;
mod expand;
mod fault;
mod foretell;
mod guard;
mod handle;
mod include;
mod input;
mod kinds;
mod language;
mod node;
mod node_view;
mod notify;
mod noun;
mod order;
mod place;
mod require;
mod resolve;
mod run;
mod sandbox;
mod script;
mod seal;
mod session;
mod strict;
mod syntax;
mod tell;
mod types;
mod vm;

/// Compiles a run list.
///
/// # Errors
/// Every mistake found, in order, each with its place.
pub fn compile(input: &Input<'_>) -> Result<Compiled, Diagnostics> {
    compile_within(input, Limits::default())
}

/// What is wrong with a run list whatever the machine says of itself; of the input's facts the names alone count. Much
/// can't be told without them, so nothing found does not mean that all is well.
#[must_use]
pub fn foretell(input: &Input<'_>) -> Vec<Diagnostic> {
    let found = on_its_own_stack(|| foretell::run(input, Limits::default()), || {});
    found.unwrap_or_else(|failed| vec![failed])
}

/// Entries of a run list that name no recipe and no cookbook, each with a sentence that says so.
#[must_use]
pub fn unknown(project: &Project, run_list: &[String]) -> Vec<Diagnostic> {
    foretell::unknown(project, run_list)
}

/// The same as [`compile`], with a look at the declarations while it goes on: some at a time, each as soon as it is
/// complete, in order. What is looked at may still turn out to be part of a compile that fails.
///
/// # Errors
/// As [`compile`].
pub fn compile_ahead(input: &Input<'_>, look: &mut dyn FnMut(&[Upcoming])) -> Result<Compiled, Diagnostics> {
    let (teller, listener) = Teller::new();
    on_its_own_stack(|| run::run(input, Limits::default(), teller), || listener.listen(look))?
}

/// Stack of the thread that Lua runs on: the parser and pattern matcher recurse natively, and an overflow would abort.
const STACK: usize = 16 << 20;

/// The same within other limits.
///
/// # Errors
/// As [`compile`].
pub fn compile_within(input: &Input<'_>, limits: Limits) -> Result<Compiled, Diagnostics> {
    on_its_own_stack(|| run::run(input, limits, Teller::silent()), || {})?
}

/// Works on a thread of its own, and does something else meanwhile.
fn on_its_own_stack<T: Send>(
    work: impl FnOnce() -> T + Send,
    meanwhile: impl FnOnce(),
) -> Result<T, Diagnostic> {
    std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().name("compile".into()).stack_size(STACK);
        let thread = builder
            .spawn_scoped(scope, work)
            .map_err(|error| Diagnostic::error(format!("can't start a thread for the compile: {error}")))?;
        meanwhile();
        thread.join().map_err(|_| Diagnostic::error("the compile panicked"))
    })
}
