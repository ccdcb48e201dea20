//! Lets a custom resource change the values that it is given, before they are checked.

use std::rc::Rc;

use serde_json::Value;

use crate::model::error::Diagnostic;
use crate::model::schema::is_deferred;

use super::compilation::Compilation;
use super::convert::to_json;
use super::lua_values::to_lua;
use super::session::{FileFrame, Mistake, ScriptKind};
use super::types::{Callback, CustomType};

impl Compilation {
    /// Replaces each given value of a property that has `coerce`. Returns mistakes.
    pub(super) fn coerce(self: &Rc<Self>, draft: usize, kind: &CustomType) -> Vec<Mistake> {
        let mut mistakes = Vec::new();
        for (name, callback) in &kind.coerced {
            let (given, id) = {
                let row = &self.session.borrow().drafts[draft].row;
                (row.properties.get(name).cloned(), row.id())
            };
            let Some(given) = given else { continue };
            match self.coerced(draft, &kind.cookbook, callback, name, &given) {
                Ok(Some(value)) => {
                    self.session.borrow_mut().drafts[draft].row.properties.insert(name.clone(), value);
                }
                Ok(None) => self.session.borrow_mut().drafts[draft].broken = true,
                Err(mut diagnostic) => {
                    diagnostic.message = format!("{id}: property `{name}`{}", diagnostic.message);
                    mistakes.push(Mistake::of(name, *diagnostic));
                }
            }
        }
        mistakes
    }

    /// The value that the function makes of a given one. None if the error is recorded already.
    fn coerced(
        self: &Rc<Self>,
        draft: usize,
        cookbook: &str,
        callback: &Callback,
        name: &str,
        given: &Value,
    ) -> Result<Option<Value>, Box<Diagnostic>> {
        if is_deferred(given) {
            return Err(Box::new(
                Diagnostic::error(" can't be deferred: `coerce` changes it before it is used")
                    .note(format!("declared at {}", callback.location)),
            ));
        }
        let Ok(vm) = self.vm(cookbook) else { return Ok(None) };
        let recipe = self.session.borrow().drafts[draft].row.recipe.clone();
        let frame =
            FileFrame { cookbook: cookbook.to_owned(), recipe, kind: ScriptKind::Resource, parent: None };
        let made = self.attempt(frame, &callback.location.file, || {
            let made = callback.function.call::<mlua::Value>(to_lua(&vm.lua, given)?)?;
            Ok(to_json(&made, format_args!("property `{name}`"), &self.allowance))
        });
        match made {
            Ok(Ok(Value::Null)) => Err(Box::new(
                Diagnostic::error(": `coerce` returns nothing")
                    .note(format!("`coerce` is declared at {}", callback.location))
                    .hint("return the value that is to be used"),
            )),
            Ok(Ok(value)) => Ok(Some(value)),
            Ok(Err(problem)) => Err(Box::new(
                Diagnostic::error(format!(": what `coerce` returns {problem}"))
                    .note(format!("`coerce` is declared at {}", callback.location)),
            )),
            // The caller gave the value, so the error is at the declaration. The function becomes a note.
            Err(Some(raised)) => {
                let place = raised.location.map(|place| format!("raised in `coerce` at {place}"));
                let mut diagnostic = Diagnostic::error(format!(": {}", raised.message));
                diagnostic.notes = raised.notes.into_iter().chain(place).collect();
                diagnostic.hints = raised.hints;
                Err(Box::new(diagnostic))
            }
            Err(None) => Ok(None),
        }
    }
}
