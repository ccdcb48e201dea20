//! Puts markers in the place of deferred values.

use serde_json::{Map, Value, json};

use super::quoting::{self, ODD, ODD_LINE};
use crate::model::collection::Guard;
use crate::model::collection::deferred::{self, Part};
use crate::model::content::{Content, Template};
use crate::model::portable::Declined;
use crate::model::portable::marked::{LaterValue, TextPiece, TextQuoting, is_marked, marker, pieces};
use crate::model::schema::is_deferred;
use crate::model::sorted;
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
            && variables.values().any(has_marker)
            && let Ok(template) = serde_json::from_value::<Template>(source.clone())
        {
            let text = self.marked_text(&template, variables)?;
            // What is left to render is the text.
            marked.insert("source".into(), json!({ "name": template.name, "text": "{{text}}" }));
            marked.insert("variables".into(), json!({ "text": text }));
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
        self.marked_text(&template, &variables)
    }

    /// The text of a template, with a marker for each deferred value as the template quotes it.
    ///
    /// # Errors
    /// The template does more with one than to print or to quote it. Then a script can't put it there.
    fn marked_text(
        &mut self,
        template: &Template,
        variables: &Map<String, Value>,
    ) -> Result<String, Declined> {
        let rendered = text_of(template, variables)?;
        if !variables.values().any(has_marker) {
            return Ok(rendered);
        }
        let rendered = pieces(&rendered);
        let with = |odd: &str| {
            let odd = variables.iter().map(|(key, value)| (key.clone(), self.replaced(value, odd)));
            text_of(template, &sorted::collected(odd))
        };
        let ways = match with(ODD) {
            Ok(text) => quoting::found(&rendered, &text, ODD),
            // Something takes one line alone. Then nothing would show an indentation of lines.
            Err(wrong) if mentions(template, "indent") => return Err(wrong),
            Err(_) => quoting::found(&rendered, &with(ODD_LINE)?, ODD_LINE),
        };
        // Nothing but another value shows a condition.
        let is_same = |ways: &Vec<Option<TextQuoting>>| {
            let value = |number| self.shortest(number);
            with("").is_ok_and(|text| text == quoting::filled(&rendered, ways, value))
        };
        let Some(ways) = ways.filter(is_same) else {
            return Err(Declined(format!(
                "the template `{}` does more with a deferred value than to print it, or to quote it with `shell`, `json` or \
                 `ini`",
                template.name
            )));
        };
        let mut ways = ways.into_iter();
        let mut all = String::new();
        for piece in rendered {
            match piece {
                TextPiece::Text(text) => all.push_str(text),
                TextPiece::Later(number) => all.push_str(&match ways.next().flatten() {
                    Some(how) => self.marker(LaterValue::Quoted(how, number)),
                    None => marker(number),
                }),
            }
        }
        Ok(all)
    }

    /// A value with a text in the place of each marker.
    fn replaced(&self, value: &Value, odd: &str) -> Value {
        match value {
            Value::String(text) => Value::String(self.replaced_in(text, odd)),
            Value::Array(items) => items.iter().map(|item| self.replaced(item, odd)).collect(),
            Value::Object(map) => Value::Object(sorted::collected(
                map.iter().map(|(key, item)| (key.clone(), self.replaced(item, odd))),
            )),
            plain => plain.clone(),
        }
    }

    fn replaced_in(&self, text: &str, odd: &str) -> String {
        let piece = |piece: TextPiece<'_>| match piece {
            TextPiece::Text(text) => text.to_owned(),
            TextPiece::Later(number) if odd.is_empty() => self.shortest(number).to_owned(),
            TextPiece::Later(_) => odd.to_owned(),
        };
        pieces(text).into_iter().map(piece).collect()
    }

    /// The shortest text that a value may be: a secret is never empty.
    fn shortest(&self, number: usize) -> &'static str {
        if matches!(self.0.get(number), Some(LaterValue::Secret(_))) { quoting::SECRET } else { "" }
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

/// Whether the source of a template has a word in it.
fn mentions(template: &Template, word: &str) -> bool {
    std::iter::once(&template.text).chain(template.partials.values()).any(|text| text.contains(word))
}

fn has_marker(value: &Value) -> bool {
    match value {
        Value::String(text) => is_marked(text),
        Value::Array(items) => items.iter().any(has_marker),
        Value::Object(map) => map.values().any(has_marker),
        _ => false,
    }
}
