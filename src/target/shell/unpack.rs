//! Archives unpacked by the machine's own programs into a private directory. Their lists are held against the rules that
//! `target/local` has for entries before anything is unpacked, and what came of it is looked through before it is put in
//! place: the same archives are refused as there.

use super::seen::ShellState;
use super::step::{done, flag, split, words};
use super::wire::{ShellWire, call};
use crate::model::error::Failure;
use crate::model::step::Unpack;
use crate::target::local::fetch::wanted;

/// What such requests are made of.
const WORDS: [&str; 2] = [include_str!("unpack.sh"), include_str!("entries.sh")];

/// `Step::Unpack`.
///
/// # Errors
/// The archive is not what it should be, or wants to write elsewhere; the destination is as it was.
pub(super) fn unpack(step: &Unpack, wire: &mut ShellWire, seen: &ShellState) -> Result<(), Failure> {
    let (parent, name) = split(&step.destination)?;
    let (archive_parent, archive_name) = split(&step.archive)?;
    let checksum = wanted(step.checksum.as_deref())?;
    for words in WORDS {
        wire.learn(words)?;
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
