//! Steps: each one request, done by one subshell; large content follows in pieces through a pipe.

use std::fmt::Write as _;
use std::io::Read;

use camino::Utf8Path;

use super::command::{self, SHOWN, Telling};
use super::wire::{Frames, PIECE, Wire, call};
use super::{Seen, refusal, state};
use crate::model::blob::Blobs;
use crate::model::content::{Content, hex};
use crate::model::error::Failure;
use crate::model::step::{Attributes, Command, Step, WriteFile};
use crate::target::Progress;
use crate::target::local::accounts::Accounts;
use crate::target::local::packages::{is_name, takes_lock};
use crate::target::local::process::STEP_TIMEOUT;
use crate::target::local::write::open_blob;
use crate::target::quote::quote;
use sha2::{Digest as _, Sha256};

/// Seconds for a command that checks a draft.
const VERIFY_TIMEOUT: u64 = 60;

/// Does one step.
///
/// # Errors
/// It could not be done, or the connection broke off.
pub(super) fn apply(
    step: &Step,
    wire: &mut Wire,
    blobs: &Blobs,
    seen: &mut Seen,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), Failure> {
    let root = seen.root;
    let draft = format!(".chefrs-{}", wire.word());
    let line = match step {
        Step::Run(command) => {
            let wait = if takes_lock(command) { waiting(command) } else { String::new() };
            return run(&wait, command, wire, progress);
        }
        Step::Packages { manager, command, packages } => {
            let command = with_packages(manager, command, packages)?;
            return run(&waiting(&command), &command, wire, progress);
        }
        Step::WriteFile(step) => return write(step, wire, blobs, root, progress),
        Step::Fetch(step) => return Err(unable("download", &step.path)),
        Step::Unpack(step) => return Err(unable("unpack", &step.destination)),
        Step::Restart(_) => {
            return Err(Failure::new(format!("`{}` can't be restarted through a shell", wire.name()))
                .hint("this needs chefrs itself on the machine"));
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
            call("attributes", [path.as_str(), parent, name, owner, group, &mode])
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
            call("remove", [path.as_str(), parent, name, flag(*recursive), &backup.to_string()])
        }
        Step::Touch { path } => {
            let (parent, name) = split(path)?;
            call("touched", [path.as_str(), parent, name])
        }
    };
    let mut frames = wire.ask(&format!("(\n{line}\n)"))?;
    done(&mut frames, wire, root)
}

fn unable(verb: &str, path: &Utf8Path) -> Failure {
    Failure::new(format!("can't {verb} to `{path}`: a shell can't do that safely"))
        .hint("this needs chefrs itself on the machine")
}

/// The directory and the name in it.
fn split(path: &Utf8Path) -> Result<(&str, &str), Failure> {
    if !path.is_absolute() {
        return Err(Failure::new(format!("`{path}` is not an absolute path")));
    }
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => Ok((parent.as_str(), name)),
        _ => Err(Failure::new(format!("`{path}` does not name a thing inside a directory"))),
    }
}

fn words(attributes: &Attributes) -> (&str, &str, String) {
    let mode = attributes.mode.map(|mode| format!("{:o}", mode & 0o7777)).unwrap_or_default();
    (attributes.owner.as_deref().unwrap_or_default(), attributes.group.as_deref().unwrap_or_default(), mode)
}

fn flag(set: bool) -> &'static str {
    if set { "yes" } else { "" }
}

/// Whether the step told that it is done, or what was the matter.
pub(super) fn done(frames: &mut Frames, wire: &mut Wire, root: bool) -> Result<(), Failure> {
    if frames.text("done").is_some() {
        return Ok(());
    }
    let asks_for_names = frames
        .0
        .front()
        .is_some_and(|frame| frame.key == "fail" && matches!(frame.value.as_slice(), b"unsafe" | b"planted"));
    let accounts = if asks_for_names { accounts(wire)? } else { Accounts::default() };
    let name = |uid: &str| uid.parse().map_or_else(|_| uid.to_owned(), |uid| accounts.user_name(uid));
    Err(refusal::told(frames, root, &name)
        .unwrap_or_else(|| Failure::new("the shell ended the step without saying why")))
}

