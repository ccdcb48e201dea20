//! Text for people, or JSON for programs: the form of what is told at once.

use clap::ValueEnum;

/// In which form something is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
}
