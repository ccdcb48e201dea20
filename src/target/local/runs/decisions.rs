//! Decisions for a run that asks before each change, in a file of their own: the run has no connection.

use std::io::{Read as _, Seek as _, SeekFrom, Write as _};

use camino::Utf8Path;

use crate::model::decision::{Decided, Decision};
use crate::model::error::Failure;
use crate::target::local::errno::refused_io;
use crate::target::local::state;

/// Suffix of the file.
const DECISIONS: &str = ".decisions";

/// Most bytes that are read.
const LIMIT: u64 = 8 << 20;

/// Name of the file of a run.
pub(super) fn file_of(run: &str) -> String {
    format!("{run}{DECISIONS}")
}

/// Adds a decision to the file of a run.
pub(super) fn add(directory: &Utf8Path, run: &str, decided: Decided) -> Result<(), Failure> {
    let name = file_of(run);
    let mut file = state::open(directory, &name)?;
    let line = serde_json::to_string(&decided)
        .map_err(|error| Failure::new(format!("a decision can't be written: {error}")))?;
    file.seek(SeekFrom::End(0))
        .and_then(|_| file.write_all(format!("{line}\n").as_bytes()))
        .map_err(|error| refused_io("write", &directory.join(name), &error))
}

/// Finds the decision about a question in the file of a run. An unreadable file counts as none.
pub(super) fn find(directory: &Utf8Path, run: &str, question: u64) -> Option<Decision> {
    let file = state::look(directory, &file_of(run)).ok()??;
    let mut text = String::new();
    file.take(LIMIT).read_to_string(&mut text).ok()?;
    let mut decisions = text.lines().filter_map(|line| serde_json::from_str::<Decided>(line).ok());
    decisions.find(|decided| decided.question == question).map(|decided| decided.decision)
}
