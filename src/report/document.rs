//! A report that is written at the end of a run.

use std::fmt;
use std::io::{self, Write};

use crate::model::fleet::FleetEvent;

use super::Reporter;
use super::outlet::Outlet;
use super::whole::WholeRun;

/// Collects all events and writes a document at the end, even if the run was interrupted or a target was lost.
pub(super) struct DocumentReport {
    out: Box<dyn Write + Send>,
    /// Start time of the run, if known.
    begun: String,
    whole: WholeRun,
    render: Render,
}

/// Formats the document. The second argument is the start time of the run (RFC 3339, may be empty).
type Render = fn(&WholeRun, &str) -> String;

impl fmt::Debug for DocumentReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DocumentReport").field("whole", &self.whole).finish_non_exhaustive()
    }
}

impl DocumentReport {
    pub(super) fn new(outlet: Outlet, render: Render) -> Self {
        let Outlet { out, begun, .. } = outlet;
        Self { out, begun, whole: WholeRun::new(), render }
    }
}

impl Reporter for DocumentReport {
    fn event(&mut self, event: &FleetEvent) {
        self.whole.note(event);
    }

    fn finish(&mut self) -> io::Result<()> {
        let text = (self.render)(&self.whole, &self.begun);
        self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush())
    }
}
