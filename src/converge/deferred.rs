//! Values that are only known at a resource's turn. They are resolved once for each action.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::model::collection::{Row, deferred};
use crate::model::content::{Content, Template, UNKNOWN, unknown};
use crate::model::error::{FailedCommand, Failure};
use crate::model::known::Stop;
use crate::model::query::{Answer, CommandResult, End, FileText, Query};
use crate::model::schema::{Kind, is_deferred};
use crate::model::step::Command;
use crate::model::variables::SECRET;
use crate::provider::{Planner, ResourceType};
use crate::template::{self, OUTPUT_LIMIT};

use super::knowledge::{CommandEnding, Knowledge};
use super::row_secrets::value_of;

/// Whether a property has to wait for the resource's turn.
pub(super) fn has_deferred(row: &Row) -> bool {
    row.properties.values().any(contains)
}

fn contains(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(contains),
        Value::Object(map) => is_deferred(value) || map.values().any(contains),
        _ => false,
    }
}

/// Makes the planner of a row, with its deferred values resolved. Also returns the resource until which one of them is
/// unknown, in a plan.
///
/// # Errors
/// A value is missing, or not known yet in a plan.
pub(super) fn load(
    row: &Row,
    r#type: &ResourceType,
    know: &mut Knowledge<'_>,
    secrets: &BTreeMap<String, String>,
) -> Result<(Box<dyn Planner>, Option<String>), Stop> {
    if !has_deferred(row) {
        return Ok(((r#type.load)(&row.properties)?, None));
    }
    let mut properties = Map::new();
    let mut first = None;
    for (name, value) in &row.properties {
        let value = resolve(value, know, secrets)?;
        if let Some(until) = unknown(&value) {
            let schema = (r#type.schema)();
            let kind = schema.property(name).map(|property| &property.kind);
            if !matches!(kind, Some(Kind::Text | Kind::Variables)) {
                return Err(Stop::Unknown(until.to_owned()));
            }
            first.get_or_insert_with(|| until.to_owned());
        }
        properties.insert(name.clone(), value);
    }
    Ok(((r#type.load)(&properties)?, first))
}

/// Makes a planner with only the properties that guards inherit. Other deferred values are not resolved, because a
/// guard may skip the row.
///
/// # Errors
/// A value is missing, or not known yet in a plan.
pub(super) fn load_for_guards(
    row: &Row,
    r#type: &ResourceType,
    know: &mut Knowledge<'_>,
    secrets: &BTreeMap<String, String>,
) -> Result<Box<dyn Planner>, Stop> {
    if !has_deferred(row) {
        return Ok((r#type.load)(&row.properties)?);
    }
    let schema = (r#type.schema)();
    let mut properties = Map::new();
    for (name, value) in &row.properties {
        if !contains(value) {
            properties.insert(name.clone(), value.clone());
        } else if r#type.surroundings.contains(&name.as_str()) {
            let value = resolve(value, know, secrets)?;
            if let Some(until) = unknown(&value) {
                return Err(Stop::Unknown(until.to_owned()));
            }
            properties.insert(name.clone(), value);
        } else if schema.property(name).is_some_and(|property| property.required) {
            // A placeholder: guards do not look at it.
            properties.insert(name.clone(), Value::String("/".to_owned()));
        }
    }
    Ok((r#type.load)(&properties)?)
}

/// The command of a guard, with its deferred values resolved.
///
/// # Errors
/// A value is missing, or not known yet in a plan.
pub(super) fn command(
    form: &Value,
    know: &mut Knowledge<'_>,
    secrets: &BTreeMap<String, String>,
) -> Result<Command, Stop> {
    let form = resolve(form, know, secrets)?;
    if let Some(until) = unknown(&form) {
        return Err(Stop::Unknown(until.to_owned()));
    }
    Ok(serde_json::from_value(form)
        .map_err(|error| Failure::new(format!("the deferred command can't be read: {error}")))?)
}

/// A value with all that is deferred in it resolved. What is not known yet in a plan is [`UNKNOWN`].
///
/// # Errors
/// A value is missing.
pub(super) fn resolve(
    value: &Value,
    know: &mut Knowledge<'_>,
    secrets: &BTreeMap<String, String>,
) -> Result<Value, Stop> {
    match value {
        Value::Array(items) => {
            items.iter().map(|item| resolve(item, know, secrets)).collect::<Result<_, _>>().map(Value::Array)
        }
        Value::Object(map) if is_deferred(value) => {
            let Some((key, argument)) = map.iter().next() else { return Ok(value.clone()) };
            let resolved = match key.as_str() {
                deferred::CONTENTS => contents(argument, know),
                deferred::OUTPUT => {
                    command(argument, know, secrets).and_then(|command| output(&command, know))
                }
                deferred::SECRET => secret(argument, secrets),
                deferred::TEXT => joined(argument, know, secrets),
                deferred::RENDERED => rendered(argument, know, secrets),
                _ => return Ok(value.clone()),
            };
            match resolved {
                Err(Stop::Unknown(until)) => Ok(json!({ UNKNOWN: until })),
                // A failure is not turned into an unknown value: the value may never exist.
                other => other,
            }
        }
        Value::Object(map) => {
            let mut resolved = Map::new();
            for (key, item) in map {
                resolved.insert(key.clone(), resolve(item, know, secrets)?);
            }
            Ok(Value::Object(resolved))
        }
        plain => Ok(plain.clone()),
    }
}

/// The text of all parts. If a part is not known yet, the others are looked at all the same: one of them may never be known.
fn joined(
    parts: &Value,
    know: &mut Knowledge<'_>,
    secrets: &BTreeMap<String, String>,
) -> Result<Value, Stop> {
    let mut all = String::new();
    let mut later = None;
    for part in parts.as_array().into_iter().flatten() {
        let text = resolve(part, know, secrets)?;
        match text.as_str() {
            Some(text) if all.len() + text.len() <= OUTPUT_LIMIT => all.push_str(text),
            Some(_) => {
                let limit = OUTPUT_LIMIT / 1024 / 1024;
                return Err(Failure::new(format!(
                    "a text that is joined of deferred values has more than {limit} MiB"
                ))
                .hint("let an `execute` write it into a file, with `creates`")
                .into());
            }
            None => later = later.or(Some(text)),
        }
    }
    Ok(later.unwrap_or(Value::String(all)))
}

fn rendered(
    form: &Value,
    know: &mut Knowledge<'_>,
    secrets: &BTreeMap<String, String>,
) -> Result<Value, Stop> {
    let part = |key: &str| form.get(key).cloned().unwrap_or_default();
    let unreadable = |error: serde_json::Error| Failure::new(format!("the template can't be read: {error}"));
    let template: Template = serde_json::from_value(part("template")).map_err(unreadable)?;
    let Value::Object(variables) = resolve(&part("variables"), know, secrets)? else {
        return Err(Failure::new("the variables of the template can't be read").into());
    };
    Ok(match template::render(&template, &variables).map_err(Failure::from)? {
        Content::Text(text) => Value::String(text),
        Content::Unknown(until) => json!({ UNKNOWN: until }),
        Content::Blob(_) => return Err(Failure::new("the template is not rendered to text").into()),
    })
}

fn contents(path: &Value, know: &mut Knowledge<'_>) -> Result<Value, Stop> {
    let path = path.as_str().unwrap_or_default();
    let query = Query::Read(path.into());
    let missing = Failure::new(format!("contents of `{path}` can't be used: it is not there"))
        .hint("declare the resource that makes it before this one");
    let failure = match know.one(&query) {
        Ok(Answer::Read(Some(FileText::Text(text)))) => return Ok(Value::String(text.clone())),
        Ok(Answer::Read(Some(FileText::Binary))) => Failure::new(format!(
            "contents of `{path}` can't be used: it is larger than 1 MiB or not UTF-8 text"
        )),
        Ok(_) => match know.one(&Query::Resolve(path.into())) {
            Ok(Answer::Stat(Some(stat))) => {
                Failure::new(format!("contents of `{path}` can't be used: it is {}", stat.kind.noun()))
            }
            _ => missing,
        },
        Err(Stop::Unknown(until)) => {
            return Err(match know.is_there(path.into()) {
                Ok(true) => Stop::Unknown(until),
                _ => Stop::Hindered(until, missing),
            });
        }
        Err(stop) => return Err(stop),
    };
    Err(know.hindered_at(&query, failure))
}

fn output(command: &Command, know: &mut Knowledge<'_>) -> Result<Value, Stop> {
    let CommandEnding { result, until } = know.ending(command)?;
    let accepted = matches!(&result.end, End::Exit(status) if command.accepts(*status));
    match (accepted, until) {
        (true, None) if result.is_part => Err(Failure::new(format!(
            "the output of `{}` can't be used: it is longer than 1 MiB or no UTF-8 text",
            command.display()
        ))
        .hint("let an `execute` write it into a file, with `creates`")
        .into()),
        (true, None) => {
            let text = result.stdout.strip_suffix('\n').unwrap_or(&result.stdout);
            Ok(Value::String(text.to_owned()))
        }
        (true, Some(until)) => Err(Stop::Unknown(until)),
        (false, None) => Err(output_failed(command, &result).into()),
        (false, Some(until)) => Err(Stop::Hindered(until, output_failed(command, &result))),
    }
}

fn output_failed(command: &Command, result: &CommandResult) -> Failure {
    let lines: Vec<&str> = result.stderr.lines().collect();
    let last = lines.len().saturating_sub(20);
    Failure {
        message: format!("the deferred command `{}` failed", command.display()),
        command: Some(FailedCommand {
            argv: command.argv.clone(),
            status: Some(result.end.to_string()),
            output: lines[last..].iter().map(|&line| line.to_owned()).collect(),
        }),
        ..Failure::default()
    }
}

fn secret(name: &Value, secrets: &BTreeMap<String, String>) -> Result<Value, Stop> {
    let name = name.as_str().unwrap_or_default();
    let variable = format!("{}{}", SECRET.name, deferred::secret_key(name).to_ascii_uppercase());
    match value_of(name, secrets) {
        // The output of a failed command: `CHEFRS_SECRET_X="$(false)"`.
        Some(value) if value.is_empty() => Err(Failure::impossible(format!("the secret `{name}` is empty"))
            .hint(format!("{variable} is set but empty: check the command that sets it"))
            .into()),
        Some(value) => Ok(Value::String(value.clone())),
        None => Err(Failure::impossible(format!("the secret `{name}` is not known"))
            .hint(format!("give it in the environment variable {variable}"))
            .into()),
    }
}
