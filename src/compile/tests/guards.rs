//! Guards as a test reads them: in the forms in which a recipe writes them.

use serde_json::{Map, Value, json};

use crate::model::collection::Guard;

/// Guards as plain data.
pub(super) fn shown(guards: &[Guard]) -> Value {
    guards.iter().map(one).collect()
}

fn one(guard: &Guard) -> Value {
    match guard {
        Guard::Is(holds) => Value::Bool(*holds),
        Guard::Exists(path) => json!({ "exists": path }),
        Guard::Command(command) => match serde_json::to_value(command) {
            Ok(Value::Object(form)) => of_command(form),
            _ => Value::Null,
        },
        Guard::Deferred(Value::Object(form)) => of_command(form.clone()),
        Guard::Deferred(other) => other.clone(),
    }
}

/// A command: its words alone if it has no options.
fn of_command(mut form: Map<String, Value>) -> Value {
    let argv = form.remove("argv").unwrap_or_default();
    let command = match argv.as_array().map(Vec::as_slice) {
        Some([shell, option, script]) if *shell == "/bin/sh" && *option == "-c" => script.clone(),
        _ => argv,
    };
    form.retain(|key, value| key != "timeout" || *value != 0);
    if form.is_empty() {
        return command;
    }
    form.insert("command".to_owned(), command);
    Value::Object(form)
}
