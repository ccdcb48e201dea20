//! Applies steps. Each is one request in one subshell.

use super::command::{self, CommandOutput, SHOWN};
use super::shell_state::ShellState;
use super::step::{done, flag, split, words};
use super::wire::{ShellWire, call};
use super::{content, fetch, state, unpack};
use crate::model::blob::Blobs;
use crate::model::error::Failure;
use crate::model::package_manager::PackageManager;
use crate::model::step::{Command, Step};
use crate::target::Progress;
use crate::target::local::package_lock::{known, wanted_by, with_packages};
use crate::target::local::process::{DIAGNOSIS_TIMEOUT, Ran, STEP_TIMEOUT, diagnosed, undone};

/// Applies one step.
///
/// # Errors
/// It failed, or the connection broke.
pub(super) fn apply(
    step: &Step,
    wire: &mut ShellWire,
    blobs: &Blobs,
    seen: &mut ShellState,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), Failure> {
    let root = seen.root;
    let draft = format!(".chefrs-{}", wire.word());
    let line = match step {
        Step::Run(command) => {
            let wait = wanted_by(command).map(|manager| waiting(manager, command)).unwrap_or_default();
            return run(&wait, command, wire, progress);
        }
        Step::Packages { manager, command, packages } => {
            let manager = known(manager)?;
            let command = with_packages(manager, command, packages)?;
            return run(&waiting(manager, &command), &command, wire, progress);
        }
        Step::Restart(restart) => return state::restart(restart.as_deref(), wire, seen),
        Step::WriteFile(step) => return content::write(step, wire, blobs, root, progress),
        Step::Fetch(step) => return fetch::fetch(step, wire, seen, progress),
        Step::Unpack(step) => {
            let Some(mark) = &step.mark else { return unpack::unpack(step, wire, seen) };
            // Whether the archive is valid shows only in the request that unpacks it.
            content::write(mark, wire, blobs, root, progress)?;
            let done = unpack::unpack(step, wire, seen);
            if done.is_err() && !step.replace {
                let gone = Step::Remove { path: mark.path.clone(), recursive: false, backup: 0 };
                // Report the first failure.
                let _ = apply(&gone, wire, blobs, seen, progress);
            }
            return done;
        }
        Step::Lock(holder) => return state::lock(holder, wire, seen),
        Step::Record(record) => return state::record(record, wire, seen),
        Step::SetAttributes { path, .. } if path == "/" => {
            return Err(Failure::new("the attributes of `/` are not changed"));
        }
        Step::Remove { path, .. } if path == "/" => return Err(Failure::new("`/` is not removed")),
        Step::SetAttributes { path, attributes } => {
            let (parent, name) = split(path)?;
            let (owner, group, mode) = words(attributes);
            call("attributes", [path.as_str(), parent, name, &draft, owner, group, &mode])
        }
        Step::MakeDirectory { path, attributes, parents } => {
            let (parent, name) = split(path)?;
            let (owner, group, mode) = words(attributes);
            call("directory", [path.as_str(), parent, name, &draft, owner, group, &mode, flag(*parents)])
        }
        Step::Symlink { path, to, attributes } => {
            let (parent, name) = split(path)?;
            let (owner, group, _) = words(attributes);
            call("symlink", [path.as_str(), parent, name, &draft, to, owner, group])
        }
        Step::Hardlink { path, to } => {
            let (parent, name) = split(path)?;
            let (to_parent, to_name) = split(to)?;
            call("hardlink", [path.as_str(), parent, name, &draft, to.as_str(), to_parent, to_name])
        }
        Step::Remove { path, recursive, backup } => {
            let (parent, name) = split(path)?;
            call("remove", [path.as_str(), parent, name, flag(*recursive), &backup.to_string(), &draft])
        }
        Step::Touch { path } => {
            let (parent, name) = split(path)?;
            call("touched", [path.as_str(), parent, name, &draft])
        }
    };
    let mut frames = wire.ask(&format!("(\n{line}\n)"))?;
    done(&mut frames, root)
}

/// Waits for the package locks, as long as the command itself may take.
fn waiting(manager: &PackageManager, command: &Command) -> String {
    let seconds = if command.timeout == 0 { STEP_TIMEOUT } else { command.timeout }.to_string();
    let mut words = vec![seconds.as_str()];
    for lock in manager.locks {
        words.extend(lock.words());
    }
    call("wait_for_lock", words) + " && "
}

fn run(
    wait: &str,
    command: &Command,
    wire: &mut ShellWire,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), Failure> {
    let script = format!("{wait}{{\n{}\n}}", command::script(command, wire, STEP_TIMEOUT, SHOWN));
    let mut printed = CommandOutput::default();
    let mut frames = wire.watch(&script, &mut |frame| match frame.key.as_str() {
        "waiting" => {
            let holder = crate::model::english::printable(&frame.text());
            progress(Progress::Waiting(format!("waiting for the package lock, held by {holder}")));
            true
        }
        _ => printed.take(frame, progress),
    })?;
    if let Some(lock) = frames.text("locked") {
        let holder = frames.text("holder").unwrap_or_default();
        let seconds = if command.timeout == 0 { STEP_TIMEOUT } else { command.timeout };
        return Err(Failure::new(format!(
            "the package lock `{lock}` was held by {} for {seconds} seconds",
            crate::model::english::printable(&holder)
        ))
        .hint("wait for it to end, or stop it, and run again"));
    }
    let accepted = printed.finish(&mut frames, command, STEP_TIMEOUT, progress).accept(command);
    let Err(mut failure) = accepted else { return Ok(()) };
    let mut further = |command: &Command, timeout| -> Result<Ran, Failure> {
        let frames = wire.ask(&command::script(command, wire, timeout, command::WHOLE))?;
        Ok(CommandOutput::default().read(frames, command, timeout))
    };
    if !command.diagnose.is_empty() {
        let look = Command::new(command.diagnose.clone());
        failure = diagnosed(failure, &look, &further(&look, DIAGNOSIS_TIMEOUT)?);
    }
    // `undo` runs however the command failed.
    if let Some(undoing) = command.undoing() {
        failure = undone(failure, &undoing, further(&undoing, STEP_TIMEOUT)?);
    }
    Err(failure)
}
