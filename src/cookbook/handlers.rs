//! `[handlers]` of `chefrs.toml`: programs that get the events of a run or plan when it has ended.

use std::time::Duration;

use super::defaults::number;
use super::document::Document;
use super::keys;
use super::program::Program;
use crate::model::error::Diagnostic;

/// Name of the table.
const TABLE: &str = "handlers";

/// Seconds that a program has, if the file does not say.
const TIMEOUT: u64 = 30;

/// A program, and when it is started.
#[derive(Debug, Clone)]
pub struct EventHandler {
    pub(super) program: Program,
    on: HandledEnd,
    pub(super) timeout: Duration,
}

/// The runs and plans after which a program is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HandledEnd {
    Always,
    Change,
    Failure,
}

impl HandledEnd {
    const NAMES: [(&str, Self); 3] =
        [("always", Self::Always), ("change", Self::Change), ("failure", Self::Failure)];
}

/// How a run or plan ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HowEnded {
    /// Something failed, could not be reached, or was interrupted.
    pub failed: bool,
    /// Something was changed, or would change.
    pub changed: bool,
}

impl EventHandler {
    /// Whether it is started after a run or plan that ended so.
    #[must_use]
    pub fn is_for(&self, ended: HowEnded) -> bool {
        match self.on {
            HandledEnd::Always => true,
            HandledEnd::Change => ended.changed,
            HandledEnd::Failure => ended.failed,
        }
    }
}

/// Parses the table, if there is one.
pub(super) fn read(document: &Document, wrong: &mut Vec<Diagnostic>) -> Vec<EventHandler> {
    if !document.values.contains_key(TABLE) {
        return Vec::new();
    }
    let example = "write `[handlers.NAME]`, and below it `command = [\"./notify\"]`";
    let Some(table) = document.inner(TABLE) else {
        wrong.push(document.wrong(TABLE, format!("`{TABLE}` must be a table")).hint(example));
        return Vec::new();
    };
    let mut handlers = Vec::new();
    for name in table.values.keys() {
        match table.inner(name) {
            Some(inner) => handlers.extend(handler(&inner, wrong)),
            None => {
                wrong.push(
                    table.wrong(name, format!("`{}` must be a table", table.shown(name))).hint(example),
                );
            }
        }
    }
    handlers
}

fn handler(table: &Document, wrong: &mut Vec<Diagnostic>) -> Option<EventHandler> {
    wrong.extend(table.unknown_keys("", keys::HANDLER));
    let on = match table.string("on", wrong) {
        None => Some(HandledEnd::Always),
        Some(word) => {
            let found = HandledEnd::NAMES.iter().find(|(name, _)| *name == word).map(|(_, on)| *on);
            if found.is_none() {
                let message =
                    format!("`{}` is `always`, `change` or `failure`, not `{word}`", table.shown("on"));
                wrong.push(table.wrong("on", message).hint("write `on = \"failure\"`"));
            }
            found
        }
    };
    let timeout = number(table, "timeout", 1, wrong).unwrap_or(TIMEOUT);
    if !table.values.contains_key("command") {
        let message = format!("`{}` is missing", table.shown("command"));
        wrong.push(table.wrong("", message).hint("write `command = [\"./notify\"]`"));
    }
    let program = Program::read(table, "command", r#""./notify""#, wrong)?;
    Some(EventHandler { program, on: on?, timeout: Duration::from_secs(timeout) })
}
