//! Runs commands to their end: without a shell, in a process group of their own, with a timeout.

use std::process::ExitStatus;

use super::lock::MarkedCommand;
use super::output::OutputStream;
use super::spawn::spawn;
use super::surroundings::Surroundings;
use crate::model::english::printable;
use crate::model::error::{FailedCommand, Failure, FailureKind};
use crate::model::query::{CommandResult, End, LONGER};
use crate::model::step::Command;
use crate::target::Progress;
use crate::target::interrupt::{Bond, HALTED, Interrupt};

mod watch;

use watch::ProcessWatch;

/// Default timeout of a step's command, in seconds.
pub(in crate::target) const STEP_TIMEOUT: u64 = 3600;
/// Default timeout of a query's command, in seconds.
pub(in crate::target) const QUERY_TIMEOUT: u64 = 600;

/// Timeout of a diagnosis, in seconds.
pub(in crate::target) const DIAGNOSIS_TIMEOUT: u64 = 10;

/// The result of a command.
pub(in crate::target) struct Ran {
    pub(in crate::target) end: End,
    pub(in crate::target) stdout: OutputStream,
    pub(in crate::target) stderr: OutputStream,
    /// Whether it was killed because the run was ended.
    pub(in crate::target) stopped: bool,
}

impl Ran {
    fn not_started(why: String) -> Self {
        Self {
            end: End::NotStarted(why),
            stdout: OutputStream::default(),
            stderr: OutputStream::default(),
            stopped: false,
        }
    }

    /// Converts it into the answer to `Query::Command`.
    pub(in crate::target) fn result(self) -> CommandResult {
        let is_part = !self.stdout.is_told_whole();
        CommandResult { end: self.end, stdout: self.stdout.text(), is_part, stderr: self.stderr.text() }
    }

    /// Whether the command accepts this as success.
    ///
    /// # Errors
    /// It failed. The failure has the command, its end and its last lines.
    pub(in crate::target) fn accept(&self, command: &Command) -> Result<(), Failure> {
        if matches!(self.end, End::Exit(status) if command.accepts(status)) {
            return Ok(());
        }
        let verb = match &self.end {
            End::NotStarted(why) => format!("could not be started: {why}"),
            End::TimedOut(_) => "did not end in time".to_owned(),
            _ if self.stopped => format!("was stopped: {HALTED}"),
            End::Exit(_) | End::Signal(_) => "failed".to_owned(),
        };
        let mut output = self.stderr.last_lines();
        output.extend(self.stdout.last_lines());
        let status = match &self.end {
            // The message already says it.
            End::NotStarted(_) => None,
            end => Some(end.to_string()),
        };
        let kind = match &self.end {
            End::TimedOut(_) => FailureKind::TimedOut,
            _ if self.stopped => FailureKind::Interrupted,
            _ => FailureKind::Failed,
        };
        let failure = Failure {
            kind,
            message: format!("`{}` {verb}", printable(&shown(command))),
            command: Some(FailedCommand { argv: command.argv.clone(), status, output }),
            ..Failure::default()
        };
        let hint = hint(&self.end, command).filter(|_| !self.stopped);
        Err(match hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        })
    }
}

/// A long script is shown by its first line.
fn shown(command: &Command) -> String {
    let text = command.display();
    let line = text.lines().next().unwrap_or_default();
    let short: String = line.chars().take(120).collect();
    if short.len() < text.len() { format!("{short} …") } else { short }
}

fn hint(end: &End, command: &Command) -> Option<&'static str> {
    match end {
        End::NotStarted(_)
            if command.argv.first().is_some_and(|first| first.contains(char::is_whitespace)) =>
        {
            Some("it is one argument, so it is the name of the program: write each word as a separate item")
        }
        End::Exit(0) => Some("`returns` says which other statuses mean success here"),
        End::Exit(127) => Some("127 usually means that a program in the script was not found"),
        End::Exit(126) => Some("126 usually means that a program in the script may not be executed"),
        End::Signal(9) => Some("if nobody stopped it, the machine may have run out of memory: see `dmesg`"),
        End::TimedOut(_) => Some(LONGER),
        _ => None,
    }
}

