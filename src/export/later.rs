//! Puts markers in the place of deferred values.

use serde_json::{Map, Value};

use crate::model::collection::Guard;
use crate::model::collection::deferred::{self, Part};
use crate::model::content::{Content, Template};
use crate::model::portable::Declined;
use crate::model::portable::marked::{LaterValue, is_marked, marker};
use crate::model::schema::is_deferred;
use crate::model::step::Command;
use crate::template::render;

/// The deferred values of a collection, each once.
#[derive(Debug, Default)]
pub(super) struct LaterValues(pub(super) Vec<LaterValue>);

impl LaterValues {
    fn marker(&mut self, value: LaterValue) -> String {
        let number = self.0.iter().position(|known| *known == value).unwrap_or_else(|| {
            self.0.push(value);
            self.0.len() - 1
        });
        marker(number)
    }

    /// All properties of a row, with markers.
    ///
    /// # Errors
    /// A value that can't be marked, by the name of its property.
    pub(super) fn mark_all(
        &mut self,
        properties: &Map<String, Value>,
    ) -> Result<Map<String, Value>, Declined> {
        let mut marked = Map::new();
        for (name, value) in properties {
            let value = self.mark(value).map_err(|declined| Declined(format!("`{name}`: {}", declined.0)))?;
            marked.insert(name.clone(), value);
        }
        if let (Some(source), Some(Value::Object(variables))) =
            (marked.get("source"), marked.get("variables"))
            && let Ok(template) = serde_json::from_value(source.clone())
        {
            self.require_untouched(&template, variables)?;
        }
        Ok(marked)
    }

    /// A value with markers.
    ///
    /// # Errors
    /// It can't be marked.
    pub(super) fn mark(&mut self, value: &Value) -> Result<Value, Declined> {
        match value {
            Value::String(text) if is_marked(text) => {
                Err("the text has a character U+FDD0 or U+FDD1, which stand for deferred values".into())
            }
            Value::Array(items) => {
                items.iter().map(|item| self.mark(item)).collect::<Result<_, _>>().map(Value::Array)
            }
            Value::Object(map) if is_deferred(value) => match map.iter().next() {
                Some((key, argument)) => self.mark_deferred(key, argument).map(Value::String),
                None => Ok(value.clone()),
            },
            Value::Object(map) => {
                let mut marked = Map::new();
                for (key, item) in map {
                    marked.insert(key.clone(), self.mark(item)?);
                }
                Ok(Value::Object(marked))
            }
            plain => Ok(plain.clone()),
        }
    }

    fn mark_deferred(&mut self, key: &str, argument: &Value) -> Result<String, Declined> {
        let text = |value: Value| match value {
            Value::String(text) => Ok(text),
            _ => Err(Declined::from("a deferred value has no text")),
        };
        match key {
            deferred::SECRET => Ok(self.marker(LaterValue::Secret(text(argument.clone())?))),
            deferred::CONTENTS => Ok(self.marker(LaterValue::Contents(text(argument.clone())?))),
            deferred::OUTPUT => {
                let form = self.mark(argument)?;
                let command: Command =
                    serde_json::from_value(form).map_err(|_| Declined::from("the command can't be read"))?;
                Ok(self.marker(LaterValue::Output(Box::new(command))))
            }
            deferred::TEXT => {
                let mut all = String::new();
                for part in argument.as_array().into_iter().flatten() {
                    all.push_str(&text(self.mark(part)?)?);
                }
                Ok(all)
            }
            deferred::RENDERED => self.rendered(argument),
            deferred::FRAGMENTS => self.joined(argument),
            _ => Err("it is not known".into()),
        }
    }

    fn rendered(&mut self, form: &Value) -> Result<String, Declined> {
        let part = |key: &str| form.get(key).cloned().unwrap_or_default();
        let template: Template = serde_json::from_value(part("template"))
            .map_err(|_| Declined::from("the template can't be read"))?;
        let Value::Object(variables) = self.mark(&part("variables"))? else {
            return Err("the variables of the template can't be read".into());
        };
        self.require_untouched(&template, &variables)?;
        text_of(&template, &variables)
    }

    /// Fails if a template does more with a deferred value than to print it. Then a script can't put it there.
    fn require_untouched(&self, template: &Template, variables: &Map<String, Value>) -> Result<(), Declined> {
        if !variables.values().any(has_marker) {
            return Ok(());
        }
        let rendered = text_of(template, variables)?;
        // Quotes and the like show a word that quotes or escapes, and nothing shows a condition.
        for odd in ["a\"'\\ $`\n<&>b", ""] {
            let odd_variables = variables.iter().map(|(key, value)| (key.clone(), self.replaced(value, odd)));
            let of_odd = text_of(template, &odd_variables.collect())?;
            if of_odd != self.replaced_in(&rendered, odd) {
                return Err(Declined(format!(
                    "the template `{}` does more with a deferred value than to print it",
                    template.name
                )));
            }
        }
        Ok(())
    }

    /// A value with a text in the place of each marker.
    fn replaced(&self, value: &Value, odd: &str) -> Value {
        match value {
            Value::String(text) => Value::String(self.replaced_in(text, odd)),
            Value::Array(items) => items.iter().map(|item| self.replaced(item, odd)).collect(),
            Value::Object(map) => {
                Value::Object(map.iter().map(|(key, item)| (key.clone(), self.replaced(item, odd))).collect())
            }
            plain => plain.clone(),
        }
    }

    fn replaced_in(&self, text: &str, odd: &str) -> String {
        let mut text = text.to_owned();
        for (number, value) in self.0.iter().enumerate() {
            // A secret is never empty.
            let odd = if odd.is_empty() && matches!(value, LaterValue::Secret(_)) { "secret" } else { odd };
            text = text.replace(&marker(number), odd);
        }
        text
    }

    /// The text of all fragments, each with the end of its last line.
    fn joined(&mut self, parts: &Value) -> Result<String, Declined> {
        let parts: Vec<Part> = serde_json::from_value(parts.clone())
            .map_err(|_| Declined::from("the fragments can't be read"))?;
        let mut all = String::new();
        for part in parts {
            let never = |guards: &[Guard], wanted: bool| guards.contains(&Guard::Is(!wanted));
            if never(&part.only_if, true) || never(&part.not_if, false) {
                continue;
            }
            let is_open = |guard: &&Guard| !matches!(guard, Guard::Is(_));
            if part.only_if.iter().chain(&part.not_if).any(|guard| is_open(&guard)) {
                return Err(Declined(format!("{} has a guard that only the machine can answer", part.of)));
            }
            let Value::String(text) = self.mark(&part.content)? else {
                return Err(Declined(format!("{} has no text", part.of)));
            };
            all.push_str(&text);
            if !text.is_empty() && !text.ends_with('\n') {
                all.push('\n');
            }
        }
        Ok(all)
    }
}

fn text_of(template: &Template, variables: &Map<String, Value>) -> Result<String, Declined> {
    match render(template, variables) {
        Ok(Content::Text(text)) => Ok(text),
        Ok(_) => Err("the template is not rendered to text".into()),
        Err(wrong) => Err(Declined(wrong.message)),
    }
}

fn has_marker(value: &Value) -> bool {
    match value {
        Value::String(text) => is_marked(text),
        Value::Array(items) => items.iter().any(has_marker),
        Value::Object(map) => map.values().any(has_marker),
        _ => false,
    }
}
