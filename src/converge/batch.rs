//! Asks a target in batches, together with the symlinks in the paths: one file may be known under two names.

use crate::model::error::Failure;
use crate::model::known::Known;
use crate::model::query::{Answer, FileKind, Query, Stat};
use crate::target::Target;

/// Limit for symlinks that point to symlinks, as in the kernel.
const ROUNDS: usize = 40;

/// Asks queries, and which symlinks are in their paths.
///
/// # Errors
/// The target was lost.
pub(super) fn ask(target: &mut dyn Target, known: &mut Known, mut batch: Vec<Query>) -> Result<(), Failure> {
    let asked = batch.len();
    batch.extend(known.ways(&batch));
    let mut answers = target.ask(&batch)?;
    let ways = answers.split_off(asked);
    for (way, answer) in batch.drain(asked..).zip(ways) {
        known.note_way(&way, &answer);
    }
    for (query, answer) in batch.iter().zip(&answers) {
        if matches!(answer, Answer::Stat(Some(Stat { kind: FileKind::Link, .. }))) {
            known.note_way(query, answer);
        }
    }
    if !known.links().is_empty() {
        follow(target, known, &batch)?;
    }
    known.reserve(batch.len());
    for (query, answer) in batch.into_iter().zip(answers) {
        known.insert(query, answer);
    }
    Ok(())
}

/// Resolves symlinks behind symlinks in the paths of these queries, and records the resolved names.
fn follow(target: &mut dyn Target, known: &mut Known, queries: &[Query]) -> Result<(), Failure> {
    for _ in 0..ROUNDS {
        let ways = known.ways(queries);
        if ways.is_empty() {
            break;
        }
        for (way, answer) in ways.iter().zip(target.ask(&ways)?) {
            known.note_way(way, &answer);
        }
    }
    known.note_names(queries);
    Ok(())
}
