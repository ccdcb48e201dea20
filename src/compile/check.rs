//! Checks a complete declaration against its type: names, kinds, required properties, actions, contradictions.

use serde_json::Value;

use crate::model::collection::Row;
use crate::model::english::{list, nearest, suggestion};
use crate::model::error::{Diagnostic, Failure, Location};
use crate::model::foreign::{ForeignWord, PROPERTIES, TYPE_PROPERTIES, action_for};
use crate::model::schema::{Kind, Schema};
use crate::provider::Planner;
use crate::provider::common::common_properties;

use super::convert::has_deferred;
use super::fault::told;
use super::handed::{fit, hand};
use super::seal::{Files, seal};
use super::session::{Draft, Mistake};
use super::types::Declared;

/// Checks a complete draft, normalises its properties, and adds all mistakes to those that are known. Returns the planner
/// if there are no mistakes and no deferred values.
pub(super) fn check(
    draft: &mut Draft,
    schema: &Schema,
    files: Files<'_>,
    mut mistakes: Vec<Mistake>,
) -> (Option<Box<dyn Planner>>, Vec<Mistake>) {
    let id = draft.row.id();
    let coerced = match &draft.declared {
        Declared::Custom(kind) => Some(&kind.coerced),
        Declared::Builtin(_) => None,
    };
    for (key, value) in &mut draft.row.properties {
        let Some(property) = schema.property(key) else {
            mistakes
                .push(Mistake::of(key, unknown_property(&id, key, value, schema, &draft.declared.actions())));
            continue;
        };
        // Whoever changes the value has refused it.
        if mistakes.iter().any(|mistake| mistake.property.as_ref() == Some(key)) {
            continue;
        }
        for misfit in fit(value, &property.kind, files.allowance) {
            let message = format!("{id}: property {}", misfit.sentence(key, ""));
            let diagnostic = told(&misfit, Diagnostic::error(message));
            let changed = coerced.and_then(|coerced| coerced.get(key));
            mistakes.push(Mistake::of(
                key,
                match changed {
                    Some(callback) => {
                        diagnostic.note(format!("changed by `coerce` at {}", callback.location))
                    }
                    None => diagnostic,
                },
            ));
        }
    }
    if draft.row.custom {
        hand_over(&mut draft.row, schema, &mut mistakes);
    } else {
        seal(&mut draft.row, schema, files, &mut mistakes);
    }
    if !draft.cut_off {
        let default = draft.declared.actions().first().map(|first| vec![(*first).to_owned()]);
        let actions = if draft.row.actions.is_empty() {
            default.unwrap_or_default()
        } else {
            draft.row.actions.clone()
        };
        mistakes.extend(lacking(&draft.row, schema, &actions));
    }
    check_actions(draft, &id, &mut mistakes);
    let planner = check_provider(draft, &id, &mut mistakes);
    (planner, mistakes)
}

/// The mistakes for properties that are missing but required for one of the actions.
pub(super) fn lacking(row: &Row, schema: &Schema, actions: &[String]) -> Vec<Mistake> {
    let lacking = schema.properties.iter().filter(|property| !row.properties.contains_key(&property.name));
    let said = lacking.filter_map(|property| {
        let of_action = property.required_for.iter().find(|action| actions.contains(action));
        if !property.required && of_action.is_none() {
            return None;
        }
        let mut message = format!("{} needs the property `{}`", row.id(), property.name);
        if let Some(action) = of_action.filter(|_| !property.required) {
            message = format!("{message} for the action `{action}`");
        }
        let diagnostic = Diagnostic::error(message);
        Some(Mistake::whole(match property.doc.lines().next() {
            Some(first) if !first.is_empty() => diagnostic.note(format!("`{}`: {first}", property.name)),
            _ => diagnostic,
        }))
    });
    said.collect()
}

/// Brings the properties of a custom resource into the form in which its actions read them. A file still belongs to the
/// caller.
fn hand_over(row: &mut Row, schema: &Schema, mistakes: &mut Vec<Mistake>) {
    let id = row.id();
    for (key, value) in &mut row.properties {
        let Some(property) = schema.property(key) else { continue };
        if let Err(misfit) = hand(value, &property.kind, &row.cookbook) {
            let message = format!("{id}: property {}", misfit.sentence(key, ""));
            mistakes.push(Mistake::of(key, Diagnostic::error(message)));
        }
    }
}

