//! Captures a machine that the words of the command line choose.

use std::fs;

use camino::Utf8Path;
use serde_json::{Map, Value};

use crate::capture::rules::Rules;
use crate::capture::{Capture, capture};
use crate::cli::early_end::EarlyEnd;
use crate::cli::recorded_facts;
use crate::fleet::FleetHost;
use crate::model::english::one_line;
use crate::model::error::Diagnostic;
use crate::remote::Session;
use crate::target::interrupt::Interrupt;
use crate::target::local::Local;

/// Captures a machine. Also returns its facts.
pub(super) fn of_host(host: &FleetHost, rules: &Rules) -> Result<(Capture, Map<String, Value>), EarlyEnd> {
    match &host.destination {
        None => Ok((capture(&mut Local::new(), rules)?, recorded_facts::facts(None)?)),
        Some(destination) => {
            let mut session = Session::open(destination, &Interrupt::default())?;
            let facts = session.take_facts();
            let captured = capture(&mut session, rules);
            session.close();
            Ok((captured?, facts))
        }
    }
}

pub(super) fn read_rules(file: Option<&Utf8Path>) -> Result<Rules, EarlyEnd> {
    let Some(file) = file else { return Ok(Rules::default()) };
    let text = fs::read_to_string(file).map_err(|error| {
        let wrong = Diagnostic::error(format!("`{}` can't be read: {error}", one_line(file.as_str())));
        EarlyEnd::usage(wrong.hint("name a file with rules"))
    })?;
    Rules::read(file.as_str(), &text).map_err(EarlyEnd::usage)
}
