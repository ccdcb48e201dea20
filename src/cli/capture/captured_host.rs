//! Captures a machine that the words of the command line choose.

use std::fs;

use camino::Utf8Path;
use serde_json::{Map, Value};

use crate::capture::rules::Rules;
use crate::capture::{Capture, CaptureChoice, CapturedResource, capture, read_recorded};
use crate::cli::early_end::EarlyEnd;
use crate::cli::recorded_facts;
use crate::cli::target_options::Targets;
use crate::fleet::FleetHost;
use crate::model::english::one_line;
use crate::model::error::Diagnostic;
use crate::remote::Session;
use crate::target::interrupt::Interrupt;
use crate::target::local::Local;

/// Captures a machine. Also returns its facts.
pub(super) fn of_host(
    host: &FleetHost,
    choice: &CaptureChoice,
) -> Result<(Capture, Map<String, Value>), EarlyEnd> {
    match &host.destination {
        None => Ok((capture(&mut Local::new(), choice)?, recorded_facts::facts(None)?)),
        Some(destination) => {
            let mut session = Session::open(destination, &Interrupt::default())?;
            let facts = session.take_facts();
            let captured = capture(&mut session, choice);
            session.close();
            Ok((captured?, facts))
        }
    }
}

/// End of the name of a file that has a capture as data.
pub(super) const RECORDED: &str = ".json";

/// What a base has: a machine, which is captured now, or a file with a capture. Also returns its name in messages.
pub(super) fn base(
    word: &str,
    targets: &Targets,
    choice: &CaptureChoice,
) -> Result<(String, Vec<CapturedResource>), EarlyEnd> {
    if !word.ends_with(RECORDED) {
        let host = targets.beside(word)?;
        let (captured, _) = of_host(&host, choice)?;
        return Ok((host.name.clone(), captured.declarations().cloned().collect()));
    }
    let wrong = |why: String| {
        let wrong = Diagnostic::error(format!("`{}` can't be compared with: {why}", one_line(word)));
        EarlyEnd::usage(wrong.hint("make one of a stock machine: `chefrs capture -t stock -o stock.json`"))
    };
    let text = fs::read_to_string(word).map_err(|error| wrong(error.to_string()))?;
    Ok((word.to_owned(), read_recorded(&text).map_err(|failure| wrong(failure.message))?))
}

pub(super) fn read_rules(file: Option<&Utf8Path>) -> Result<Rules, EarlyEnd> {
    let Some(file) = file else { return Ok(Rules::default()) };
    let text = fs::read_to_string(file).map_err(|error| {
        let wrong = Diagnostic::error(format!("`{}` can't be read: {error}", one_line(file.as_str())));
        EarlyEnd::usage(wrong.hint("name a file with rules"))
    })?;
    Rules::read(file.as_str(), &text).map_err(EarlyEnd::usage)
}
