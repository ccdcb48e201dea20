//! Archives unpacked by the machine's own programs into a private directory, looked through before they are put in place.
//!
//! Two things differ from what `target/local` does. A link that leads to another place inside of the archive's directory
//! may have entries below it. And of several entries of one name the last counts, whatever kind it is of.

use super::Seen;
use super::apply::{done, flag, split, words};
use super::wire::{Wire, call};
use crate::model::error::Failure;
use crate::model::step::Unpack;
use crate::target::local::fetch::wanted;

/// What such requests are made of.
const WORDS: &str = include_str!("unpack.sh");

/// `Step::Unpack`.
///
/// # Errors
/// The archive is not what it should be, or wants to write elsewhere; the destination is as it was.
pub(super) fn unpack(step: &Unpack, wire: &mut Wire, seen: &Seen) -> Result<(), Failure> {
    let (parent, name) = split(&step.destination)?;
    let (archive_parent, archive_name) = split(&step.archive)?;
    let checksum = wanted(step.checksum.as_deref())?;
    wire.learn(WORDS)?;
    let draft = format!(".chefrs-{}", wire.word());
    let (owner, group, mode) = words(&step.attributes);
    let destination =
        [step.destination.as_str(), parent, name, &draft, owner, group, &mode, flag(step.replace)];
    let strip = step.strip_components.to_string();
    let archive = [step.archive.as_str(), archive_parent, archive_name, &checksum, &strip];
    let mut frames =
        wire.ask(&format!("(\n{}\n)", call("unpack", destination.into_iter().chain(archive))))?;
    done(&mut frames, wire, seen.root)
}
