//! Limits how much is read of a decompressed archive, in proportion to its size.

use std::cell::Cell;
use std::io::{self, Read};

/// Limit for decompressed bytes for each byte of the archive.
pub(super) const RATIO: u64 = 200;
/// Decompressed bytes that every archive may have.
const SMALL: u64 = 64 << 20;
/// Limit for the headers before the content of an entry, in bytes. They are held in memory.
const HEADERS: u64 = 1 << 20;
/// Bytes of an entry without content: a header, padded to a block.
const EMPTY: u64 = 1024;

/// Limit for the decompressed size of an archive.
pub(super) fn most(size: u64) -> u64 {
    size.saturating_mul(RATIO).saturating_add(SMALL)
}

/// What may still be read of an archive.
pub(super) struct ArchiveAllowance {
    whole: Cell<u64>,
    /// What is left for headers, while the next entry is being looked for.
    headers: Cell<Option<u64>>,
}

impl ArchiveAllowance {
    /// The allowance of an archive with this size.
    pub(super) fn new(size: u64) -> Self {
        Self { whole: Cell::new(most(size)), headers: Cell::new(None) }
    }

    /// Called before the next entry is looked for.
    pub(super) fn begin_entry(&self) {
        self.whole.set(self.whole.get().saturating_add(EMPTY));
        self.headers.set(Some(HEADERS));
    }

    /// Called when the entry was found and its content may be read.
    pub(super) fn begin_content(&self) {
        self.headers.set(None);
    }

    fn take(&self, bytes: u64) -> io::Result<()> {
        let grows = || io::Error::other(format!("it grows to more than {RATIO} times its size"));
        self.whole.set(self.whole.get().checked_sub(bytes).ok_or_else(grows)?);
        if let Some(headers) = self.headers.get() {
            let long = || io::Error::other(format!("the names of an entry take more than {HEADERS} bytes"));
            self.headers.set(Some(headers.checked_sub(bytes).ok_or_else(long)?));
        }
        Ok(())
    }
}

/// A reader that stops when its allowance is used up.
pub(super) struct BoundedReader<'a, R> {
    inner: R,
    allowance: &'a ArchiveAllowance,
}

impl<'a, R> BoundedReader<'a, R> {
    pub(super) fn new(inner: R, allowance: &'a ArchiveAllowance) -> Self {
        Self { inner, allowance }
    }
}

impl<R: Read> Read for BoundedReader<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.allowance.take(n as u64)?;
        Ok(n)
    }
}