/// Sets the property that defaults to the resource's name. Returns mistakes.
pub(super) fn fill_name(draft: &mut Draft, schema: &Schema) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    let property = draft.declared.name_property();
    let kind = property.and_then(|property| schema.property(property)).map(|property| &property.kind);
    let lists = kind.is_some_and(Kind::is_list);
    if draft.items.is_some() && !lists {
        let word = &draft.row.r#type;
        mistakes.push(Mistake::whole(
            Diagnostic::error(format!("`{word}` takes one name, not a list"))
                .hint(format!("for _, name in {{ … }} do {word}(name) {{ … }} end")),
        ));
    }
    if let Some(property) = property
        && !draft.row.properties.contains_key(property)
    {
        let value = match draft.items.clone().filter(|_| lists) {
            Some(items) => items.into(),
            None => Value::from(draft.row.name.as_str()),
        };
        draft.row.properties.insert(property.to_owned(), value);
    }
    mistakes
}

fn check_actions(draft: &mut Draft, id: &str, mistakes: &mut Vec<Mistake>) {
    let known = draft.declared.actions();
    let actions = &mut draft.row.actions;
    if actions.is_empty()
        && let Some(first) = known.first()
    {
        actions.push((*first).to_owned());
    }
    for action in actions.iter().filter(|action| !has_action(&known, action)) {
        mistakes.push(Mistake::of("action", unknown_action(id, action, &known)));
    }
}

/// Lets the resource type check for contradictions, except if a value is deferred.
fn check_provider(draft: &Draft, id: &str, mistakes: &mut Vec<Mistake>) -> Option<Box<dyn Planner>> {
    let Declared::Builtin(kind) = draft.declared else { return None };
    let row = &draft.row;
    if draft.broken || draft.cut_off || !mistakes.is_empty() || row.properties.values().any(has_deferred) {
        return None;
    }
    let checked = (kind.load)(&row.properties).and_then(|planner| {
        let mut wanted = row.actions.iter().filter(|action| *action != "nothing");
        wanted.try_for_each(|action| planner.check(action)).map(|()| planner)
    });
    match checked {
        Ok(planner) => Some(planner),
        Err(failure) => {
            mistakes.push(Mistake::whole(refused(row, id, failure)));
            None
        }
    }
}

/// The error of a resource type about a declaration. If it is about a line of a template, it keeps that location and
/// the declaration becomes a note.
fn refused(row: &Row, id: &str, failure: Failure) -> Diagnostic {
    let place = failure.details.first().and_then(|line| line.strip_prefix("--> ")?.rsplit_once(':'));
    let place = place.and_then(|(file, line)| Some(Location::new(file, line.parse().ok()?)));
    let Some(mut location) = place else {
        let mut diagnostic = Diagnostic::error(format!("{id}: {}", failure.message));
        diagnostic.notes = failure.details;
        diagnostic.hints = failure.hints;
        return diagnostic;
    };
    let excerpt = failure.details.get(1).and_then(|line| line.split_once(" | "));
    location.excerpt = excerpt.map(|(_, text)| text.to_owned()).unwrap_or_default();
    let mut diagnostic = Diagnostic::error(failure.message).at(location);
    diagnostic.notes.push(format!("used by {id}, declared at {}", row.location));
    diagnostic.hints = failure.hints;
    diagnostic
}

/// Whether a type has an action. Every type has `nothing`.
pub(super) fn has_action(known: &[&str], action: &str) -> bool {
    action == "nothing" || known.contains(&action)
}

/// The error for an action that the type does not have.
pub(super) fn unknown_action(id: &str, action: &str, known: &[&str]) -> Diagnostic {
    let diagnostic = Diagnostic::error(format!("{id} has no action `{action}`"));
    diagnostic.hint(suggestion(action, &[known, &["nothing"]].concat(), "its actions are"))
}

fn unknown_property(id: &str, key: &str, value: &Value, schema: &Schema, actions: &[&str]) -> Diagnostic {
    let diagnostic = Diagnostic::error(format!("{id} has no property `{key}`"));
    let common = common_properties();
    let names: Vec<&str> = schema.properties.iter().map(|property| property.name.as_str()).collect();
    let has = |name: &str| names.contains(&name) || common.iter().any(|property| property.name == name);
    if matches!(key, "state" | "ensure")
        && let Some(action) = value.as_str().and_then(|state| action_for(state, actions))
    {
        let usual = if actions.first() == Some(&action) { ", which is the default" } else { "" };
        return diagnostic.hint(format!("write `action = \"{action}\"`{usual}"));
    }
    let mut tables = [PROPERTIES, TYPE_PROPERTIES].into_iter();
    if let Some(row) = tables.find_map(|table| ForeignWord::fitting(table, key, has)) {
        return diagnostic.hint(row.hint(key));
    }
    match nearest(key, names.iter().copied().chain(common.iter().map(|property| property.name.as_str()))) {
        Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
        None if names.is_empty() => diagnostic,
        None => {
            let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            diagnostic
                .hint(format!("its properties are {}, and those of every resource", list(&quoted, "and")))
        }
    }
}
