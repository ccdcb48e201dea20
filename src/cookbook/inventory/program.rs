//! The inventory's program: what it prints is JSON.

use std::time::Duration;

use camino::Utf8Path;

use crate::cookbook::Owners;
use crate::cookbook::document::Document;
use crate::cookbook::program::Program;
use crate::model::error::Diagnostic;

/// What it should print.
const SHAPE: &str = "print `{ \"nodes\": { \"web1\": { \"host\": \"192.0.2.7\" } } }`";

/// Runs it and reads what it prints.
pub(super) fn run(
    program: &Program,
    root: &Utf8Path,
    owners: &Owners,
    patience: Duration,
) -> Result<Document, Diagnostic> {
    let printed =
        program.output(root, owners, patience, "let it keep a copy of what takes so long to ask for")?;
    let name = &program.argv[0];
    if printed.trim().is_empty() {
        return Err(program.wrong(format!("`{name}` prints nothing")).hint(SHAPE));
    }
    read(name, &printed)
}

/// Reads what a program of that name has printed.
pub(super) fn read(name: &str, printed: &str) -> Result<Document, Diagnostic> {
    let origin = format!("output of {name}");
    Document::json(&origin, printed)
        .map_err(|mistake| Diagnostic { hints: vec![SHAPE.to_owned()], ..mistake })
}
