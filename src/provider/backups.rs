//! Backups of replaced and removed files.

use crate::model::query::{FileKind, Stat};
use crate::model::step::BACKUP_LIMIT;

/// How many backups to keep, and a note for the summary if the file is too large for one.
#[must_use]
pub fn keep(wanted: u32, replaced: Option<&Stat>) -> (u32, String) {
    let large = replaced.is_some_and(|stat| stat.kind == FileKind::File && stat.size > BACKUP_LIMIT);
    if wanted > 0 && large {
        return (0, format!(", without a backup: it has more than {} MiB", BACKUP_LIMIT >> 20));
    }
    (wanted, String::new())
}

/// Number of backups to keep. Default: 5, or 0 for a secret.
#[must_use]
pub fn wanted(said: Option<u32>, is_secret: bool) -> u32 {
    said.unwrap_or(if is_secret { 0 } else { 5 })
}
