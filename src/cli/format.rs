//! Output format of commands that print a single result.

use clap::ValueEnum;

/// In which form something is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
}
