//! Floor 6: runs the compile in a sandboxed process without access to files, programs or the network.
//!
//! Cookbooks may come from strangers, and a Lua engine is large. So the compile runs in a second process of this
//! program, without the environment of the caller, with resource limits, and with two pipes as the only open files. It
//! requests project files over the pipes and returns the result as data. It always terminates, and the reason is
//! reported.

use serde_json::Map;

use crate::compile::{Compiled, Input};
use crate::cookbook::Project;
use crate::model::error::{Diagnostic, Diagnostics};
use crate::model::probe::Probe;

mod check;
mod compiler;
mod converse;
mod frame;
mod message;
mod pipe;
mod process;
mod restrict;
mod serve;
mod started;
mod testing;

use message::CompileKind;

pub use compiler::Compiler;
pub use converse::{AT_ONCE, hear};
pub use serve::serve;
pub use started::Started;

impl Compiler {
    /// Starts a process before its work is known, so that it can initialise meanwhile. If it can't be started, the
    /// compile returns the error.
    #[must_use]
    pub fn start(&self) -> Started {
        Started::new(self)
    }

    /// Compiles a run list.
    ///
    /// # Errors
    /// All errors in the recipes, in order, each with its location, or why the compile was stopped.
    pub fn compile(&self, input: &Input<'_>) -> Result<Compiled, Diagnostics> {
        self.start().compile(input)
    }

    /// Lists what the project and all its cookbooks declare.
    ///
    /// # Errors
    /// The compile was stopped. Errors in a single cookbook are returned as warnings.
    pub fn describe(&self, input: &Input<'_>) -> Result<Compiled, Diagnostics> {
        self.start().converse(CompileKind::Describe, input, &mut |_| {})
    }

    /// Lists the probes that these cookbooks declare.
    ///
    /// # Errors
    /// All errors in the declarations, or why the compile was stopped.
    pub fn probes(&self, project: &Project, cookbooks: &[String]) -> Result<Vec<Probe>, Diagnostics> {
        let input = Input { project, run_list: cookbooks, facts: &Map::new(), attributes: &[] };
        Ok(self.start().converse(CompileKind::Probes, &input, &mut |_| {})?.probes)
    }

    /// Finds errors in the recipes that don't depend on the facts of the machine. Only the names of the input's facts
    /// are used.
    #[must_use]
    pub fn foretell(&self, input: &Input<'_>) -> Vec<Diagnostic> {
        match self.start().converse(CompileKind::Foretell, input, &mut |_| {}) {
            Ok(_) => Vec::new(),
            Err(Diagnostics(findings)) => findings,
        }
    }
}
