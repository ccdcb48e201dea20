//! Unpacks archives with the target's own programs, in a private directory. The list of entries is checked by the same
//! rules as in `target/local` before anything is unpacked, and the result is checked before it is renamed into place:
//! both targets refuse the same archives.

use super::shell_state::ShellState;
use super::step::{done, flag, split, words};
use super::wire::{ShellWire, call};
use crate::model::error::Failure;
use crate::model::step::Unpack;
use crate::target::local::fetch::wanted;

/// The functions of these requests.
const FUNCTIONS: [&str; 2] = ["unpack.sh", "entries.sh"];

/// Applies `Step::Unpack`.
///
/// # Errors
/// The archive is not the expected one, or tries to write elsewhere. The destination is unchanged.
pub(super) fn unpack(step: &Unpack, wire: &mut ShellWire, seen: &ShellState) -> Result<(), Failure> {
    let (parent, name) = split(&step.destination)?;
    let (archive_parent, archive_name) = split(&step.archive)?;
    let checksum = wanted(step.checksum.as_deref())?;
    for words in FUNCTIONS {
        wire.define(words)?;
    }
    let draft = format!(".chefrs-{}", wire.word());
    let (owner, group, mode) = words(&step.attributes);
    let destination =
        [step.destination.as_str(), parent, name, &draft, owner, group, &mode, flag(step.replace)];
    let strip = step.strip_components.to_string();
    let limit = step.size_limit.to_string();
    let archive = [step.archive.as_str(), archive_parent, archive_name, &checksum, &strip, &limit];
    let mut frames =
        wire.ask(&format!("(\n{}\n)", call("unpack", destination.into_iter().chain(archive))))?;
    done(&mut frames, seen.root)
}
