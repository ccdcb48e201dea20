//! Sends the content of a file: small files in one request, large ones in pieces through a pipe. The digest is checked
//! before the file is replaced.

use std::fmt::Write as _;
use std::io::Read;

use camino::Utf8Path;

use super::command::{self, CommandOutput, SHOWN};
use super::step::{done, flag, split, words};
use super::wire::{Frames, PIECE, ShellWire, call};
use crate::model::blob::Blobs;
use crate::model::content::{Content, hex};
use crate::model::error::Failure;
use crate::model::step::{Command, WriteFile};
use crate::target::Progress;
use crate::target::local::write::open_blob;
use crate::target::quote::quote;
use sha2::{Digest as _, Sha256};

/// Timeout of a `verify` command, in seconds.
const VERIFY_TIMEOUT: u64 = 60;

/// Applies `Step::WriteFile`.
///
/// # Errors
/// Nothing was replaced, or the connection broke.
pub(super) fn write(
    step: &WriteFile,
    wire: &mut ShellWire,
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
    let mark = format!("draft-{}", wire.word());
    let checks: Vec<Command> = step.verify.iter().map(|check| on_draft(check, &mark)).collect();
    let (owner, group, mode) = words(&step.attributes);
    let backup = step.backup.to_string();
    let line = call(
        "write",
        [step.path.as_str(), parent, name, &draft, owner, group, &mode, flag(step.unlink), &digest, &backup],
    );
    let mut printed = CommandOutput::default();
    let mut watch = |frame: &super::wire::AnswerLine| {
        if frame.key == "check" {
            printed = CommandOutput::default();
        }
        printed.take(frame, progress)
    };
    // Only the script knows the path of the draft, so close the quotes around it.
    let script = judge(&checks, wire).replace(&mark, "'\"$drafted\"'");
    let script = format!("check() {{\n{script}\n:\n}}\n");
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
        wire.begin_request(&open, "{", "beat; }")?;
        wire.send("command exec 9>\"$W/in\"\n")?;
        let mut hash = Sha256::new();
        let mut length = length;
        while length > 0 {
            hash.update(&first[..length]);
            let piece = wire.printing(&first[..length], ">&9; beat");
            wire.send(&format!("busy; {piece}\n"))?;
            length = fill(&mut *content, &mut first, &step.path)?;
        }
        let whole = hex(&hash.finalize()) == digest;
        let frames = wire.end_request("command exec 9>&-; wait \"$step\"; rm -f \"$W/in\"", &mut watch)?;
        if !whole {
            return Err(changed(&source));
        }
        frames
    };
    let Some(failed) = refused_check(&mut frames) else { return done(&mut frames, root) };
    // Shown as it was declared, because the name of the draft means nothing to the user.
    let Some(check) = step.verify.get(failed) else { return done(&mut frames, root) };
    let ran = printed.finish(&mut frames, check, VERIFY_TIMEOUT, progress);
    let failure = ran.accept(check).err().unwrap_or_default();
    let message = format!("the new content of `{}` was refused by its check: {}", step.path, failure.message);
    Err(Failure { message, ..failure }.hint(format!("nothing was replaced: `{}` is as it was", step.path)))
}

/// Fills the buffer as far as possible.
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
        .hint("run again, so that it is compiled again")
}

/// Replaces `{path}` in a check by a mark.
fn on_draft(check: &Command, mark: &str) -> Command {
    let argv = check.argv.iter().map(|word| word.replace("{path}", mark)).collect();
    Command { argv, ..check.clone() }
}

/// Runs all checks. The first that fails ends the step.
fn judge(checks: &[Command], wire: &ShellWire) -> String {
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
        // Writing to a string can't fail. The rest of this request is still coming, so the shell can't listen for an
        // interrupt.
        let _ = write!(
            script,
            "bound=check\nput check {index}\n{run}\ncase $? in {}) ;; *) put refused {index}; exit 1 ;; esac\n",
            accepted.join(" | ")
        );
    }
    script
}

/// The index of the check that failed. Drops the output of the others.
fn refused_check(frames: &mut Frames) -> Option<usize> {
    let last = frames.0.iter().rposition(|frame| frame.key == "check")?;
    let refused = frames.0.iter().find(|frame| frame.key == "refused").map(super::wire::AnswerLine::text);
    frames.0.drain(..=last);
    if refused.is_none() {
        frames.0.retain(|frame| matches!(frame.key.as_str(), "done" | "fail" | "word"));
    }
    refused?.parse().ok()
}
