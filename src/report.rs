//! Floor 6: events to what a person or a program reads. Imports floor 0 alone.

use crate::model::event::Event;

/// Takes events as they come.
pub trait Reporter {
    /// One event.
    fn event(&mut self, event: &Event);
}
