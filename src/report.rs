//! Floor 6: events to what a person or a program reads. Imports floor 0 alone.

use std::io;

use crate::model::event::Event;
use crate::model::fleet::{FleetEvent, TargetOutcome};

pub mod diagnostic;
pub mod executed;
pub mod fleet;
pub mod json;
mod line;
pub mod progress;
mod style;
pub mod text;
mod under_way;

/// Takes events as they come.
///
/// A reporter never stops a run: when its reader goes away (`chefrs run | head`), the machine must still not be left
/// half done. The first failure to write is kept, and told at the end.
pub trait Reporter {
    /// One event.
    fn event(&mut self, event: &Event);

    /// What came of it all; no further event follows.
    fn outcome(&mut self, _outcome: &TargetOutcome) {}

    /// Nothing more will come.
    ///
    /// # Errors
    /// The first failure to write.
    fn finish(&mut self) -> io::Result<()>;
}

/// Takes the events of a fleet as they come, on one thread. What holds for a [`Reporter`] holds here too.
pub trait FleetReporter {
    /// One event.
    fn event(&mut self, event: &FleetEvent);

    /// A moment has passed without any.
    fn tick(&mut self) {}

    /// Nothing more will come.
    ///
    /// # Errors
    /// The first failure to write.
    fn finish(&mut self) -> io::Result<()>;
}
