//! This program once more, in a session of its own: what ends the connection does not end it.

use std::io::Write;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::runs::Words;
use crate::model::error::Failure;

/// A process that was started, and is waited for by nobody unless it ends before us.
#[derive(Debug)]
pub struct Detached(Child);

impl Detached {
    /// Starts our own executable. What it prints goes to the file of the run, what it complains of where our complaints go, and
    /// `give` writes what it reads. It must [`leave`] for itself: only a process can make a session of its own.
    ///
    /// # Errors
    /// It can't be started, or does not take what it is given.
    pub fn start(
        words: &[&str],
        output: Words,
        give: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
    ) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| Failure::new(format!("the run can't be started: {error}"));
        let name = std::env::current_exe().map_err(failed)?;
        // Where the file was replaced since, because others have brought the same, the kernel still has the one that runs.
        let kept = Path::new("/proc/self/exe");
        let mut child = Command::new(if name.exists() { name.as_path() } else { kept })
            .arg0(&name)
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::from(output.into_file()))
            .spawn()
            .map_err(failed)?;
        let mut input = child.stdin.take().ok_or_else(|| Failure::new("the run has no standard input"))?;
        give(&mut input).and_then(|()| input.flush()).map_err(failed)?;
        Ok(Self(child))
    }
}

impl Drop for Detached {
    fn drop(&mut self) {
        // One that has ended needs somebody to take note; one that goes on does so without us.
        let _ = self.0.try_wait();
    }
}

/// Leaves session, process group and terminal of whoever started us.
///
/// # Errors
/// The process leads a group already, so it was not started by [`Detached::start`].
pub fn leave() -> Result<(), Failure> {
    rustix::process::setsid()
        .map(drop)
        .map_err(|errno| Failure::new(format!("can't make a session of its own: {errno}")))
}
