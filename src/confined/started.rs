//! A started process that compiles once.

use crate::compile::{Compiled, Input, Limits};
use crate::model::error::{Diagnostic, Diagnostics};
use crate::provider::Upcoming;

use super::compiler::Compiler;
use super::converse;
use super::message::CompileKind;
use super::process::Process;

/// A process that compiles once. It is killed when this value is dropped.
#[derive(Debug)]
pub struct Started {
    process: Result<Process, Diagnostic>,
    limits: Limits,
}

impl Started {
    pub(super) fn new(compiler: &Compiler) -> Self {
        Self { process: Process::start(compiler), limits: compiler.limits }
    }

    /// Compiles a run list. Can be called once.
    ///
    /// # Errors
    /// All errors in the recipes, in order, each with its location, or why the compile was stopped.
    pub fn compile(&mut self, input: &Input<'_>) -> Result<Compiled, Diagnostics> {
        self.converse(CompileKind::Compile, input, &mut |_| {})
    }

    /// Like [`Started::compile`], but also passes batches of complete declarations to `look`, in order. The compile may
    /// still fail later.
    ///
    /// # Errors
    /// As [`Started::compile`].
    pub fn compile_ahead(
        &mut self,
        input: &Input<'_>,
        look: &mut dyn FnMut(Vec<Upcoming>),
    ) -> Result<Compiled, Diagnostics> {
        self.converse(CompileKind::CompileAhead, input, look)
    }

    pub(super) fn converse(
        &mut self,
        kind: CompileKind,
        input: &Input<'_>,
        look: &mut dyn FnMut(Vec<Upcoming>),
    ) -> Result<Compiled, Diagnostics> {
        let process = self.process.as_mut().map_err(|failed| failed.clone())?;
        converse::converse(process, self.limits, kind, input, look)
    }
}
