//! How much of a run is shown.

/// How much is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Detail {
    /// What changes, what fails, what can't be told.
    #[default]
    Changes,
    /// Resources that are up to date or skipped too, with what commands print and the time each took.
    Everything,
}
