//! What is to be said of a service manager.

use crate::model::query::Init;

/// A service manager.
#[derive(Debug)]
pub struct ServiceManager {
    pub init: Init,
    /// The fact `init_package` where it runs.
    pub fact: &'static str,
    /// What is there while it runs.
    pub running: &'static str,
    /// The program that enables services even where the manager does not run.
    pub installed: Option<&'static str>,
    /// Whether no other manager starts services while it runs.
    pub is_alone: bool,
    /// Directories of the files that make or enable a service.
    pub places: &'static [&'static str],
}
