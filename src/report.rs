//! Floor 6: formats the event stream for people and programs. Imports floor 0 only.
//!
//! An output format is one file and one row of [`format::FORMATS`].

use std::io;

use crate::model::fleet::FleetEvent;

pub mod diagnostic;
mod document;
pub mod executed;
pub mod format;
mod html;
pub mod json;
mod junit;
mod line;
mod markup;
pub mod outlet;
mod style;
pub mod text;
mod verdict;
mod whole;

/// Receives the events of one target or several as they happen, from one thread at a time.
///
/// A run on one target sends only the events of that target, without stages, and finally
/// [`TargetFinished`](crate::model::fleet::Stage::TargetFinished).
///
/// A reporter never stops a run. If its reader goes away (`chefrs run | head`), the machine must not be left half done.
/// The first write error is stored and returned by [`Reporter::finish`].
pub trait Reporter {
    /// Receives an event.
    fn event(&mut self, event: &FleetEvent);

    /// Called regularly while no events arrive.
    fn tick(&mut self) {}

    /// Ends the report. No more events follow.
    ///
    /// # Errors
    /// The first write error.
    fn finish(&mut self) -> io::Result<()>;
}
