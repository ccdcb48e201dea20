//! Where the nodes come from: files and a program, or a process that has them.

use std::sync::{Arc, OnceLock};

use camino::Utf8PathBuf;

use super::known::Inventory;
use crate::cookbook::away::Lender;
use crate::cookbook::owners::Owners;
use crate::cookbook::program::Program;
use crate::cookbook::source::Source;
use crate::model::error::Diagnostics;

/// Where the inventory of a project comes from.
#[derive(Debug)]
pub struct InventoryFiles {
    /// The directory of the project.
    pub(super) root: Utf8PathBuf,
    pub(super) source: Source,
    pub(super) owners: Owners,
    pub(super) program: Option<Program>,
    /// The inventory, once something has needed it.
    pub(super) read: OnceLock<Result<Inventory, Diagnostics>>,
}

impl InventoryFiles {
    pub(in crate::cookbook) fn new(
        root: Utf8PathBuf,
        source: Source,
        owners: Owners,
        program: Option<Program>,
    ) -> Self {
        Self { root, source, owners, program, read: OnceLock::new() }
    }
}

/// Finds nodes for recipes.
#[derive(Debug, Clone)]
pub enum NodeFinder {
    /// Reads the files, and runs the program of the inventory.
    Files(Arc<InventoryFiles>),
    /// Asks the process that does.
    Away(Arc<dyn Lender>),
}
