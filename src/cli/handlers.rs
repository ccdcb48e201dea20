//! The handlers of a project: they get the events of a run or plan when it has ended.

use std::fs::File;
use std::io::{self, Seek as _};

use crate::cookbook::Project;
use crate::cookbook::handlers::{EventHandler, HowEnded};
use crate::model::error::{Diagnostic, Severity};
use crate::model::event::{Event, Outcome};
use crate::model::fleet::{FleetEvent, Stage, TargetEvent};
use crate::report::Reporter;
use crate::report::format::ReportFormat;
use crate::report::outlet::Outlet;

use super::terminal::Terminal;

/// Gathers the events for the handlers, as `--format json` prints them.
pub(super) struct HandledEvents {
    reporter: Box<dyn Reporter + Send>,
    /// An unnamed file, which nobody else can open.
    gathered: File,
    ended: HowEnded,
}

impl HandledEvents {
    /// Begins to gather, if the project has handlers.
    ///
    /// # Errors
    /// There is no room for temporary files.
    pub(super) fn of(project: &Project) -> io::Result<Option<Self>> {
        let Some(format) = ReportFormat::named("json").filter(|_| !project.handlers().is_empty()) else {
            return Ok(None);
        };
        let gathered = tempfile::tempfile()?;
        let reporter = format.reporter(Outlet::plain(gathered.try_clone()?));
        Ok(Some(Self { reporter, gathered, ended: HowEnded::default() }))
    }

    /// Runs the handlers, one after the other. What goes wrong with one is a warning.
    pub(super) fn handle(mut self, project: &Project, terminal: &Terminal) {
        let finished = self.reporter.finish();
        for handler in project.handlers().iter().filter(|handler| handler.is_for(self.ended)) {
            if let Err(warning) = self.tell(project, handler, &finished) {
                // If standard error is closed, there is no other place.
                let _ = terminal.tell(&[Diagnostic { severity: Severity::Warning, ..warning }]);
            }
        }
    }

    fn tell(
        &self,
        project: &Project,
        handler: &EventHandler,
        finished: &io::Result<()>,
    ) -> Result<(), Diagnostic> {
        let events = match finished {
            Ok(()) => self.gathered.try_clone().and_then(|mut file| file.rewind().map(|()| file)),
            Err(error) => Err(io::Error::from(error.kind())),
        };
        let events = events
            .map_err(|error| Diagnostic::error(format!("the events for handlers can't be kept: {error}")))?;
        project.handle(handler, events)
    }
}

impl Reporter for HandledEvents {
    fn event(&mut self, event: &FleetEvent) {
        self.reporter.event(event);
        match event {
            FleetEvent::Target(TargetEvent { event, .. }) => self.ended.changed |= changes(event),
            FleetEvent::Stage(Stage::TargetFinished(outcome)) => {
                self.ended.failed |= !outcome.outcome.is_well();
            }
            // A run that started no target.
            FleetEvent::Stage(Stage::FleetFinished { findings, .. }) => {
                self.ended.failed |= !findings.is_empty();
            }
            FleetEvent::Stage(_) => {}
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        self.reporter.finish()
    }
}

/// Whether the event tells of a change that was made, would be made, or may be.
fn changes(event: &Event) -> bool {
    matches!(event, Event::ActionFinished { outcome: Outcome::Updated | Outcome::Unknown { .. }, .. })
}
