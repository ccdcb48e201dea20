//! Runs programs named in `chefrs.toml`, in the project's directory, with limits for time and output.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use camino::Utf8Path;
use rustix::process::{Pid, Signal, kill_process_group};

use super::document::Document;
use super::owners::Owners;
use super::source::{is_executable, plain};
use crate::model::english::count;
use crate::model::error::{Diagnostic, Location};
use crate::model::variables::PATH;
use crate::target::channel::without_secrets;

/// Most bytes of standard output.
const LIMIT: usize = 8 * 1024 * 1024;
/// Most bytes of standard error that are kept, from the end.
const COMPLAINTS: usize = 4 * 1024;
/// Most lines of standard error in a message.
const LINES: usize = 5;
/// Interval of the checks for its exit.
const TICK: Duration = Duration::from_millis(2);

/// Variables that a program with input gets, if they are set. Those of the session, such as an ssh agent, are not its
/// business.
const KEPT: [&str; 7] = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "TZ", "TMPDIR"];

/// Where a program runs, and for how long.
#[derive(Debug)]
pub(super) struct ProgramCall<'a> {
    /// The directory of the project.
    pub(super) root: &'a Utf8Path,
    /// Who may own the program.
    pub(super) owners: &'a Owners,
    pub(super) patience: Duration,
    /// Standard input. With one, the environment is reduced.
    pub(super) input: Option<File>,
}

/// A program named in a file.
#[derive(Debug, Clone)]
pub(super) struct Program {
    /// Name or path, and arguments. Never empty.
    pub(super) argv: Vec<String>,
    /// Where it is named.
    pub(super) location: Location,
}

impl Program {
    /// Parses a program. `example` is a valid value in TOML.
    pub(super) fn read(
        document: &Document,
        key: &str,
        example: &str,
        wrong: &mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let words = document.values.get(key)?;
        let argv: Option<Vec<String>> = words
            .as_array()
            .and_then(|words| words.iter().map(|word| word.as_str().map(str::to_owned)).collect());
        match argv {
            Some(argv) if argv.first().is_some_and(|program| !program.is_empty()) => {
                Some(Self { argv, location: document.place(key) })
            }
            _ => {
                let program = match words.as_str().filter(|program| !program.is_empty()) {
                    Some(program) => format!("{program:?}"),
                    None => example.to_owned(),
                };
                let mistake = document
                    .wrong(key, format!("`{}` must be a program and its arguments", document.shown(key)));
                wrong.push(mistake.hint(format!("write a list of strings: `{key} = [{program}]`")));
                None
            }
        }
    }

    /// Runs the program and returns its standard output. `haste` is the hint for a program that takes longer than it may.
    pub(super) fn output(&self, call: ProgramCall<'_>, haste: &str) -> Result<String, Diagnostic> {
        let ProgramCall { root, owners, patience, input } = call;
        let name = &self.argv[0];
        // Checks the owners of the program and of scripts in its arguments. A program found in `PATH` belongs to the
        // system.
        for word in self.argv.iter().skip(usize::from(!name.contains('/'))) {
            owners.check_path(&root.join(word), word)?;
        }
        let end = Instant::now() + patience;
        // One with input asks nobody on the terminal, so it can be in a process group of its own, and ends with what it started.
        let is_group = input.is_some();
        let mut child = start(self, root, input).map_err(|error| {
            let mistake = self.wrong(format!("`{name}` can't be started: {}", plain(&error)));
            match error.kind() {
                io::ErrorKind::PermissionDenied => {
                    mistake.hint(format!("make it executable: `chmod +x {name}`"))
                }
                io::ErrorKind::NotFound if !name.contains('/') => {
                    mistake.hint(format!("a file of the project is called `./{name}`"))
                }
                _ => mistake.hint("paths are relative to the project's directory"),
            }
        })?;
        let stdout = read(child.stdout.take(), LIMIT + 1, |_| {});
        let stderr = read(child.stderr.take(), usize::MAX, keep_last);

        let slow = || self.wrong(format!("`{name}` did not end within {}", seconds(patience)));
        let status = match wait(&mut child, end, is_group) {
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
                    slow().note("it has exited, but left a process behind that keeps its output open")
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
            // A process that it left behind may keep the stream open. The program's own output has already arrived.
            let said = stderr.recv_timeout(Duration::from_millis(500)).unwrap_or_default();
            let mut mistake = self.wrong(format!("`{name}` failed: {how}"));
            mistake.notes.extend(last_lines(&said));
            return Err(mistake);
        }
        String::from_utf8(printed).map_err(|_| self.wrong(format!("`{name}` prints text that is not UTF-8")))
    }

    /// Whether a program with this name is found in `PATH`.
    pub(super) fn is_installed(&self) -> bool {
        let directories = std::env::var_os(PATH.name).unwrap_or_default();
        std::env::split_paths(&directories).any(|directory| {
            fs::metadata(directory.join(&self.argv[0]))
                .is_ok_and(|found| found.is_file() && is_executable(&found))
        })
    }

    /// An error about the program.
    pub(super) fn wrong(&self, message: String) -> Diagnostic {
        Diagnostic::error(message).at(self.location.clone())
    }
}

fn start(program: &Program, root: &Utf8Path, input: Option<File>) -> io::Result<Child> {
    let (name, arguments) = program.argv.split_first().ok_or(io::ErrorKind::InvalidInput)?;
    // Systems differ in whether a relative path is resolved before or after the change of directory.
    let mut command = if name.contains('/') { Command::new(root.join(name)) } else { Command::new(name) };
    without_secrets(&mut command).args(arguments).current_dir(root);
    if input.is_some() {
        let kept = std::env::vars_os().filter(|(name, _)| KEPT.iter().any(|kept| name == kept));
        command.env_clear().envs(kept.collect::<Vec<_>>()).process_group(0);
    }
    command
        .stdin(input.map_or_else(Stdio::null, Stdio::from))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
}

/// Waits for its exit. None if it had to be stopped: with `is_group` together with the processes of its group.
fn wait(child: &mut Child, end: Instant, is_group: bool) -> io::Result<Option<ExitStatus>> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= end {
            if is_group && let Some(group) = Pid::from_raw(child.id().cast_signed()) {
                // Its leader was not waited for, so the group is still its own.
                let _ = kill_process_group(group, Signal::KILL);
            }
            child.kill()?;
            #[expect(clippy::disallowed_methods, reason = "it was killed: its end comes")]
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(TICK);
    }
}

/// Reads a stream in a thread, up to a limit. `keep` may drop old data.
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
        // The receiver is gone if the program took too long.
        let _ = sender.send(bytes);
    });
    receiver
}

/// A duration in words.
fn seconds(duration: Duration) -> String {
    match usize::try_from(duration.as_secs()) {
        Ok(whole) if duration.subsec_nanos() == 0 => count(whole, "second"),
        _ => format!("{} seconds", duration.as_secs_f32()),
    }
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
