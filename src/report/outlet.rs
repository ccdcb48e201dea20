//! The destination of a report, and how much it shows.

use std::fmt;
use std::io::{self, Write};

/// The destination of a report, and its options.
pub struct Outlet {
    /// The stream for the report.
    pub out: Box<dyn Write + Send>,
    /// Whether the stream accepts styles.
    pub styled: bool,
    /// The stream for messages to the person who watches, such as what the run waits for. They are not part of the
    /// report. It accepts styles.
    pub notes: Box<dyn Write + Send>,
    /// Columns and rows of the terminal for live lines. None if live lines make no sense.
    pub live: Option<Size>,
    /// Level of detail.
    pub detail: Detail,
    /// How much of a diff is shown.
    pub differences: Differences,
    /// Start time of the run, RFC 3339 in UTC. Empty if not known.
    pub begun: String,
}

/// Returns the columns and rows of a terminal.
pub type Size = fn() -> (usize, usize);

impl Outlet {
    /// A plain outlet without styles and live lines.
    pub fn plain(out: impl Write + Send + 'static) -> Self {
        Self {
            out: Box::new(out),
            styled: false,
            notes: Box::new(io::sink()),
            live: None,
            detail: Detail::default(),
            differences: Differences::default(),
            begun: String::new(),
        }
    }
}

impl fmt::Debug for Outlet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outlet").field("detail", &self.detail).finish_non_exhaustive()
    }
}

/// Level of detail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Detail {
    /// Failures and the summary.
    Failures,
    /// Also changes, and results that are unknown.
    #[default]
    Changes,
    /// Also resources that are up to date or skipped, the output of commands, and times.
    Everything,
}

/// How much of a diff is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Differences {
    Full,
    /// This many lines, and of a long line the part that differs.
    Short(usize),
    None,
}

impl Differences {
    /// Default number of lines of a diff.
    pub const LINES: usize = 20;
}

impl Default for Differences {
    fn default() -> Self {
        Self::Short(Self::LINES)
    }
}
