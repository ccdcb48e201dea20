//! Floor 6: the compile in a process of its own, which can reach nothing: no file, no program, no network.
//!
//! Recipes come from strangers, and Lua is a large machine. So this program is started once more to compile, with nothing
//! in its environment, little that it may use and no door open but two pipes. What it wants of the project's files it asks
//! for; what it makes comes back as data. Whatever it does, it ends, and how it ended is told.

use crate::compile::{Compiled, Input};
use crate::model::error::{Diagnostic, Diagnostics};

mod check;
mod compiler;
mod converse;
mod doors;
mod frame;
mod message;
mod pipe;
mod process;
mod serve;
mod started;

use message::Task;

pub use compiler::Compiler;
pub use converse::hear;
pub use serve::serve;
pub use started::Started;

impl Compiler {
    /// Starts a process that compiles, before it is known what: while it gets ready, that is found out. If none can be
    /// started, the compile says so.
    #[must_use]
    pub fn start(&self) -> Started {
        Started::new(self)
    }

    /// Compiles a run list.
    ///
    /// # Errors
    /// Every mistake found, in order, each with its place; or why the compile had to be stopped.
    pub fn compile(&self, input: &Input<'_>) -> Result<Compiled, Diagnostics> {
        self.start().compile(input)
    }

    /// What the project and all its cookbooks declare.
    ///
    /// # Errors
    /// Why the compile had to be stopped. What is wrong with one cookbook is among the warnings.
    pub fn describe(&self, input: &Input<'_>) -> Result<Compiled, Diagnostics> {
        self.start().converse(Task::Describe, input, &mut |_| {})
    }

    /// What is wrong with a run list whatever the machine says of itself; of the input's facts the names alone count.
    #[must_use]
    pub fn foretell(&self, input: &Input<'_>) -> Vec<Diagnostic> {
        match self.start().converse(Task::Foretell, input, &mut |_| {}) {
            Ok(_) => Vec::new(),
            Err(Diagnostics(findings)) => findings,
        }
    }
}
