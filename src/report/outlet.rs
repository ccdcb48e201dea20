//! Where a report goes, and how much of a run it shows.

use std::fmt;
use std::io::{self, Write};

/// Where a report goes, and how it is wanted.
pub struct Outlet {
    /// Where it is written.
    pub out: Box<dyn Write + Send>,
    /// Whether styles may be written there.
    pub styled: bool,
    /// For what concerns whoever watches, and is no part of the report: for whom a run waits. It takes styles.
    pub notes: Box<dyn Write + Send>,
    /// Columns and rows of the terminal that the notes go to, where lines that change make sense there.
    pub live: Option<Size>,
    /// How much is shown.
    pub detail: Detail,
    /// How much of differences is shown.
    pub differences: Differences,
    /// When the run began, RFC 3339 in UTC; empty where that is not known.
    pub begun: String,
}

/// Columns and rows of a terminal.
pub type Size = fn() -> (usize, usize);

impl Outlet {
    /// A report that goes there alone, without styles.
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

/// How much is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Detail {
    /// What fails, and the line that counts.
    Failures,
    /// What changes, what fails, what can't be told.
    #[default]
    Changes,
    /// Resources that are up to date or skipped too, with what commands print and the time each took.
    Everything,
}

/// How much of differences is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Differences {
    Full,
    /// So many first lines, and the part of a long line that differs.
    Short(usize),
    None,
}

impl Differences {
    /// Lines of one difference that are shown where nothing else is wanted.
    pub const LINES: usize = 20;
}

impl Default for Differences {
    fn default() -> Self {
        Self::Short(Self::LINES)
    }
}
