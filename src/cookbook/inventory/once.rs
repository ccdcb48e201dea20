//! The inventory of a project, read once, when something needs it.

use std::sync::OnceLock;
use std::time::Duration;

use camino::Utf8PathBuf;

use super::known::Inventory;
use super::record::Records;
use super::{files, gather, program, record};
use crate::cookbook::book::Cookbook;
use crate::cookbook::owners::Owners;
use crate::cookbook::program::Program;
use crate::model::error::Diagnostics;

/// Default timeout of the inventory program.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Where the inventory of a project comes from, and the inventory after it was read.
#[derive(Debug)]
pub(in crate::cookbook) struct InventoryOnce {
    /// The project's own files.
    pub(in crate::cookbook) own: Cookbook,
    pub(in crate::cookbook) root: Utf8PathBuf,
    pub(in crate::cookbook) owners: Owners,
    /// The inventory program, if the project names one.
    pub(in crate::cookbook) program: Option<Program>,
    /// The result of reading it.
    pub(in crate::cookbook) read: OnceLock<Result<Inventory, Diagnostics>>,
}

impl InventoryOnce {
    /// The inventory, which is read at the first call.
    pub(super) fn inventory(&self) -> Result<&Inventory, Diagnostics> {
        self.read.get_or_init(|| self.open(PATIENCE)).as_ref().map_err(Clone::clone)
    }

    /// Reads the files and runs the program.
    pub(super) fn open(&self, patience: Duration) -> Result<Inventory, Diagnostics> {
        let mut wrong = Vec::new();
        let mut records = Records::default();
        if let Some(program) = &self.program {
            match program::run(program, &self.root, &self.owners, patience) {
                Ok(printed) => records = record::of_program(&printed, &mut wrong),
                Err(mistake) => wrong.push(mistake),
            }
        }
        // Attributes in files override those from the program for the same group.
        files::read(&self.own, &self.root, &mut records, &mut wrong);
        // Members of groups can only be determined if all records are complete.
        if !wrong.is_empty() {
            return Err(Diagnostics(wrong));
        }
        gather::gather(records)
    }
}
