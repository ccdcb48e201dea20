//! Secrets never leave: every text that is told goes through here, on the target and on the side that started the run.

mod forms;
mod redactor;
mod stream;
mod texts;
mod view;

pub use forms::is_too_plain;
pub use redactor::{Redactor, STARS};
pub use stream::MaskedEvents;
