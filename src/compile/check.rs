//! Checks a complete declaration against its type: names, kinds, required properties, actions, contradictions.

use std::rc::Rc;

use serde_json::{Map, Value};

use crate::model::english::{list, nearest, suggestion};
use crate::model::error::Diagnostic;
use crate::model::schema::{Kind, Schema, is_deferred};
use crate::provider::Planner;
use crate::provider::common::common_properties;

use super::convert::has_deferred;
use super::engine::Engine;
use super::types::Declared;

impl Engine {
    /// Checks a draft whole, brings its properties to their final form, and notes every mistake. Gives what will plan it,
    /// where nothing is wrong and nothing deferred.
    pub(super) fn check(self: &Rc<Self>, index: usize) -> Option<Box<dyn Planner>> {
        let (declared, id, mut properties, items, name) = {
            let mut session = self.session.borrow_mut();
            let draft = &mut session.drafts[index];
            let properties = std::mem::take(&mut draft.row.properties);
            (draft.declared.clone(), draft.row.id(), properties, draft.items.clone(), draft.row.name.clone())
        };
        let schema = match &declared {
            Declared::Builtin(kind) => self.schema(kind),
            Declared::Custom(kind) => Rc::clone(&kind.schema),
        };
        self.fill_name(index, &id, &schema, declared.name_property(), &mut properties, (&name, items));
        for (key, value) in &mut properties {
            let Some(property) = schema.property(key) else {
                self.mistake(index, Some(key), unknown_property(&id, key, &schema));
                continue;
            };
            if let Err(problem) = property.kind.check(value) {
                let diagnostic = Diagnostic::error(format!("{id}: property `{key}` {problem}"));
                self.mistake(index, Some(key), mode_hint(diagnostic, &property.kind, value));
            }
        }
        self.seal(index, &schema, &name, &mut properties);
        for property in schema.properties.iter().filter(|property| property.required) {
            if !properties.contains_key(&property.name) {
                let diagnostic = Diagnostic::error(format!("{id} needs the property `{}`", property.name));
                let first = property.doc.lines().next().unwrap_or_default();
                self.mistake(
                    index,
                    None,
                    if first.is_empty() {
                        diagnostic
                    } else {
                        diagnostic.note(format!("`{}`: {first}", property.name))
                    },
                );
            }
        }
        self.check_actions(index, &id, &declared);
        let planner = self.check_provider(index, &id, &declared, &properties);
        self.session.borrow_mut().drafts[index].row.properties = properties;
        planner
    }

    /// Gives the name to the property that takes it.
    fn fill_name(
        &self,
        index: usize,
        id: &str,
        schema: &Schema,
        property: Option<&str>,
        properties: &mut Map<String, Value>,
        (name, items): (&str, Option<Vec<String>>),
    ) {
        let kind = property.and_then(|property| schema.property(property)).map(|property| &property.kind);
        let lists = matches!(kind, Some(Kind::Strings | Kind::List(_)));
        if items.is_some() && !lists {
            let word = id.split('[').next().unwrap_or(id);
            self.mistake(
                index,
                None,
                Diagnostic::error(format!("`{word}` takes one name, not a list"))
                    .hint(format!("for _, name in {{ … }} do {word}(name) {{ … }} end")),
            );
        }
        let items = items.filter(|_| lists);
        let Some(property) = property else { return };
        if properties.contains_key(property) {
            return;
        }
        let value = match items {
            Some(items) => items.into(),
            None => Value::from(name),
        };
        properties.insert(property.to_owned(), value);
    }

    fn check_actions(&self, index: usize, id: &str, declared: &Declared) {
        let known = declared.actions();
        let mut wrong = Vec::new();
        {
            let mut session = self.session.borrow_mut();
            let row = &mut session.drafts[index].row;
            if row.actions.is_empty()
                && let Some(first) = known.first()
            {
                row.actions.push((*first).to_owned());
            }
            wrong.extend(row.actions.iter().filter(|action| !has_action(&known, action)).cloned());
        }
        for action in wrong {
            self.mistake(index, Some("action"), unknown_action(id, &action, &known));
        }
    }

    /// Lets the type itself look for contradictions, unless a value is still to come.
    fn check_provider(
        &self,
        index: usize,
        id: &str,
        declared: &Declared,
        properties: &Map<String, Value>,
    ) -> Option<Box<dyn Planner>> {
        let Declared::Builtin(kind) = declared else { return None };
        let (broken, actions) = {
            let session = self.session.borrow();
            (session.drafts[index].broken, session.drafts[index].row.actions.clone())
        };
        if broken || properties.values().any(has_deferred) {
            return None;
        }
        let checked = (kind.load)(properties).and_then(|planner| {
            let mut wanted = actions.iter().filter(|action| *action != "nothing");
            wanted.try_for_each(|action| planner.check(action)).map(|()| planner)
        });
        match checked {
            Ok(planner) => Some(planner),
            Err(failure) => {
                let mut diagnostic = Diagnostic::error(format!("{id}: {}", failure.message));
                diagnostic.hints = failure.hints;
                self.mistake(index, None, diagnostic);
                None
            }
        }
    }
}

/// Whether a type has an action; `nothing` is one of every type.
pub(super) fn has_action(known: &[&str], action: &str) -> bool {
    action == "nothing" || known.contains(&action)
}

/// The message for an action that a type lacks.
pub(super) fn unknown_action(id: &str, action: &str, known: &[&str]) -> Diagnostic {
    let diagnostic = Diagnostic::error(format!("{id} has no action `{action}`"));
    diagnostic.hint(suggestion(action, &[known, &["nothing"]].concat(), "its actions are"))
}

fn unknown_property(id: &str, key: &str, schema: &Schema) -> Diagnostic {
    let diagnostic = Diagnostic::error(format!("{id} has no property `{key}`"));
    let common = common_properties();
    let names: Vec<&str> = schema.properties.iter().map(|property| property.name.as_str()).collect();
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

fn mode_hint(diagnostic: Diagnostic, kind: &Kind, value: &Value) -> Diagnostic {
    match (kind, value) {
        (Kind::Mode, Value::Number(number)) => {
            diagnostic.hint(format!("put it in quotes: \"{:0>4}\"", number.to_string()))
        }
        (Kind::String | Kind::Text, Value::Number(number)) => {
            diagnostic.hint(format!("put it in quotes: \"{number}\""))
        }
        (_, value) if is_deferred(value) => diagnostic.hint("deferred values can stand in string properties"),
        _ => diagnostic,
    }
}
