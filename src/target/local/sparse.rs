//! Writes sparse files.

use std::fs::File;
use std::io::{Result, Seek as _, SeekFrom, Write as _};

/// Shortest run of zeros that becomes a hole: the block size of most file systems.
const BLOCK: usize = 4096;

/// A file that is written from its start. Blocks of zeros take no disk space.
pub(super) struct SparseCopy<'a> {
    to: &'a mut File,
    written: u64,
    /// Zeros that are not written yet.
    hole: u64,
}

impl<'a> SparseCopy<'a> {
    pub(super) fn to(to: &'a mut File) -> Self {
        Self { to, written: 0, hole: 0 }
    }

    /// Writes the next bytes.
    ///
    /// # Errors
    /// The error of the disk.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        for block in bytes.chunks(BLOCK) {
            let length = block.len() as u64;
            if block.len() == BLOCK && block.iter().all(|byte| *byte == 0) {
                self.hole += length;
                continue;
            }
            if self.hole > 0 {
                self.written += std::mem::take(&mut self.hole);
                self.to.seek(SeekFrom::Start(self.written))?;
            }
            self.to.write_all(block)?;
            self.written += length;
        }
        Ok(())
    }

    /// Sets the length of a file that ends with zeros.
    ///
    /// # Errors
    /// The error of the disk.
    pub(super) fn finish(self) -> Result<()> {
        if self.hole == 0 {
            return Ok(());
        }
        self.to.set_len(self.written + self.hole)
    }
}
