//! Several hosts in one command: who is begun when, what the whole comes to, and how it is told.

mod drive;
mod limits;
mod live;
pub mod texts;
