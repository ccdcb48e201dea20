//! Finds a recorded run by id, prefix, or `last`.

use crate::history::{History, NotShown, RecordedRun};
use crate::model::error::Diagnostic;

use super::early_end::EarlyEnd;
use super::environment;

/// Finds a run by its id, a prefix of it, or `last`. Returns it with the history.
///
/// # Errors
/// No run or several runs match, or the history can't be read.
pub(super) fn recorded(word: &str) -> Result<(History, RecordedRun), EarlyEnd> {
    let Some(history) = environment::history()? else {
        let nothing = Diagnostic::error("no run is recorded yet");
        return Err(EarlyEnd::usage(nothing.hint("`chefrs run` records every run; plans are not recorded")));
    };
    let run = history.run(word).map_err(|refused| match refused {
        NotShown::Unknown(diagnostic) => EarlyEnd::usage(diagnostic),
        NotShown::Unreadable(failure) => EarlyEnd::from(failure),
    })?;
    Ok((history, run))
}
