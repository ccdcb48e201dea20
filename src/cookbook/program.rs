//! Programs that `chefrs.toml` names: run in the project's directory, with bounds on their time and their output.

use std::io::{self, Read};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use camino::Utf8Path;

use super::owners::Owners;
use super::source::plain;
use crate::model::error::{Diagnostic, Location};
use crate::target::channel::without_secrets;

/// Most bytes that it may print.
const LIMIT: usize = 8 * 1024 * 1024;
/// Bytes of its complaints that are kept, the last ones.
const COMPLAINTS: usize = 4 * 1024;
/// Lines of its complaints that a message shows.
const LINES: usize = 5;
/// How often it is looked at.
const TICK: Duration = Duration::from_millis(2);

/// A program that is named in the file.
#[derive(Debug, Clone)]
pub(super) struct Program {
    /// Its name or path, and its arguments; never empty.
    pub(super) argv: Vec<String>,
    /// Where it is named.
    pub(super) location: Location,
}

impl Program {
    /// Runs it to its end; gives what it prints. `haste` is the way out when that takes longer than `patience`.
    pub(super) fn output(
        &self,
        root: &Utf8Path,
        owners: &Owners,
        patience: Duration,
        haste: &str,
    ) -> Result<String, Diagnostic> {
        let name = &self.argv[0];
        // The program, and the scripts of the project that it is given. What is found by its name is the system's.
        for word in self.argv.iter().skip(usize::from(!name.contains('/'))) {
            owners.check_path(&root.join(word), word)?;
        }
        let end = Instant::now() + patience;
        let mut child = start(self, root).map_err(|error| {
            let mistake = self.wrong(format!("`{name}` can't be started: {}", plain(&error)));
            match error.kind() {
                io::ErrorKind::PermissionDenied => {
                    mistake.hint(format!("make it executable: `chmod +x {name}`"))
                }
                io::ErrorKind::NotFound if !name.contains('/') => {
                    mistake.hint(format!("a file of the project is called `./{name}`"))
                }
                _ => mistake.hint("a path is taken from the project's directory"),
            }
        })?;
        let stdout = read(child.stdout.take(), LIMIT + 1, |_| {});
        let stderr = read(child.stderr.take(), usize::MAX, keep_last);

        let slow = || self.wrong(format!("`{name}` did not end within {} seconds", patience.as_secs_f32()));
        let status = match wait(&mut child, end) {
            Ok(Some(status)) => status,
            Ok(None) => return Err(slow().hint(haste)),
            Err(error) => {
                return Err(self.wrong(format!("`{name}` can't be waited for: {}", plain(&error))));
            }
        };
        let rest = end.saturating_duration_since(Instant::now());
        let printed = match stdout.recv_timeout(rest) {
            Ok(printed) => printed,
            Err(RecvTimeoutError::Timeout) => {
                return Err(
                    slow().note("it has ended itself, and left something behind that holds its output open")
                );
            }
            Err(RecvTimeoutError::Disconnected) => {
                return Err(self.wrong(format!("`{name}` can't be read")));
            }
        };
        if printed.len() > LIMIT {
            return Err(self.wrong(format!("`{name}` prints more than {} MiB", LIMIT / 1024 / 1024)));
        }
        if !status.success() {
            let how = match (status.code(), status.signal()) {
                (None, Some(signal)) => format!("killed by signal {signal}"),
                (code, _) => format!("exit status {}", code.unwrap_or(-1)),
            };
            // What it left behind may hold this open for long; what it said itself is there at once.
            let said = stderr.recv_timeout(Duration::from_millis(500)).unwrap_or_default();
            let mut mistake = self.wrong(format!("`{name}` failed: {how}"));
            mistake.notes.extend(last_lines(&said));
            return Err(mistake);
        }
        String::from_utf8(printed).map_err(|_| self.wrong(format!("`{name}` prints no UTF-8 text")))
    }

    /// A mistake of its own.
    pub(super) fn wrong(&self, message: String) -> Diagnostic {
        Diagnostic::error(message).at(self.location.clone())
    }
}

fn start(program: &Program, root: &Utf8Path) -> io::Result<Child> {
    let (name, arguments) = program.argv.split_first().ok_or(io::ErrorKind::InvalidInput)?;
    // Whether a relative path is taken from the old or the new directory differs between systems.
    let mut command = if name.contains('/') { Command::new(root.join(name)) } else { Command::new(name) };
    without_secrets(&mut command).args(arguments).current_dir(root);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()
}

/// Its end, or nothing when it had to be stopped.
fn wait(child: &mut Child, end: Instant) -> io::Result<Option<ExitStatus>> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= end {
            child.kill()?;
            #[expect(clippy::disallowed_methods, reason = "it was killed: its end comes")]
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(TICK);
    }
}

/// Reads a stream on the side, up to a limit; `keep` may drop what is not wanted.
fn read(
    stream: Option<impl Read + Send + 'static>,
    limit: usize,
    keep: impl Fn(&mut Vec<u8>) + Send + 'static,
) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let mut chunk = [0; 16 * 1024];
        let Some(mut stream) = stream else { return };
        while bytes.len() < limit {
            match stream.read(&mut chunk) {
                Ok(0) => break,
                Ok(count) => {
                    bytes.extend_from_slice(&chunk[..count]);
                    keep(&mut bytes);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        // Nobody waits any more where the program was given up.
        let _ = sender.send(bytes);
    });
    receiver
}

fn keep_last(bytes: &mut Vec<u8>) {
    let surplus = bytes.len().saturating_sub(COMPLAINTS);
    bytes.drain(..surplus);
}

fn last_lines(said: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(said);
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(LINES)..].iter().map(|line| (*line).to_owned()).collect()
}
