//! Reads a file of a target piece by piece, with queries alone. So it works with every engine, and changes nothing.

use std::io::Write;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use camino::Utf8Path;
use sha2::{Digest as _, Sha256};

use crate::locked_run;
use crate::model::content::hex;
use crate::model::error::Failure;
use crate::model::query::{Answer, End, FileKind, Query, Stat};
use crate::model::step::Command;
use crate::target::Target;
use crate::target::interrupt::Interrupt;

/// Bytes of a block, and blocks of a piece. In Base64 a piece is less than what is kept of the output of a command.
const BLOCK: u64 = 64 << 10;
const BLOCKS: u64 = 11;

/// Prints a piece of a file: its path, the size of a block, the first block and the number of blocks.
const SCRIPT: &str = "dd if=\"$1\" bs=\"$2\" skip=\"$3\" count=\"$4\" 2>/dev/null | base64";

/// Copies a regular file of a target to `out`. Returns what it is there. A link is not followed.
///
/// # Errors
/// It is no regular file, can't be read or written, changed meanwhile, or the copy was interrupted.
pub fn fetch_file(
    target: &mut dyn Target,
    path: &Utf8Path,
    out: &mut dyn Write,
    interrupt: &Interrupt,
) -> Result<Stat, Failure> {
    let stat = regular_file(target, path)?;
    let mut digest = Sha256::new();
    let pieces = stat.size.div_ceil(BLOCK * BLOCKS);
    for piece in 0..pieces {
        if interrupt.is_wanted() {
            return Err(locked_run::interrupted());
        }
        let bytes = read_piece(target, path, piece * BLOCKS)?;
        digest.update(&bytes);
        out.write_all(&bytes)
            .map_err(|error| Failure::new(format!("what was read of `{path}` can't be kept: {error}")))?;
    }
    // Asked at the end: whatever happened to the file meanwhile, these are its bytes.
    match target.ask(&[Query::Digest(path.to_owned())])?.into_iter().next() {
        Some(Answer::Digest(Some(found))) if found == hex(&digest.finalize()) => Ok(stat),
        _ => Err(Failure::new(format!("`{path}` changed while it was read")).hint("try again")),
    }
}

fn regular_file(target: &mut dyn Target, path: &Utf8Path) -> Result<Stat, Failure> {
    let answer = target.ask(&[Query::Stat(path.to_owned())])?.into_iter().next();
    let Some(Answer::Stat(found)) = answer else {
        return Err(Failure::new(format!("the target does not say what `{path}` is")));
    };
    let stat = found.ok_or_else(|| Failure::new(format!("there is no file `{path}`")))?;
    if stat.kind == FileKind::File {
        return Ok(stat);
    }
    let failure = Failure::new(format!("`{path}` is {}", stat.kind.noun()));
    Err(match &stat.target {
        Some(to) => failure.hint(format!("links are not followed: this one leads to `{to}`")),
        None => failure.hint("only regular files can be copied"),
    })
}

fn read_piece(target: &mut dyn Target, path: &Utf8Path, block: u64) -> Result<Vec<u8>, Failure> {
    let numbers = [BLOCK, block, BLOCKS].map(|number| number.to_string());
    let words = ["/bin/sh", "-c", SCRIPT, "sh", path.as_str()].into_iter();
    let command = Command::new(words.chain(numbers.iter().map(String::as_str)));
    let unread = || Failure::new(format!("`{path}` can't be read"));
    match target.ask(&[Query::Command(Box::new(command))])?.into_iter().next() {
        Some(Answer::Command(result)) if result.end == End::Exit(0) && !result.is_part => {
            let text: String = result.stdout.split_ascii_whitespace().collect();
            STANDARD.decode(text).map_err(|_| unread())
        }
        Some(Answer::Command(result)) => {
            let mut failure = unread();
            failure.details.extend(result.stderr.lines().take(3).map(str::to_owned));
            Err(failure.hint("it takes `dd` and `base64` there"))
        }
        _ => Err(unread()),
    }
}
