//! Sends the content of a file: small files in one request, large ones in pieces through a pipe. The digest is checked
//! before the file is replaced.

use std::io::Read;

use camino::Utf8Path;

use super::checks::DraftChecks;
use super::command;
use super::step::{done, flag, split, words};
use super::wire::{AnswerLine, PIECE, ShellWire, call};
use crate::model::blob::Blobs;
use crate::model::content::{Content, hex};
use crate::model::error::Failure;
use crate::model::step::WriteFile;
use crate::target::Progress;
use crate::target::local::write::open_blob;
use sha2::{Digest as _, Sha256};

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
    let mut checks = DraftChecks::of(&step.verify);
    let (owner, group, mode) = words(&step.attributes);
    let backup = step.backup.to_string();
    let line = call(
        "write",
        [step.path.as_str(), parent, name, &draft, owner, group, &mode, flag(step.unlink), &digest, &backup],
    );
    let script = checks.script(wire);
    let mut watch = |frame: &AnswerLine| checks.take(frame, progress);
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
    checks.judge(&mut frames, &step.path, progress)?;
    done(&mut frames, root)
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
