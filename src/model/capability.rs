//! What a cookbook may do: kinds of rights, lists of patterns, and what a row needs of them.

mod authority;
mod full_control;
mod kind;
mod matching;
mod needs;
mod words;

pub use authority::{Authority, Lack, digest};
pub use full_control::full_control;
pub(super) use kind::LATER;
pub use kind::{Capabilities, Capability, LONGEST_PATTERN, MOST_PATTERNS};
pub use needs::{Need, NeededRights};
pub use words::misfit;
