//! This machine as a target: what it answers, what it does, and what it refuses to do.

#![expect(clippy::unwrap_used, reason = "specs may panic")]

use camino::{Utf8Path, Utf8PathBuf};
use chefrs::model::content::Content;
use chefrs::model::error::Failure;
use chefrs::model::query::{Answer, Query};
use chefrs::model::step::{Attributes, Step, WriteFile};
use chefrs::target::local::Local;
use chefrs::target::{Progress, Target as _};

mod access;
mod accounts;
mod bounds;
mod files;
mod mounts;
mod packages;
mod paths;
mod processes;
mod reads;
mod requests;
mod runs;
mod services;
mod unpacking;

/// A directory of its own, and this machine with its backups kept there.
struct Ground {
    directory: tempfile::TempDir,
    machine: Local,
}

impl Ground {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut machine = Local::new();
        machine.keep_state_in(Utf8Path::from_path(directory.path()).unwrap().join("state"));
        Self { directory, machine }
    }

    fn path(&self, name: &str) -> Utf8PathBuf {
        // The directory may lie behind a link of the machine's own.
        let root = std::fs::canonicalize(self.directory.path()).unwrap();
        Utf8PathBuf::from_path_buf(root).unwrap().join(name)
    }

    fn put(&self, name: &str, text: &str) -> Utf8PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    fn apply(&mut self, step: &Step) -> Result<(), Failure> {
        self.machine.apply(step, &mut |_| {})
    }

    fn apply_watched(&mut self, step: &Step) -> (Result<(), Failure>, Vec<Progress>) {
        let mut seen = Vec::new();
        let done = self.machine.apply(step, &mut |progress| seen.push(progress));
        (done, seen)
    }

    fn ask(&mut self, query: Query) -> Answer {
        self.machine.ask(&[query]).unwrap().remove(0)
    }

    /// Names in a directory, temporary ones included.
    fn names(&self, name: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.path(name)).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

/// A file step with nothing special.
pub fn file(path: &Utf8Path, text: &str) -> WriteFile {
    WriteFile {
        path: path.to_owned(),
        content: Content::Text(text.into()),
        attributes: Attributes::default(),
        verify: Vec::new(),
        backup: 0,
        unlink: false,
    }
}
