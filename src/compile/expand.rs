//! Expansion: the action of a custom resource runs, and what it declares becomes rows below the resource.

use std::rc::Rc;

use mlua::{Lua, Table};

use crate::model::english::nearest;
use crate::model::error::Diagnostic;

use super::convert::to_lua;
use super::engine::Engine;
use super::session::{Frame, Place};
use super::types::{CustomType, Declared};

impl Engine {
    /// Runs an action of a custom resource once; what goes wrong is on the list of errors.
    pub(super) fn expand(self: &Rc<Self>, draft: usize, action: &str) {
        let (kind, recipe) = {
            let mut session = self.session.borrow_mut();
            let draft = &mut session.drafts[draft];
            let Declared::Custom(kind) = draft.declared.clone() else { return };
            if !draft.expanded.insert(action.to_owned()) {
                return;
            }
            (kind, draft.row.recipe.clone())
        };
        // `nothing` has no body.
        let Some(function) = kind.actions.get(action) else { return };
        let Ok(vm) = self.vm(&kind.cookbook) else { return };
        let frame = Frame {
            cookbook: kind.cookbook.clone(),
            recipe,
            place: Place::Resource,
            parent: Some((draft, action.to_owned())),
        };
        let file = self.session.borrow().drafts[draft].row.location.file.clone();
        // What went wrong is recorded by `within`; the other rows are still worth checking.
        let _recorded = self.within(frame, &file, || {
            let this = self.self_table(&vm.lua, draft, &kind)?;
            function.call::<()>(this)
        });
    }

    /// `self` of an action: the properties with their defaults, and `name`.
    fn self_table(self: &Rc<Self>, lua: &Lua, draft: usize, kind: &CustomType) -> mlua::Result<Table> {
        let table = lua.create_table()?;
        let row = self.session.borrow().drafts[draft].row.clone();
        let mut unset = Vec::new();
        for property in &kind.schema.properties {
            match row.properties.get(&property.name).or(property.default.as_ref()) {
                Some(value) => table.raw_set(property.name.as_str(), to_lua(lua, value)?)?,
                None => unset.push(property.name.clone()),
            }
        }
        table.raw_set("name", row.name.as_str())?;
        let id = row.id();
        let mut known: Vec<String> =
            kind.schema.properties.iter().map(|property| property.name.clone()).collect();
        known.push("name".into());
        // A property that may be left out and has no default is nil, so that an action can ask for it.
        let index = {
            let this = Rc::clone(self);
            lua.create_function(move |lua, (_, key): (mlua::Value, String)| {
                if unset.contains(&key) {
                    return Ok(mlua::Value::Nil);
                }
                let diagnostic = Diagnostic::error(format!("{id} has no property `{key}`"));
                Err(this.refuse(
                    lua,
                    match nearest(&key, known.iter().map(String::as_str)) {
                        Some(near) => diagnostic.hint(format!("did you mean `self.{near}`?")),
                        None => diagnostic,
                    },
                ))
            })?
        };
        let meta = lua.create_table()?;
        meta.raw_set("__index", index)?;
        meta.raw_set("__metatable", "locked")?;
        table.set_metatable(Some(meta))?;
        table.set_readonly(true);
        Ok(table)
    }
}
