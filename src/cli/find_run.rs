//! A run that was started here, by the word that means it.

use crate::history::{History, NotShown, RecordedRun};
use crate::model::error::Diagnostic;

use super::environment;
use super::stop::EarlyEnd;

/// The run that is meant by its id, the beginning of one, or `last`, and the history that has it.
///
/// # Errors
/// None is meant, or several are; the history can't be read.
pub(super) fn recorded(word: &str) -> Result<(History, RecordedRun), EarlyEnd> {
    let Some(history) = environment::history()? else {
        let nothing = Diagnostic::error("no run is recorded yet");
        return Err(EarlyEnd::usage(nothing.hint("`chefrs run` records each, `chefrs plan` none")));
    };
    let run = history.run(word).map_err(|refused| match refused {
        NotShown::Unknown(diagnostic) => EarlyEnd::usage(diagnostic),
        NotShown::Unreadable(failure) => EarlyEnd::from(failure),
    })?;
    Ok((history, run))
}
