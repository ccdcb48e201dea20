//! Copies of what is replaced or removed: how many are kept, and what is said where there will be none.

use crate::model::query::{FileKind, Stat};
use crate::model::step::BACKUP_LIMIT;

/// How many copies are kept of what is there, and the words for it where it is too large for any.
#[must_use]
pub fn keep(wanted: u32, replaced: Option<&Stat>) -> (u32, String) {
    let large = replaced.is_some_and(|stat| stat.kind == FileKind::File && stat.size > BACKUP_LIMIT);
    if wanted > 0 && large {
        return (0, format!(", without a backup: it has more than {} MiB", BACKUP_LIMIT >> 20));
    }
    (wanted, String::new())
}
