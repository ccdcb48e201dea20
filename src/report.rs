//! Floor 6: events to what a person or a program reads. Imports floor 0 alone.

use std::io;

use crate::model::event::Event;

pub mod diagnostic;
pub mod json;
mod page;
pub mod progress;
mod style;
pub mod text;

/// Takes events as they come.
///
/// A reporter never stops a run: when its reader goes away (`chefrs run | head`), the machine must still not be left
/// half done. The first failure to write is kept, and told at the end.
pub trait Reporter {
    /// One event.
    fn event(&mut self, event: &Event);

    /// Nothing more will come.
    ///
    /// # Errors
    /// The first failure to write.
    fn finish(&mut self) -> io::Result<()>;
}
