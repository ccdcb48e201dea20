//! Floor 5: recipes, cookbooks, attributes and facts to one sealed collection. Lua is born and dies here.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::cookbook::Project;
use crate::model::error::{Diagnostic, Diagnostics};

use budget::{Due, MOMENT};
pub use early_rows::{Complete, Listener};
pub use input::{Attribute, Compiled, Input, Limits};

mod allowance;
mod arguments;
mod attributes;
mod before_facts;
mod books;
mod budget;
mod check;
mod common;
mod compilation;
mod convert;
mod custom;
mod cycles;
mod declare;
mod deferred;
mod describe;
mod early_rows;
mod environment;
mod evaluate;
mod expand;
mod fault;
mod foreign;
mod guard;
mod handle;
mod include;
mod input;
mod kinds;
mod language;
mod node;
mod node_view;
mod notify;
mod order;
mod place;
mod quotes;
mod reference;
mod require;
mod resolve;
mod run;
mod sandbox;
mod script;
mod seal;
mod session;
mod strict;
mod syntax;
mod types;
mod unread_attributes;
mod value_names;
mod vm;
pub mod words;

/// Makes what every compile of this process needs. Without it the first one does.
pub fn get_ready() {
    // What is wrong with it is said by the compile.
    let _ = sandbox::prepare();
    let _ = language::prelude();
}

/// Compiles a run list in this process, within the usual limits.
///
/// # Errors
/// As [`compile_within`].
pub fn compile(input: &Input<'_>) -> Result<Compiled, Diagnostics> {
    compile_within(input, Limits::default())
}

/// Compiles a run list in this process, within limits.
///
/// # Errors
/// Every mistake found, in order, each with its place.
pub fn compile_within(input: &Input<'_>, limits: Limits) -> Result<Compiled, Diagnostics> {
    on_its_own_stack(|due| run::run(input, limits, due, None))?
}

/// The same, and tells of the declarations while it goes on: of each as soon as it is complete, in order.
///
/// # Errors
/// As [`compile_within`].
pub fn compile_ahead(input: &Input<'_>, limits: Limits, listener: Listener) -> Result<Compiled, Diagnostics> {
    on_its_own_stack(|due| run::run(input, limits, due, Some(listener)))?
}

/// What is wrong with a run list whatever the machine says of itself; of the input's facts the names alone count. Much
/// can't be told without them, so nothing found does not mean that all is well.
#[must_use]
pub fn foretell(input: &Input<'_>, limits: Limits) -> Vec<Diagnostic> {
    on_its_own_stack(|due| before_facts::run(input, limits, due)).unwrap_or_else(|failed| vec![failed])
}

/// What the project and all its cookbooks declare: custom resources and attributes. The run list counts for nothing.
///
/// # Errors
/// The compile had to be stopped. What is wrong with one cookbook is among the warnings.
pub fn describe(input: &Input<'_>, limits: Limits) -> Result<Compiled, Diagnostics> {
    on_its_own_stack(|due| describe::run(input, limits, due))?
}

/// Entries of a run list that name no recipe and no cookbook, each with a sentence that says so.
#[must_use]
pub fn unknown(project: &Project, run_list: &[String]) -> Vec<Diagnostic> {
    before_facts::unknown(project, run_list)
}

/// Stack of the thread that Lua runs on: the parser and pattern matcher recurse natively, and an overflow would abort.
const STACK: usize = 16 << 20;

/// Works on a thread of its own, and says from time to time that the clocks are to be looked at.
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

/// Wakes the thread that waits, however the work ends.
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
