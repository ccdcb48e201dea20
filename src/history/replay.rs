//! Replays the events of a run.

use super::chunk;
use super::runs::TargetRecord;
use super::store::History;
use crate::model::error::Failure;
use crate::model::event::Event;

impl History {
    /// Passes the events of a run on a target to `give`, in order.
    ///
    /// # Errors
    /// The file can't be read, or has events that this version does not know.
    pub fn replay(&self, target: &TargetRecord, give: &mut dyn FnMut(Event)) -> Result<(), Failure> {
        let unreadable = |error: rusqlite::Error| self.refused("read", &error);
        let mut statement = self
            .connection
            .prepare("SELECT lines FROM events WHERE target = ?1 ORDER BY number")
            .map_err(unreadable)?;
        let mut chunks = statement.query([target.number]).map_err(unreadable)?;
        while let Some(row) = chunks.next().map_err(unreadable)? {
            let lines: Vec<u8> = row.get(0).map_err(unreadable)?;
            chunk::inflate(&lines, give).map_err(|error| {
                Failure::new(format!("the events on `{}` can't be parsed: {error}", target.target))
            })?;
        }
        Ok(())
    }
}
