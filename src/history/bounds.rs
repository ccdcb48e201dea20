//! How much is kept.

use rusqlite::Connection;

/// How much is kept; what is older goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Number of runs.
    pub runs: usize,
    /// Bytes of all runs' events, deflated.
    pub bytes: u64,
    /// Bytes of one run's events, deflated. Beyond them neither what commands print is kept, nor differences.
    pub bytes_of_run: u64,
}

impl Default for Bounds {
    /// 500 runs, 64 MiB; 16 MiB of one run.
    fn default() -> Self {
        Self { runs: 500, bytes: 64 << 20, bytes_of_run: 16 << 20 }
    }
}

impl Bounds {
    /// Removes the oldest runs that go beyond. The last one stays, whatever its size.
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
