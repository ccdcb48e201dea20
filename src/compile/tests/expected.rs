//! Errors and warnings that a test expects.

use std::iter;

use crate::model::error::Diagnostic;

/// The expected texts that no finding has, as errors.
pub(in crate::compile) fn unmet(what: &str, wanted: &[String], found: &[Diagnostic]) -> Vec<Diagnostic> {
    let has = |text: &&String| {
        let mut lines = found.iter().flat_map(|finding| {
            let message = iter::once(finding.message.clone());
            message.chain(finding.notes()).chain(finding.hints.iter().cloned())
        });
        lines.any(|line| line.contains(text.as_str()))
    };
    let lacking = wanted.iter().filter(|text| !has(text));
    let failed = lacking.map(|text| {
        let failed =
            Diagnostic::error(format!("no {what} says what is expected")).note(format!("wanted: {text}"));
        match found {
            [] => failed.note(format!("there is no {what}")),
            found => found.iter().take(TOLD).fold(failed, |failed, finding| {
                let place = finding.location.as_ref().map(|place| format!(" ({place})")).unwrap_or_default();
                failed.note(format!("found: {}{place}", finding.message))
            }),
        }
    });
    failed.collect()
}

/// Most findings that are told beside the one that was expected.
const TOLD: usize = 5;
