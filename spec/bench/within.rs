//! Programs that come to an end: by themselves, or by force and with words that say what was waited for.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

/// The longest that one measured run, or one command on a host, may take.
pub(crate) const USUAL: Duration = Duration::from_secs(300);

/// The same for what boots hosts or installs much on one.
pub(crate) const LONG: Duration = Duration::from_secs(900);

/// Says what is waited for, to whoever watches.
pub(crate) fn say(what: &str) {
    eprintln!("bench: {what}");
}

/// What a program prints on standard output, and how it ended; `input` is given to it. Its own children end with it.
///
/// # Errors
/// It can't be started, or has not ended in time.
pub(crate) fn output(command: &mut Command, input: Vec<u8>, limit: Duration) -> Result<Output> {
    let what = format!("{command:?}");
    let stdin = if input.is_empty() { Stdio::null() } else { Stdio::piped() };
    let started = command.stdin(stdin).stdout(Stdio::piped()).process_group(0).spawn();
    let mut child = started.with_context(|| what.clone())?;
    let group = Pid::from_raw(i32::try_from(child.id())?);
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        // Whoever does not read all of it has its reasons, and tells them by how it ends.
        let given = child.stdin.take().map(|mut stdin| io::Write::write_all(&mut stdin, &input));
        drop(given);
        let _ = tell.send(child.wait_with_output());
    });
    match told.recv_timeout(limit) {
        Ok(output) => Ok(output?),
        Err(_) => {
            killpg(group, Signal::SIGKILL)?;
            bail!("it has not ended in {} s: {what}", limit.as_secs());
        }
    }
}
