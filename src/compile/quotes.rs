//! Warns of strings in plain quotes that look as if they were meant to be interpolated.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::model::collection::{Guard, Row};
use crate::model::error::{Diagnostic, Location};
use crate::model::node;
use crate::model::sorted;

use super::compilation::Compilation;
use super::session::CompileSession;
use super::syntax::{Literal, first_word};

impl Compilation {
    /// Warns of such strings in the properties of a resource. Each string is reported once.
    pub(super) fn warn_of_quotes(&self, draft: usize) {
        let mut session = self.session.borrow_mut();
        if session.literals.is_empty() {
            return;
        }
        let CompileSession { drafts, literals, .. } = &mut *session;
        let row = &drafts[draft].row;
        let mut candidates: Vec<usize> =
            (0..literals.len()).filter(|at| self.sees(&literals[*at].0)).collect();
        // The string is usually inside of the declaration. Otherwise it is in a variable before it.
        let declared = &row.location;
        sorted::sort_by_key(&mut candidates, |at| {
            let (_, location) = &literals[*at];
            let distance = i64::from(location.line) - i64::from(declared.line);
            (location.file != declared.file, distance < 0, distance.abs())
        });
        let mut written = BTreeSet::new();
        let mut told = Vec::new();
        for at in candidates {
            let (literal, location) = &literals[at];
            let Some(property) = holder(row, literal) else { continue };
            if written.insert(literal.written.clone()) {
                told.push((at, warning(row, property, literal, location)));
            }
        }
        sorted::sort_by_key(&mut told, |(at, _)| *at);
        for (at, _) in told.iter().rev() {
            literals.remove(*at);
        }
        let found: Vec<Diagnostic> = told.into_iter().map(|(_, warning)| warning).collect();
        for mut warning in found {
            warning.location = warning.location.map(|location| session.quote(location));
            session.warnings.push(warning);
        }
    }

    /// Warns of such strings that were printed.
    pub(super) fn warn_of_printed_quotes(&self) {
        let mut session = self.session.borrow_mut();
        let is_printed =
            |literal: &Literal| session.messages.iter().any(|(_, text)| has(text, shown(literal)));
        let printed =
            session.literals.iter().filter(|(literal, _)| self.sees(literal) && is_printed(literal));
        let found: Vec<Diagnostic> = printed
            .map(|(literal, location)| {
                let message =
                    format!("`{}` is printed unchanged: plain quotes don't interpolate", literal.written);
                Diagnostic::warning(message).at(session.quote(location.clone())).hint(way_out(literal))
            })
            .collect();
        session.warnings.extend(found);
    }

    /// Whether the recipe can see the name in the string.
    fn sees(&self, literal: &Literal) -> bool {
        let first = first_word(&literal.name);
        if literal.is_local || first == "node" {
            return true;
        }
        match literal.name.split_once('.') {
            Some((first, rest)) => {
                let holds =
                    |value: &Value| value.as_object().is_some_and(|map| node::lookup(map, rest).is_some());
                self.attributes.borrow().declares(first, rest)
                    || self.facts.get(first).is_some_and(holds)
                    || self.layers.iter().any(|layer| layer.values.get(first).is_some_and(holds))
            }
            // A single word in `${…}` or `{…}` may belong to a shell or another program.
            None => {
                (literal.written.starts_with('#') || literal.written.starts_with("{{"))
                    && self.facts.contains_key(first)
            }
        }
    }
}

fn warning(row: &Row, property: &str, literal: &Literal, location: &Location) -> Diagnostic {
    Diagnostic::warning(format!(
        "{}: property `{property}` holds `{}` unchanged: plain quotes don't interpolate",
        row.id(),
        literal.written
    ))
    .at(location.clone())
    .hint(way_out(literal))
}

fn way_out(literal: &Literal) -> String {
    match &literal.meant {
        Some(meant) => format!("backquotes do: {meant}"),
        None => format!("write the string in backquotes, with `{{{}}}` in it", literal.name),
    }
}

/// The property that contains the string.
fn holder<'a>(row: &'a Row, literal: &Literal) -> Option<&'a str> {
    let text = shown(literal);
    let named = row.properties.iter().find(|(_, value)| holds(value, text)).map(|(key, _)| key.as_str());
    let is_in = |guards: &[Guard]| serde_json::to_value(guards).is_ok_and(|guards| holds(&guards, text));
    named
        .or_else(|| has(&row.name, text).then_some("name"))
        .or_else(|| is_in(&row.only_if).then_some("only_if"))
        .or_else(|| is_in(&row.not_if).then_some("not_if"))
}

/// The part of the string that identifies it.
fn shown(literal: &Literal) -> &str {
    if literal.around.contains(&literal.written) { &literal.around } else { &literal.written }
}

fn holds(value: &Value, text: &str) -> bool {
    match value {
        Value::String(string) => has(string, text),
        Value::Array(items) => items.iter().any(|item| holds(item, text)),
        Value::Object(map) => map.values().any(|item| holds(item, text)),
        _ => false,
    }
}

/// Whether a string contains the text. The end of `${…}`, `#{…}` or `{{…}}` does not count.
fn has(string: &str, text: &str) -> bool {
    let inside = |at: usize| text.starts_with('{') && string[..at].ends_with(['#', '$', '{']);
    string.match_indices(text).any(|(at, _)| !inside(at))
}
