//! The inventory's program: run in the project's directory, with bounds on its time and its output.

use std::io::{self, Read};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use camino::Utf8Path;

use crate::cookbook::document::Document;
use crate::cookbook::settings::Program;
use crate::cookbook::source::plain;
use crate::model::error::Diagnostic;

/// Most bytes that it may print.
const LIMIT: usize = 8 * 1024 * 1024;
/// Bytes of its complaints that are kept, the last ones.
const COMPLAINTS: usize = 4 * 1024;
/// Lines of its complaints that a message shows.
const LINES: usize = 5;
/// What it should print.
const SHAPE: &str = "print `{ \"nodes\": { \"web1\": { \"host\": \"192.0.2.7\" } } }`";
/// How often it is looked at.
const TICK: Duration = Duration::from_millis(2);

/// Runs it and reads what it prints as JSON.
pub(super) fn run(program: &Program, root: &Utf8Path, patience: Duration) -> Result<Document, Diagnostic> {
    let wrong = |message: String| Diagnostic::error(message).at(program.location.clone());
    let name = &program.argv[0];
    let end = Instant::now() + patience;
    let mut child = start(program, root).map_err(|error| {
        let mistake = wrong(format!("`{name}` can't be started: {}", plain(&error)));
        match error.kind() {
            io::ErrorKind::PermissionDenied => mistake.hint(format!("make it executable: `chmod +x {name}`")),
            io::ErrorKind::NotFound if !name.contains('/') => {
                mistake.hint(format!("a file of the project is called `./{name}`"))
            }
            _ => mistake.hint("a path is taken from the project's directory"),
        }
    })?;
    let stdout = read(child.stdout.take(), LIMIT + 1, |_| {});
    let stderr = read(child.stderr.take(), usize::MAX, keep_last);

    let slow = || wrong(format!("`{name}` did not end within {} seconds", patience.as_secs_f32()));
    let status = match wait(&mut child, end) {
        Ok(Some(status)) => status,
        Ok(None) => return Err(slow().hint("let it keep a copy of what takes so long to ask for")),
        Err(error) => return Err(wrong(format!("`{name}` can't be waited for: {}", plain(&error)))),
    };
    let rest = end.saturating_duration_since(Instant::now());
    let printed = match stdout.recv_timeout(rest) {
        Ok(printed) => printed,
        Err(RecvTimeoutError::Timeout) => {
            return Err(
                slow().note("it has ended itself, and left something behind that holds its output open")
            );
        }
        Err(RecvTimeoutError::Disconnected) => return Err(wrong(format!("`{name}` can't be read"))),
    };
    if printed.len() > LIMIT {
        return Err(wrong(format!("`{name}` prints more than {} MiB", LIMIT / 1024 / 1024)));
    }
    if !status.success() {
        let how = match (status.code(), status.signal()) {
            (None, Some(signal)) => format!("killed by signal {signal}"),
            (code, _) => format!("exit status {}", code.unwrap_or(-1)),
        };
        // What it left behind may hold this open for long; what it said itself is there at once.
        let said = stderr.recv_timeout(Duration::from_millis(500)).unwrap_or_default();
        let mut mistake = wrong(format!("`{name}` failed: {how}"));
        mistake.notes.extend(last_lines(&said));
        return Err(mistake);
    }
    let printed = String::from_utf8(printed).map_err(|_| wrong(format!("`{name}` prints no UTF-8 text")))?;
    if printed.trim().is_empty() {
        return Err(wrong(format!("`{name}` prints nothing")).hint(SHAPE));
    }
    let origin = format!("output of {name}");
    Document::json(&origin, &printed)
        .map_err(|mistake| Diagnostic { hints: vec![SHAPE.to_owned()], ..mistake })
}

fn start(program: &Program, root: &Utf8Path) -> io::Result<Child> {
    let (name, arguments) = program.argv.split_first().ok_or(io::ErrorKind::InvalidInput)?;
    // Whether a relative path is taken from the old or the new directory differs between systems.
    let mut command = if name.contains('/') { Command::new(root.join(name)) } else { Command::new(name) };
    command.args(arguments).current_dir(root);
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
