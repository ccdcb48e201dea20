//! Her home, what is root's beside it, and what of that she has reached.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};

use camino::{Utf8Path, Utf8PathBuf};
use chefrs::model::content::sha256;

use crate::patience::until;

/// Her number; no account has it.
pub const HER: u32 = 40_001;
/// What is in root's file.
pub const SECRET: &str = "a secret of root's";

/// One place for her and root.
pub struct Ground(tempfile::TempDir);

impl Ground {
    /// A fresh one.
    pub fn new() -> Self {
        let ground = Self(tempfile::tempdir().unwrap());
        let open = |path: Utf8PathBuf, mode| {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        };
        std::fs::create_dir(ground.home()).unwrap();
        std::fs::create_dir_all(ground.path("roots/tree")).unwrap();
        std::fs::write(ground.path("roots/conf"), SECRET).unwrap();
        std::fs::write(ground.path("roots/tree/kept"), "kept").unwrap();
        open(ground.path(""), 0o755);
        open(ground.path("roots/conf"), 0o600);
        chown(ground.home(), Some(HER), Some(HER)).unwrap();
        let mut archive = tar::Builder::new(std::fs::File::create(ground.path("archive.tar")).unwrap());
        let mut header = tar::Header::new_gnu();
        header.set_size(4);
        header.set_mode(0o644);
        archive.append_data(&mut header, "unpacked/file", &b"text"[..]).unwrap();
        archive.finish().unwrap();
        ground
    }

    /// A path in it.
    pub fn path(&self, name: &str) -> Utf8PathBuf {
        // It may lie behind a link of the machine's own.
        Utf8PathBuf::from_path_buf(std::fs::canonicalize(self.0.path()).unwrap()).unwrap().join(name)
    }

    /// Her directory.
    pub fn home(&self) -> Utf8PathBuf {
        self.path("home")
    }

    /// What is copied for her.
    pub fn given(&self) -> Utf8PathBuf {
        self.path("given")
    }

    /// SHA-256 of the secret.
    pub fn digest() -> String {
        sha256(SECRET.as_bytes())
    }

    /// Until she has begun.
    pub fn wait_for_her(&self) {
        until("her first swap", || self.home().join("begun").exists());
    }

    /// All that is root's: path, kind and mode, owner, number of names, content.
    pub fn roots(&self) -> Vec<String> {
        let mut found = Vec::new();
        describe(&self.path("roots"), &mut found);
        found.sort();
        found
    }
}

fn describe(path: &Utf8Path, found: &mut Vec<String>) {
    let stat = std::fs::symlink_metadata(path).unwrap();
    let content = if stat.is_file() { std::fs::read(path).unwrap() } else { Vec::new() };
    let content = String::from_utf8_lossy(&content).into_owned();
    found.push(format!(
        "{path} {:o} {}:{} {} {content:?}",
        stat.mode(),
        stat.uid(),
        stat.gid(),
        stat.nlink()
    ));
    if stat.is_dir() {
        for entry in path.read_dir_utf8().unwrap() {
            describe(entry.unwrap().path(), found);
        }
    }
}
