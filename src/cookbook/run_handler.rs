//! Runs a handler of a project.

use std::fs::File;

use super::Project;
use super::handlers::EventHandler;
use super::program::ProgramCall;
use crate::model::error::Diagnostic;

impl Project {
    /// The handlers, in the order of their names.
    #[must_use]
    pub fn handlers(&self) -> &[EventHandler] {
        &self.handlers
    }

    /// Runs a handler on this machine, in the project's directory, with `events` as its standard input, and waits for its
    /// end. Of the environment it gets only what a program needs.
    ///
    /// # Errors
    /// It can't be started, fails, prints too much, or takes too long.
    pub fn handle(&self, handler: &EventHandler, events: File) -> Result<(), Diagnostic> {
        let call = ProgramCall {
            root: &self.root,
            owners: &self.owners,
            patience: handler.timeout,
            input: Some(events),
        };
        handler.program.output(call, "`timeout` gives it longer").map(drop)
    }
}
