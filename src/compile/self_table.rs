//! The parameter `self` of an action: the properties with their defaults, and `name`.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use mlua::{Lua, Table, Value as LuaValue};

use crate::model::english::nearest;
use crate::model::error::Diagnostic;

use super::compilation::Compilation;
use super::convert::{describe, key_text, to_json};
use super::fault::told;
use super::handed::{fit, hand};
use super::lua_values::to_lua;
use super::types::{Callback, CustomType};

/// Creates the table for an action of a draft.
pub(super) fn self_table(
    compilation: &Rc<Compilation>,
    lua: &Lua,
    draft: usize,
    kind: &Rc<CustomType>,
) -> mlua::Result<Table> {
    let table = lua.create_table()?;
    let row = compilation.session.borrow().drafts[draft].row.clone();
    for property in &kind.schema.properties {
        let value = match (row.properties.get(&property.name), &property.default) {
            (Some(given), _) => to_lua(lua, given)?,
            (None, Some(default)) => {
                let mut default = default.clone();
                hand(&mut default, &property.kind, &kind.cookbook).map_err(|misfit| {
                    let sentence = misfit.sentence(&property.name, "");
                    compilation.refuse(lua, Diagnostic::error(format!("the default of property {sentence}")))
                })?;
                to_lua(lua, &default)?
            }
            (None, None) => continue,
        };
        table.raw_set(property.name.as_str(), value)?;
    }
    table.raw_set("name", row.name.as_str())?;
    let unset = UnsetProperties {
        compilation: Rc::clone(compilation),
        kind: Rc::clone(kind),
        id: row.id(),
        computed: RefCell::default(),
        pending: RefCell::default(),
    };
    let meta = lua.create_table()?;
    let index = move |lua: &Lua, (this, key): (Table, LuaValue)| {
        unset.read(lua, &this, &key_text(&key).unwrap_or_else(|| describe(&key)))
    };
    meta.raw_set("__index", lua.create_function(index)?)?;
    let shown = row.id();
    meta.raw_set("__tostring", lua.create_function(move |_, _: LuaValue| Ok(shown.clone()))?)?;
    meta.raw_set("__metatable", "locked")?;
    table.set_metatable(Some(meta))?;
    table.set_readonly(true);
    Ok(table)
}

/// The properties that were not given and have no plain default.
struct UnsetProperties {
    compilation: Rc<Compilation>,
    kind: Rc<CustomType>,
    id: String,
    /// Defaults that were computed.
    computed: RefCell<BTreeMap<String, LuaValue>>,
    /// Properties whose defaults are being computed, to detect circles.
    pending: RefCell<Vec<String>>,
}

impl UnsetProperties {
    /// The value of a property: its computed default, or nil, so that an action can check for it.
    fn read(&self, lua: &Lua, this: &Table, key: &str) -> mlua::Result<LuaValue> {
        if let Some(known) = self.computed.borrow().get(key) {
            return Ok(known.clone());
        }
        if let Some(callback) = self.kind.computed.get(key) {
            let value = self.compute(lua, this, key, callback)?;
            self.computed.borrow_mut().insert(key.to_owned(), value.clone());
            return Ok(value);
        }
        if self.kind.schema.property(key).is_some() {
            return Ok(LuaValue::Nil);
        }
        let diagnostic = Diagnostic::error(format!("{} has no property `{key}`", self.id));
        let names = self.kind.schema.properties.iter().map(|property| property.name.as_str());
        let diagnostic = match nearest(key, names.chain(["name"])) {
            Some(near) => diagnostic.hint(format!("did you mean `self.{near}`?")),
            None => diagnostic,
        };
        Err(self.compilation.refuse(lua, diagnostic))
    }

    fn compute(&self, lua: &Lua, this: &Table, key: &str, callback: &Callback) -> mlua::Result<LuaValue> {
        let circle = {
            let pending = self.pending.borrow();
            let from = pending.iter().position(|pending| pending == key);
            from.map(|from| [&pending[from..], &[key.to_owned()]].concat().join(" -> "))
        };
        let refuse = |diagnostic| self.compilation.refuse_at(Some(callback.location.clone()), diagnostic);
        if let Some(circle) = circle {
            let message = format!("{}: the defaults of properties depend on each other: {circle}", self.id);
            return Err(refuse(
                Diagnostic::error(message).hint("give one of them a plain default, or make it required"),
            ));
        }
        self.pending.borrow_mut().push(key.to_owned());
        let made = callback.function.call::<LuaValue>(this.clone());
        self.pending.borrow_mut().pop();
        let problem = |text: String| refuse(Diagnostic::error(format!("{}: {text}", self.id)));
        let what = format!("the default of property `{key}`");
        let mut value = to_json(&made?, &what, &self.compilation.allowance).map_err(problem)?;
        if value.is_null() {
            return Ok(LuaValue::Nil);
        }
        let Some(property) = self.kind.schema.property(key) else { return Ok(LuaValue::Nil) };
        let misfit = fit(&mut value, &property.kind, &self.compilation.allowance).into_iter().next();
        misfit
            .map_or(Ok(()), Err)
            .and_then(|()| hand(&mut value, &property.kind, &self.kind.cookbook))
            .map_err(|misfit| {
                let sentence = misfit.sentence(key, "");
                refuse(told(
                    &misfit,
                    Diagnostic::error(format!("{}: the default of property {sentence}", self.id)),
                ))
            })?;
        to_lua(lua, &value)
    }
}
