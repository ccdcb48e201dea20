//! A report that is written once everything has been told.

use std::fmt;
use std::io::{self, Write};

use crate::model::fleet::FleetEvent;

use super::Reporter;
use super::outlet::Outlet;
use super::whole::WholeRun;

/// Gathers all events, and writes what they come to at the end: also of a run that was interrupted, or a target that was
/// lost.
pub(super) struct DocumentReport {
    out: Box<dyn Write + Send>,
    /// When the run began, as far as that is known.
    begun: String,
    whole: WholeRun,
    render: Render,
}

/// Makes the document of a run that began at this time (RFC 3339, may be empty).
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
