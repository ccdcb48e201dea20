//! Masks secrets. Every text that leaves a run passes through here, on the target and on the controlling side.

mod forms;
mod redactor;
mod stream;
mod texts;
mod view;

pub use forms::is_too_plain;
pub use redactor::{Redactor, STARS};
pub use stream::MaskedEvents;
