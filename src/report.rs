//! Floor 6: events to what a person or a program reads. Imports floor 0 alone.
//!
//! A format of output is one file and one row of [`format::FORMATS`].

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

/// Takes the events of one target or of several as they come, on one thread at a time.
///
/// A run on one target alone is that of several without the stages around it: nothing but events of that target, and
/// [`TargetFinished`](crate::model::fleet::Stage::TargetFinished) last.
///
/// A reporter never stops a run: when its reader goes away (`chefrs run | head`), the machine must still not be left
/// half done. The first failure to write is kept, and told at the end.
pub trait Reporter {
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
