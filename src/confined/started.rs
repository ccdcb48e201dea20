//! A process that compiles, from its start to its end.

use crate::compile::{Compiled, Input, Limits};
use crate::model::error::{Diagnostic, Diagnostics};
use crate::provider::Upcoming;

use super::compiler::Compiler;
use super::converse;
use super::message::Task;
use super::process::Process;

/// A process that compiles once. It is gone when this is.
#[derive(Debug)]
pub struct Started {
    process: Result<Process, Diagnostic>,
    limits: Limits,
}

impl Started {
    pub(super) fn new(compiler: &Compiler) -> Self {
        Self { process: Process::start(compiler), limits: compiler.limits }
    }

    /// Compiles a run list, the first time that it is asked to.
    ///
    /// # Errors
    /// Every mistake found, in order, each with its place; or why the compile had to be stopped.
    pub fn compile(&mut self, input: &Input<'_>) -> Result<Compiled, Diagnostics> {
        self.converse(Task::Compile, input, &mut |_| {})
    }

    /// The same, with a look at the declarations while it goes on: some at a time, each as soon as it is complete, in
    /// order. What is looked at may still turn out to be part of a compile that fails.
    ///
    /// # Errors
    /// As [`Started::compile`].
    pub fn compile_ahead(
        &mut self,
        input: &Input<'_>,
        look: &mut dyn FnMut(&[Upcoming]),
    ) -> Result<Compiled, Diagnostics> {
        self.converse(Task::CompileAhead, input, look)
    }

    pub(super) fn converse(
        &mut self,
        task: Task,
        input: &Input<'_>,
        look: &mut dyn FnMut(&[Upcoming]),
    ) -> Result<Compiled, Diagnostics> {
        let process = self.process.as_mut().map_err(|failed| failed.clone())?;
        converse::converse(process, self.limits, task, input, look)
    }
}
