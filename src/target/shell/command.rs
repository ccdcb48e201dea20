//! Runs commands, and reads their results.

use super::refusal;
use super::wire::{AnswerLine, Frames, ShellWire, call};
use crate::model::query::End;
use crate::model::step::Command;
use crate::target::Progress;
use crate::target::local::output::OutputStream;
use crate::target::local::process::Ran;
use crate::target::quote::quote;

/// Default `PATH`.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// Pieces of output that are kept for a query: 1 MiB, with room for pieces that are not full.
pub(super) const WHOLE: u32 = 1024;
/// Pieces of output that a step passes on: 256 KiB. Of more than that, only the end is shown.
pub(super) const SHOWN: u32 = 128;

/// The script that runs a command. Empty if the command can't be run at all.
pub(super) fn script(command: &Command, wire: &ShellWire, timeout: u64, pieces: u32) -> String {
    if impossible(command).is_some() {
        return String::new();
    }
    let seconds = if command.timeout == 0 { timeout } else { command.timeout };
    let seconds = seconds.min(86_400 * 365).to_string();
    let exports: Vec<String> =
        command.environment.iter().map(|(name, value)| format!("export {name}={}", quote(value))).collect();
    let path = command.environment.get("PATH").map_or(PATH, String::as_str);
    let umask = command.umask.map(|umask| format!("{:04o}", umask & 0o777)).unwrap_or_default();
    let pieces = pieces.to_string();
    let words = [
        seconds.as_str(),
        &pieces,
        command.cwd.as_ref().map_or("/", |cwd| cwd.as_str()),
        command.user.as_deref().unwrap_or_default(),
        command.group.as_deref().unwrap_or_default(),
        &umask,
        path,
    ];
    let run = call("run", words.into_iter().chain(command.argv.iter().map(String::as_str)));
    let input = command.input.as_deref().unwrap_or_default();
    // A here-document starts after the line that uses it, and an argument may contain newlines.
    let started =
        if input.is_empty() { "go </dev/null".to_owned() } else { wire.printing(input.as_bytes(), "| go") };
    let with = if exports.is_empty() { ":".to_owned() } else { exports.join("\n") };
    format!("{}\nwith() {{\n{with}\n}}\ngo() {{\n{run}\n}}\n{started}", ground(wire))
}

/// Creates the directory of the session. Must come before all commands, outside of any subshell.
pub(super) fn ground(wire: &ShellWire) -> String {
    format!("work '.chefrs-{}{}'", wire.word(), wire.word())
}

/// Why a command can't be run through any shell.
fn impossible(command: &Command) -> Option<String> {
    if command.argv.first().is_none_or(String::is_empty) {
        return Some("it is empty".into());
    }
    let exportable = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    let bad = command.environment.keys().find(|name| !exportable(name))?;
    Some(format!("a shell can't set a variable named `{bad}`"))
}

/// The output of a running command so far.
#[derive(Default)]
pub(super) struct CommandOutput {
    stdout: OutputStream,
    stderr: OutputStream,
    cut: bool,
}

impl CommandOutput {
    /// Handles a frame if it is output. Returns whether it was.
    pub(super) fn take(&mut self, frame: &AnswerLine, progress: &mut dyn FnMut(Progress)) -> bool {
        let (output, end) = match frame.key.as_str() {
            "o" => (&mut self.stdout, false),
            "e" => (&mut self.stderr, false),
            "o.end" => (&mut self.stdout, true),
            "e.end" => (&mut self.stderr, true),
            _ => return false,
        };
        if end && !std::mem::replace(&mut self.cut, true) {
            output.take(b"\n(only the end of the rest is shown)\n", progress);
        }
        output.take(&frame.value, progress);
        true
    }

    /// The result, once the command has ended.
    pub(super) fn read(mut self, mut frames: Frames, command: &Command, timeout: u64) -> Ran {
        frames.0.retain(|frame| !self.take(frame, &mut |_| {}));
        self.finish(&mut frames, command, timeout, &mut |_| {})
    }

    /// The result, if the output was already passed on.
    pub(super) fn finish(
        mut self,
        frames: &mut Frames,
        command: &Command,
        timeout: u64,
        progress: &mut dyn FnMut(Progress),
    ) -> Ran {
        self.stdout.finish(progress);
        self.stderr.finish(progress);
        let seconds = if command.timeout == 0 { timeout } else { command.timeout };
        let ended = frames.text("ended").unwrap_or_default();
        let stopped = ended.ends_with("stopped");
        let end = end(frames, &ended, command, seconds);
        Ran { end, stdout: self.stdout, stderr: self.stderr, stopped }
    }
}

fn end(frames: &mut Frames, ended: &str, command: &Command, seconds: u64) -> End {
    if let Some(why) = impossible(command) {
        return End::NotStarted(why);
    }
    if let Some(why) = frames.text("not") {
        let path = frames.text("path").unwrap_or_default();
        return End::NotStarted(not_started(&why, &path, command));
    }
    if let Some(refusal) = refusal::read(frames) {
        return End::NotStarted(refusal.failure(true).message);
    }
    let mut words = ended.split_ascii_whitespace();
    let status = words.next().and_then(|status| status.parse().ok());
    match (words.next(), status) {
        (Some("late"), _) => End::TimedOut(seconds),
        // Shells report a signal as 128 plus its number.
        (_, Some(status @ 129..=192)) if !command.returns.contains(&status) => End::Signal(status - 128),
        (_, Some(status)) => End::Exit(status),
        (_, None) => End::NotStarted("the shell did not tell how it ended".into()),
    }
}

fn not_started(why: &str, path: &str, command: &Command) -> String {
    let user = command.user.as_deref();
    let group = command.group.as_deref();
    let first = command.argv.first().map_or("", String::as_str);
    match why {
        "user" => format!("there is no user `{}`", user.unwrap_or_default()),
        "group" => format!("there is no group `{}`", group.unwrap_or_default()),
        "root" => format!("only root can run it as `{}`", user.or(group).unwrap_or_default()),
        "identity" => "neither `setpriv` nor `su` is there to run it as another user".into(),
        "directory" => {
            format!("there is no directory `{}`", command.cwd.as_ref().map_or("/", |cwd| cwd.as_str()))
        }
        "program" => {
            let searched = command.environment.get("PATH").map_or(PATH, String::as_str);
            format!("there is no program `{first}` in {searched}")
        }
        "there" => format!("there is no program `{path}`"),
        "executable" => match user {
            Some(user) => {
                let cwd = command.cwd.as_ref().map_or("/", |cwd| cwd.as_str());
                format!("`{user}` may not execute `{path}`, or may not enter `{cwd}`")
            }
            None => format!("`{path}` may not be executed, or its directory may not be entered"),
        },
        "interpreter" => {
            format!("the interpreter that the first line of `{path}` names is not there")
        }
        _ => "no pipe could be made in `/tmp`".into(),
    }
}
