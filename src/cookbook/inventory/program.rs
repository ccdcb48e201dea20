//! Runs the inventory program, which prints JSON.

use std::time::Duration;

use camino::Utf8Path;

use crate::cookbook::Owners;
use crate::cookbook::document::Document;
use crate::cookbook::program::{Program, ProgramCall};
use crate::model::error::Diagnostic;

/// The hint that shows what it should print.
const SHAPE: &str = "print `{ \"nodes\": { \"web1\": { \"host\": \"192.0.2.7\" } } }`";

/// Runs the program and parses its output.
pub(super) fn run(
    program: &Program,
    root: &Utf8Path,
    owners: &Owners,
    patience: Duration,
) -> Result<Document, Diagnostic> {
    let call = ProgramCall { root, owners, patience, input: None };
    let printed = program.output(call, "let it cache data that takes long to fetch")?;
    let name = &program.argv[0];
    if printed.trim().is_empty() {
        return Err(program.wrong(format!("`{name}` prints nothing")).hint(SHAPE));
    }
    read(name, &printed)
}

/// Parses the output of a program.
pub(super) fn read(name: &str, printed: &str) -> Result<Document, Diagnostic> {
    let origin = format!("output of {name}");
    Document::json(&origin, printed)
        .map_err(|mistake| Diagnostic { hints: vec![SHAPE.to_owned()], ..mistake })
}