/// Runs a command to its end. `timeout`: default, in seconds. Output lines go to `progress`.
pub(super) fn run(
    command: &Command,
    with: &Surroundings,
    timeout: u64,
    progress: &mut dyn FnMut(Progress),
) -> Ran {
    run_bound(Bond::Ends, command, with, timeout, progress)
}

/// Like [`run`]. `bond` says what happens to the command when the run is ended.
pub(super) fn run_bound(
    bond: Bond,
    command: &Command,
    with: &Surroundings,
    timeout: u64,
    progress: &mut dyn FnMut(Progress),
) -> Ran {
    if with.interrupt.is_halted() {
        return Ran::not_started(HALTED.to_owned());
    }
    run_under(&with.interrupt, bond, command, with, timeout, progress)
}

fn run_under(
    interrupt: &Interrupt,
    bond: Bond,
    command: &Command,
    with: &Surroundings,
    timeout: u64,
    progress: &mut dyn FnMut(Progress),
) -> Ran {
    let mut child = match spawn(command, &with.accounts) {
        Ok(child) => child,
        Err(why) => return Ran::not_started(why),
    };
    let mark =
        with.marks.as_ref().and_then(|directory| MarkedCommand::new(directory, child.id(), &shown(command)));
    let seconds = if command.timeout == 0 { timeout } else { command.timeout };
    let mut watch =
        ProcessWatch::new(&mut child, command.input.as_deref().unwrap_or_default().as_bytes(), seconds);
    let running = interrupt.running(watch.group(), bond);
    watch.run_to_end(progress);
    drop((running, mark));
    let end = match watch.ended() {
        None => End::TimedOut(seconds),
        Some(status) => end_of(status),
    };
    let (mut stdout, mut stderr) = watch.output();
    stdout.finish(progress);
    stderr.finish(progress);
    let stopped = bond == Bond::Ends && interrupt.is_halted();
    Ran { end, stdout, stderr, stopped }
}

fn end_of(status: ExitStatus) -> End {
    use std::os::unix::process::ExitStatusExt as _;
    match (status.code(), status.signal()) {
        (Some(code), _) => End::Exit(code),
        (None, signal) => End::Signal(signal.unwrap_or_default()),
    }
}

/// Adds the output of the command's own diagnosis.
pub(super) fn diagnose(failure: Failure, command: &Command, with: &Surroundings) -> Failure {
    if command.diagnose.is_empty() {
        return failure;
    }
    let look = Command::new(command.diagnose.clone());
    let ran = run(&look, with, DIAGNOSIS_TIMEOUT, &mut |_| {});
    diagnosed(failure, &look, &ran)
}

/// Runs the undo command of a failed command, even if the run is being ended.
pub(super) fn undo(failure: Failure, command: &Command, with: &Surroundings) -> Failure {
    let Some(undoing) = command.undoing() else { return failure };
    let ran = run_under(&Interrupt::default(), Bond::Ends, &undoing, with, STEP_TIMEOUT, &mut |_| {});
    undone(failure, &undoing, ran)
}

/// Adds the result of the undo command.
pub(in crate::target) fn undone(mut failure: Failure, undoing: &Command, ran: Ran) -> Failure {
    match ran.accept(undoing) {
        Ok(()) => failure.details.push("the previous state was restored".to_owned()),
        Err(why) => {
            failure.details.push(format!("the previous state can't be restored: {}", why.message));
            failure.details.extend(why.details);
        }
    }
    failure
}

/// Adds the output of the diagnosis.
pub(in crate::target) fn diagnosed(mut failure: Failure, look: &Command, ran: &Ran) -> Failure {
    failure.details.push(format!("$ {}", printable(&shown(look))));
    failure.details.extend(ran.stdout.last_lines());
    failure.details.extend(ran.stderr.last_lines());
    failure
}

/// Runs a small program for a query. Returns its standard output.
///
/// # Errors
/// It failed.
pub(super) fn output_of(argv: &[&str], with: &Surroundings, timeout: u64) -> Result<String, Failure> {
    let command = Command::new(argv.iter().copied());
    let ran = run(&command, with, timeout, &mut |_| {});
    ran.accept(&command)?;
    Ok(ran.stdout.text())
}
