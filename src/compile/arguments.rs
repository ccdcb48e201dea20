//! Finds argument lists that only work in a shell. Programs get each argument unchanged.

use serde_json::Value;

use super::compilation::Compilation;
use super::session::Mistake;
use crate::model::collection::{Guard, Row, deferred};
use crate::model::error::Diagnostic;
use crate::model::schema::{self, Kind, Schema};

mod words;

impl Compilation {
    /// Checks the argument lists of a declaration. A first argument that can't be a program is an error; an argument
    /// that only a shell would interpret is a warning.
    pub(super) fn look_at_arguments(&self, draft: usize, schema: &Schema) {
        let mut session = self.session.borrow_mut();
        let row = &session.drafts[draft].row;
        let (id, location) = (row.id(), row.location.clone());
        for ArgumentList { property, what, words } in lists(row, schema) {
            let hinted = |diagnostic: Diagnostic, hints: Vec<String>| {
                hints.into_iter().fold(diagnostic, Diagnostic::hint)
            };
            if let Some((wrong, hints)) = words::no_program(&words) {
                let diagnostic = hinted(Diagnostic::error(format!("{id}: {what} {wrong}")), hints);
                session.mistake(draft, Mistake::of(&property, diagnostic));
                continue;
            }
            for (doubt, hint) in words::doubts(&words) {
                let location = session.quote(location.clone());
                let warning = Diagnostic::warning(format!("{id}: {what} {doubt}")).at(location).hint(hint);
                session.warnings.push(warning);
            }
        }
    }
}

/// The arguments of a command, and where they are declared.
struct ArgumentList {
    property: String,
    what: String,
    words: Vec<String>,
}

impl ArgumentList {
    fn of(property: &str, words: Vec<String>) -> Self {
        Self { property: property.to_owned(), what: format!("property `{property}`:"), words }
    }
}

/// All argument lists of a row: in its properties, its guards, and its deferred values.
fn lists(row: &Row, schema: &Schema) -> Vec<ArgumentList> {
    let mut found = Vec::new();
    for (name, value) in &row.properties {
        let kind = schema.property(name).map(|property| &property.kind);
        match (kind, value) {
            (Some(Kind::Command), Value::Array(_)) | (Some(Kind::Commands), _) => {
                let commands = schema::commands(value).unwrap_or_default();
                found.extend(commands.iter().map(|command| ArgumentList::of(name, words_of(command))));
            }
            _ => outputs(name, value, &mut found),
        }
    }
    for (name, guards) in [("only_if", &row.only_if), ("not_if", &row.not_if)] {
        found.extend(guards.iter().filter_map(|guard| match guard {
            Guard::Command(command) => Some(ArgumentList::of(name, command.argv.clone())),
            Guard::Deferred(command) => Some(ArgumentList::of(name, words_of(command))),
            _ => None,
        }));
    }
    found
}

/// The arguments of a command. A deferred value is empty, because it can't be checked.
fn words_of(command: &Value) -> Vec<String> {
    let words = command.get("argv").and_then(Value::as_array).into_iter().flatten();
    words.map(|word| word.as_str().unwrap_or_default().to_owned()).collect()
}

/// Adds the commands of all `output` values in a property.
fn outputs(property: &str, value: &Value, found: &mut Vec<ArgumentList>) {
    match value {
        Value::Object(map) => {
            if let Some(command) = map.get(deferred::OUTPUT) {
                let what = format!("property `{property}`: `output`:");
                found.push(ArgumentList { what, ..ArgumentList::of(property, words_of(command)) });
            }
            map.values().for_each(|value| outputs(property, value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| outputs(property, item, found)),
        _ => {}
    }
}
