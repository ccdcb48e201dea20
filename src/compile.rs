//! Floor 5: compiles recipes, cookbooks, attributes and facts to a resource collection. Only this module runs Lua.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::cookbook::Project;
use crate::model::error::{Diagnostic, Diagnostics};
use crate::model::unit_test::{TestEvent, TestOrder};

use budget::{Due, MOMENT};
pub use input::{Attribute, Compiled, Complete, Input, Limits, Listener};
pub use syntax::{LocalLint, local_lints};

mod allowance;
mod arguments;
mod attributes;
mod authority;
mod books;
mod budget;
mod c_math;
mod check;
mod coerce;
mod common;
mod compilation;
mod convert;
mod custom;
mod cycles;
mod declare;
mod deferred;
mod describe;
mod environment;
mod evaluate;
mod expand;
mod fault;
mod foreign;
mod formats;
mod fragments;
mod guard;
mod handed;
mod handle;
mod include;
mod input;
pub mod kind_options;
pub mod kind_words;
mod kinds;
mod known_in;
mod language;
mod listed_nodes;
mod lua_values;
mod membership;
mod node;
mod node_view;
mod notify;
mod order;
mod outside_braces;
mod own_keys;
mod place;
pub mod probe_words;
mod probes;
mod properties;
mod quotes;
mod reference;
mod render;
mod require;
mod requires;
mod resolve;
mod run;
mod run_test;
mod run_tests;
mod sandbox;
mod script;
mod seal;
mod self_table;
mod session;
mod strict;
mod syntax;
mod task;
pub mod test_words;
mod tests;
mod types;
mod unread_attributes;
mod value_for_platform;
mod value_names;
mod vm;
pub mod words;

/// Compiles a run list in this process, with the default limits.
///
/// # Errors
/// As [`compile_within`].
pub fn compile(input: &Input<'_>) -> Result<Compiled, Diagnostics> {
    compile_within(input, Limits::default())
}

/// Compiles a run list in this process, with these limits.
///
/// # Errors
/// All errors in the recipes, in order, each with its location.
pub fn compile_within(input: &Input<'_>, limits: Limits) -> Result<Compiled, Diagnostics> {
    on_its_own_stack(|due| run::run(input, limits, due, None))?
}

/// Like [`compile_within`], but also reports each declaration as soon as it is complete, in order.
///
/// # Errors
/// As [`compile_within`].
pub fn compile_ahead(input: &Input<'_>, limits: Limits, listener: Listener) -> Result<Compiled, Diagnostics> {
    on_its_own_stack(|due| run::run(input, limits, due, Some(listener)))?
}

/// Finds errors that don't depend on the facts of the machine. Only the names of the input's facts are used. An empty
/// result does not mean that the recipes are right, because most checks need the facts.
#[must_use]
pub fn foretell(input: &Input<'_>, limits: Limits) -> Vec<Diagnostic> {
    on_its_own_stack(|due| run::foretell(input, limits, due)).unwrap_or_else(|failed| vec![failed])
}

/// Lists what the project and all its cookbooks declare: custom resources and attributes. The run list is ignored.
///
/// # Errors
/// The compile had to be stopped. Errors in a single cookbook are returned as warnings.
pub fn describe(input: &Input<'_>, limits: Limits) -> Result<Compiled, Diagnostics> {
    on_its_own_stack(|due| describe::run(input, limits, due))?
}

/// Lists the probes that the cookbooks in the run list declare. Nothing else is evaluated.
///
/// # Errors
/// All errors in the declarations, or the compile had to be stopped.
pub fn probes(input: &Input<'_>, limits: Limits) -> Result<Compiled, Diagnostics> {
    on_its_own_stack(|due| describe::probes(input, limits, due))?
}

/// Runs tests of cookbooks, one after the other. Each has the limits of a compile. One that has to be stopped is the last:
/// what follows is left to another process.
///
/// # Errors
/// The tests can't be run at all.
pub fn test(
    project: &Project,
    order: &TestOrder,
    limits: Limits,
    listener: &mut (dyn FnMut(TestEvent) + Send),
) -> Result<(), Diagnostic> {
    on_its_own_stack(|due| run_tests::run(project, order, limits, &due, listener))?
}

/// Errors for the entries of a run list that name no recipe and no cookbook.
#[must_use]
pub fn unknown(project: &Project, run_list: &[String]) -> Vec<Diagnostic> {
    run::unknown(project, run_list)
}

/// Stack size of the thread that runs Lua. The parser and the pattern matcher recurse natively, and a stack overflow
/// would abort the process.
const STACK: usize = 16 << 20;

/// Runs the compile on its own thread. Meanwhile this thread signals regularly that the time limits are to be checked.
fn on_its_own_stack<T: Send>(work: impl FnOnce(Due) -> T + Send) -> Result<T, Diagnostic> {
    let (due, ended) = (Due::default(), AtomicBool::new(false));
    let waker = Waker { ended: &ended, waiting: std::thread::current() };
    std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().name("compile".into()).stack_size(STACK);
        let given = due.clone();
        let work = move || {
            let _waker = waker;
            work(given)
        };
        let thread = builder
            .spawn_scoped(scope, work)
            .map_err(|error| Diagnostic::error(format!("can't start a thread for the compile: {error}")))?;
        while !ended.load(Ordering::Acquire) {
            std::thread::park_timeout(MOMENT);
            due.set();
        }
        thread.join().map_err(|_| Diagnostic::error("the compile panicked"))
    })
}

/// Wakes the waiting thread when the compile ends, also after a panic.
struct Waker<'a> {
    ended: &'a AtomicBool,
    waiting: std::thread::Thread,
}

impl Drop for Waker<'_> {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Release);
        self.waiting.unpark();
    }
}
