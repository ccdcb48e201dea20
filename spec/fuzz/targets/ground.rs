//! A directory in memory, for what is read from files.

use std::fs;
use std::path::Path;

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::TempDir;

/// It, until it is dropped.
pub struct Ground(TempDir);

impl Ground {
    pub fn new() -> Self {
        let memory = Path::new("/dev/shm");
        let made = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
        Self(made.expect("a directory can be made"))
    }

    pub fn path(&self, below: &str) -> Utf8PathBuf {
        Utf8Path::from_path(self.0.path()).expect("it is called by us").join(below)
    }

    /// Writes a file, and makes the directories above it.
    pub fn write(&self, below: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(below);
        fs::create_dir_all(path.parent().expect("below the ground")).expect("it can be made");
        fs::write(path, bytes).expect("it can be written");
    }

    pub fn link(&self, below: &str, to: &Utf8Path) {
        std::os::unix::fs::symlink(to, self.path(below)).expect("it can be made");
    }
}
