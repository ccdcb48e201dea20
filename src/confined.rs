//! Floor 6: the compile in a process of its own, which can reach nothing: no file, no program, no network.
//!
//! Recipes come from strangers, and Lua is a large machine. So this program is started once more to compile, with nothing
//! in its environment, little that it may use and no door open but two pipes. What it wants of the project's files it asks
//! for; what it makes comes back as data. Whatever it does, it ends, and how it ended is told.

use crate::compile::{Compiled, Input};
use crate::model::error::{Diagnostic, Diagnostics};
use crate::provider::Upcoming;

mod check;
mod compiler;
mod converse;
mod doors;
mod frame;
mod message;
mod pipe;
mod process;
mod serve;

use message::Task;

pub use compiler::Compiler;
pub use serve::serve;

impl Compiler {
    /// Compiles a run list.
    ///
    /// # Errors
    /// Every mistake found, in order, each with its place; or why the compile had to be stopped.
    pub fn compile(&self, input: &Input<'_>) -> Result<Compiled, Diagnostics> {
        converse::converse(self, Task::Compile, input, &mut |_| {})
    }

    /// The same, with a look at the declarations while it goes on: some at a time, each as soon as it is complete, in
    /// order. What is looked at may still turn out to be part of a compile that fails.
    ///
    /// # Errors
    /// As [`Compiler::compile`].
    pub fn compile_ahead(
        &self,
        input: &Input<'_>,
        look: &mut dyn FnMut(&[Upcoming]),
    ) -> Result<Compiled, Diagnostics> {
        converse::converse(self, Task::CompileAhead, input, look)
    }

    /// What is wrong with a run list whatever the machine says of itself; of the input's facts the names alone count.
    #[must_use]
    pub fn foretell(&self, input: &Input<'_>) -> Vec<Diagnostic> {
        match converse::converse(self, Task::Foretell, input, &mut |_| {}) {
            Ok(_) => Vec::new(),
            Err(Diagnostics(findings)) => findings,
        }
    }
}
