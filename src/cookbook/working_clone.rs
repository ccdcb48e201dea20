//! A clone of a repository that is changed and pushed: the index of a registry.

use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};

use super::git::{output_of, program, refused};
use super::source::plain;
use crate::model::error::Diagnostic;

/// A clone with a work tree, in a temporary directory.
#[derive(Debug)]
pub(super) struct WorkingClone {
    /// Removed when this is dropped.
    _folder: tempfile::TempDir,
    tree: Utf8PathBuf,
    url: String,
}

impl WorkingClone {
    /// Clones a repository.
    pub(super) fn of(url: &str) -> Result<Self, Diagnostic> {
        let wrong = |why: String| Diagnostic::error(format!("the repository `{url}` can't be cloned: {why}"));
        let folder = tempfile::tempdir().map_err(|error| wrong(plain(&error)))?;
        let tree = Utf8Path::from_path(folder.path()).map(|folder| folder.join("tree"));
        let tree = tree.ok_or_else(|| wrong("the temporary directory is not UTF-8".to_owned()))?;
        let clone = Self { _folder: folder, tree, url: url.to_owned() };
        let mut command = program();
        command
            .args(["clone", "--quiet", "--depth", "1", "--no-tags", "--template=", "--", url])
            .arg(&clone.tree);
        clone.succeed("cloned", &mut command)?;
        Ok(clone)
    }

    /// The work tree.
    pub(super) fn directory(&self) -> &Utf8Path {
        &self.tree
    }

    /// Commits what was changed, and pushes it. False if others have pushed meanwhile.
    pub(super) fn push(&self, message: &str) -> Result<bool, Diagnostic> {
        self.succeed("changed", self.git().args(["add", "--all"]))?;
        self.succeed("changed", self.git().args(["commit", "--quiet", "-m", message]))?;
        let output = output_of(self.git().args(["push", "--quiet", "--porcelain", "--", &self.url, "HEAD"]))?;
        if output.status.success() {
            return Ok(true);
        }
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        let is_behind =
            ["fetch first", "non-fast-forward", "cannot lock ref"].iter().any(|word| said.contains(word));
        if is_behind { Ok(false) } else { Err(refused(&self.url, "pushed", &said)) }
    }

    fn git(&self) -> Command {
        let mut command = program();
        command.arg("-C").arg(&self.tree);
        command
    }

    fn succeed(&self, done: &str, command: &mut Command) -> Result<(), Diagnostic> {
        let output = output_of(command)?;
        if output.status.success() {
            return Ok(());
        }
        Err(refused(&self.url, done, &String::from_utf8_lossy(&output.stderr)))
    }
}