fn accounts(wire: &mut Wire) -> Result<Accounts, Failure> {
    let mut frames = wire.ask("ask_file accounts '' '' /etc/passwd /etc/group")?;
    frames.text("accounts.stamp");
    let mut file = || frames.text("accounts").unwrap_or_default();
    let (passwd, group) = (file(), file());
    Ok(Accounts::parse(&passwd, &group, ""))
}

fn with_packages(manager: &str, command: &Command, packages: &[String]) -> Result<Command, Failure> {
    if manager != "apt" {
        return Err(
            Failure::new(format!("there is no package manager `{manager}` here")).hint("chefrs speaks `apt`")
        );
    }
    let valid = |package: &str| is_name(package.split(['=', '/']).next().unwrap_or_default());
    if let Some(bad) = packages.iter().find(|package| !valid(package)) {
        return Err(Failure::new(format!("`{bad}` can't be the name of a package")));
    }
    let mut command = command.clone();
    command.argv.extend(packages.iter().cloned());
    Ok(command)
}

/// The wait for the package locks, as long as the command itself may take.
fn waiting(command: &Command) -> String {
    let seconds = if command.timeout == 0 { STEP_TIMEOUT } else { command.timeout };
    format!("wait_for_lock {seconds} && ")
}

fn run(
    wait: &str,
    command: &Command,
    wire: &mut Wire,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), Failure> {
    let script = format!("{wait}{{\n{}\n}}", command::script(command, wire, STEP_TIMEOUT, SHOWN));
    let mut telling = Telling::default();
    let mut frames = wire.watch(&script, &mut |frame| match frame.key.as_str() {
        "waiting" => {
            let holder = crate::model::english::printable(&frame.text());
            progress(Progress::Waiting(format!("waiting for the package lock, held by {holder}")));
            true
        }
        _ => telling.take(frame, progress),
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
    telling.finish(&mut frames, command, STEP_TIMEOUT, progress).accept(command)
}

fn write(
    step: &WriteFile,
    wire: &mut Wire,
    blobs: &Blobs,
    root: bool,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), Failure> {
    let (parent, name) = split(&step.path)?;
    let (mut content, source): (Box<dyn Read + '_>, String) = match &step.content {
        Content::Text(text) => (Box::new(text.as_bytes()), String::new()),
        Content::Blob(blob) => open_blob(blob, blobs, &step.path)?,
        Content::Unknown(until) => {
            return Err(Failure::new(format!(
                "the content of `{}` is not known before `{until}` has converged",
                step.path
            )));
        }
    };
    let digest = step.content.sha256().unwrap_or_default();
    let draft = format!(".chefrs-{}", wire.word());
    let checks: Vec<Command> = step.verify.iter().map(|check| on_draft(check, parent, &draft)).collect();
    let (owner, group, mode) = words(&step.attributes);
    let backup = step.backup.to_string();
    let line = call(
        "write",
        [step.path.as_str(), parent, name, &draft, &digest, owner, group, &mode, &backup, flag(step.unlink)],
    );
    let mut telling = Telling::default();
    let mut watch = |frame: &super::wire::Frame| {
        if frame.key == "check" {
            telling = Telling::default();
        }
        telling.take(frame, progress)
    };
    let script = format!("check() {{\n{}\n:\n}}\n", judge(&checks, wire));
    let ground = command::ground(wire);
    let mut first = vec![0; PIECE];
    let length = fill(&mut *content, &mut first, &step.path)?;
    let mut frames = if length < PIECE {
        if hex(&Sha256::digest(&first[..length])) != digest {
            return Err(changed(&source));
        }
        let print = wire.printing(&first[..length], "| (step)");
        wire.watch(&format!("{ground}\n{script}step() {{\n{line}\n}}\n{print}"), &mut watch)?
    } else {
        let open = format!(
            "{ground}\nrm -f \"$W/in\"; mkfifo -m 600 \"$W/in\"\n{script}{{ ({line}); cat >/dev/null; }} <\"$W/in\" &\nstep=$!"
        );
        wire.begin_request(&open, "{", "}")?;
        wire.send("command exec 9>\"$W/in\"\n")?;
        let mut hash = Sha256::new();
        let mut length = length;
        while length > 0 {
            hash.update(&first[..length]);
            let piece = wire.printing(&first[..length], ">&9");
            wire.send(&format!("{piece}\n"))?;
            length = fill(&mut *content, &mut first, &step.path)?;
        }
        let whole = hex(&hash.finalize()) == digest;
        let frames = wire.end_request("command exec 9>&-; wait \"$step\"; rm -f \"$W/in\"", &mut watch)?;
        if !whole {
            return Err(changed(&source));
        }
        frames
    };
    let Some(failed) = refused_check(&mut frames) else { return done(&mut frames, wire, root) };
    let Some(check) = checks.get(failed) else { return done(&mut frames, wire, root) };
    let ran = telling.finish(&mut frames, check, VERIFY_TIMEOUT, progress);
    let failure = ran.accept(check).err().unwrap_or_default();
    let message = format!("the new content of `{}` was refused by its check: {}", step.path, failure.message);
    Err(Failure { message, ..failure }.hint(format!("nothing was replaced: `{}` is as it was", step.path)))
}

/// Fills the buffer as far as there is something.
fn fill(from: &mut dyn Read, buffer: &mut [u8], path: &Utf8Path) -> Result<usize, Failure> {
    let mut length = 0;
    while length < buffer.len() {
        match from.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(n) => length += n,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => {
                return Err(Failure::new(format!("can't read the content for `{path}`: {error}")));
            }
        }
    }
    Ok(length)
}

fn changed(source: &str) -> Failure {
    Failure::new(format!("`{source}` has changed since the collection was compiled"))
        .hint("run again, so that it is compiled anew")
}

/// A check with the draft's path in place of `{path}`.
fn on_draft(check: &Command, parent: &str, draft: &str) -> Command {
    let path = Utf8Path::new(parent).join(draft);
    let argv = check.argv.iter().map(|word| word.replace("{path}", path.as_str())).collect();
    Command { argv, ..check.clone() }
}

/// Runs each check, and ends the step at the first that does not accept.
fn judge(checks: &[Command], wire: &Wire) -> String {
    let mut script = String::new();
    for (index, check) in checks.iter().enumerate() {
        let returns: Vec<String> = if check.returns.is_empty() {
            vec!["0".into()]
        } else {
            check.returns.iter().map(ToString::to_string).collect()
        };
        let run = match command::script(check, wire, VERIFY_TIMEOUT, SHOWN) {
            run if run.is_empty() => "false".to_owned(),
            run => run,
        };
        let accepted: Vec<String> = returns.iter().map(|status| quote(status)).collect();
        // Writing to a string can't fail.
        let _ = write!(
            script,
            "put check {index}\n{run}\ncase $? in {}) ;; *) put refused {index}; exit 1 ;; esac\n",
            accepted.join(" | ")
        );
    }
    script
}

/// The number of the check that refused; what the accepted ones told is dropped.
fn refused_check(frames: &mut Frames) -> Option<usize> {
    let last = frames.0.iter().rposition(|frame| frame.key == "check")?;
    let refused = frames.0.iter().find(|frame| frame.key == "refused").map(super::wire::Frame::text);
    frames.0.drain(..=last);
    if refused.is_none() {
        frames.0.retain(|frame| matches!(frame.key.as_str(), "done" | "fail" | "word"));
    }
    refused?.parse().ok()
}
