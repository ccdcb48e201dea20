//! Reads the properties that all types have in common.

use std::collections::BTreeSet;
use std::rc::Rc;

use mlua::Value as LuaValue;
use serde_json::Value;

use crate::model::collection::is_tag;
use crate::model::english::one_line;
use crate::model::error::Diagnostic;
use crate::model::schema::{Kind, found};

use super::compilation::Compilation;
use super::convert::to_json;
use super::guard;

impl Compilation {
    /// Sets a common property. Returns false if it is not one.
    pub(super) fn give_common(self: &Rc<Self>, draft: usize, key: &str, value: &LuaValue) -> bool {
        let result = match key {
            "only_if" | "not_if" => guard::read(value, key, &self.allowance).map(|mut guards| {
                let row = &mut self.session.borrow_mut().drafts[draft].row;
                if key == "only_if" {
                    row.only_if.append(&mut guards);
                } else {
                    row.not_if.append(&mut guards);
                }
            }),
            "requires" => self.read_requirements(draft, value),
            "notifies" | "subscribes" | "on_failure" => self.read_notifications(draft, key, value),
            "action" | "retries" | "retry_delay" | "ignore_failure" | "sensitive" | "diff" | "tags"
            | "why" => to_json(value, format_args!("property `{key}`"), &self.allowance)
                .and_then(|value| self.plain(draft, key, value))
                .map_err(Diagnostic::error),
            _ => return false,
        };
        if let Err(mut diagnostic) = result {
            let id = self.session.borrow().drafts[draft].row.id();
            diagnostic.message = format!("{id}: {}", diagnostic.message);
            self.mistake(draft, Some(key), diagnostic);
        }
        true
    }

    fn plain(&self, draft: usize, key: &str, mut value: Value) -> Result<(), String> {
        let property = |problem: String| format!("property `{key}` {problem}");
        let seconds = |value: &Value| {
            value
                .as_u64()
                .and_then(|number| u32::try_from(number).ok())
                .ok_or_else(|| property(format!("takes a whole number, 0 or more, not {}", found(value))))
        };
        let kind = match key {
            "action" | "tags" => Kind::Strings,
            "why" => Kind::String,
            "ignore_failure" | "sensitive" | "diff" => Kind::Boolean,
            _ => Kind::Integer,
        };
        kind.check(&mut value).map_err(|misfit| format!("property {}", misfit.sentence(key, "")))?;
        let mut session = self.session.borrow_mut();
        let row = &mut session.drafts[draft].row;
        match (key, &value) {
            ("action", Value::String(action)) => row.actions = vec![action.clone()],
            ("action", Value::Array(actions)) => {
                row.actions = actions.iter().filter_map(Value::as_str).map(str::to_owned).collect();
                if row.actions.is_empty() {
                    return Err(property(
                        "is an empty list; `nothing` is the action that does nothing".into(),
                    ));
                }
                if row.actions.len() != actions.len() {
                    return Err(property("can't be deferred".into()));
                }
            }
            ("tags", value) => row.tags = tags(value).map_err(property)?,
            ("retries", value) => row.retries = seconds(value)?,
            ("retry_delay", value) => row.retry_delay = seconds(value)?,
            ("ignore_failure", Value::Bool(flag)) => row.ignore_failure = *flag,
            ("sensitive", Value::Bool(flag)) => row.sensitive = *flag,
            ("diff", Value::Bool(flag)) => row.diff = *flag,
            ("why", Value::String(why)) => row.why = Some(why.clone()),
            _ => return Err(property("can't be deferred".into())),
        }
        Ok(())
    }
}

/// Reads a tag or a list of them. The order says nothing, so it is lost.
fn tags(value: &Value) -> Result<Vec<String>, String> {
    let words = match value {
        Value::Array(words) => words.as_slice(),
        word => std::slice::from_ref(word),
    };
    let mut tags = BTreeSet::new();
    for word in words {
        let Value::String(tag) = word else { return Err("can't be deferred".into()) };
        if tag.is_empty() {
            return Err("has an empty tag".into());
        }
        if !is_tag(tag) {
            return Err(format!(
                "has `{}`, which is no tag: a tag has letters, digits, `_`, `-` and `.`",
                one_line(tag)
            ));
        }
        tags.insert(tag.clone());
    }
    Ok(tags.into_iter().collect())
}
