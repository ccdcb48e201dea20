//! Starts this program again in a session of its own, so that it survives the end of the connection.

use std::io::Write;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::runs::RunFile;
use crate::model::error::Failure;

/// A process that was started. It is not waited for.
#[derive(Debug)]
pub struct Detached(Child);

impl Detached {
    /// Starts our own executable. Its standard output is the file of the run, its standard error is ours, and `give`
    /// writes its standard input. The process must call [`leave`] itself, because only it can create its session.
    ///
    /// # Errors
    /// It can't be started, or does not read its input.
    pub fn start(
        words: &[&str],
        output: RunFile,
        give: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
    ) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| Failure::new(format!("the run can't be started: {error}"));
        let name = std::env::current_exe().map_err(failed)?;
        // If the file was replaced meanwhile, the kernel still has the running version.
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
        // Reap it if it has ended; otherwise let it run.
        let _ = self.0.try_wait();
    }
}

/// Leaves the session, process group and terminal of the parent.
///
/// # Errors
/// The process is a group leader, so it was not started by [`Detached::start`].
pub fn leave() -> Result<(), Failure> {
    rustix::process::setsid()
        .map(drop)
        .map_err(|errno| Failure::new(format!("can't make a session of its own: {errno}")))
}
