//! Limits of the history.

use rusqlite::Connection;

/// Limits of the history. Older runs are removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Number of runs.
    pub runs: usize,
    /// Compressed bytes of the events of all runs.
    pub bytes: u64,
    /// Compressed bytes of the events of one run. Beyond that, output and diffs are dropped.
    pub bytes_of_run: u64,
}

impl Default for Bounds {
    /// 500 runs and 64 MiB; 16 MiB for one run.
    fn default() -> Self {
        Self { runs: 500, bytes: 64 << 20, bytes_of_run: 16 << 20 }
    }
}

impl Bounds {
    /// Removes the oldest runs beyond the limits. The last run stays, whatever its size.
    pub(super) fn prune(&self, connection: &Connection) -> rusqlite::Result<()> {
        let mut newest_first = connection.prepare("SELECT number, bytes FROM run ORDER BY number DESC")?;
        let mut rows = newest_first.query([])?;
        let (mut runs, mut bytes) = (0, 0_u64);
        while let Some(row) = rows.next()? {
            let number: i64 = row.get(0)?;
            runs += 1;
            bytes = bytes.saturating_add(u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0));
            if runs > 1 && (runs > self.runs || bytes > self.bytes) {
                connection.execute("DELETE FROM run WHERE number <= ?1", [number])?;
                break;
            }
        }
        Ok(())
    }
}
