//! Handles: the return value of a declaration. It accepts more properties, and refers to the row in notifications.

use std::rc::Rc;

use mlua::{AnyUserData, Lua, MetaMethod, UserData, UserDataFields, UserDataMethods, Value as LuaValue};

use crate::model::error::Diagnostic;

use super::compilation::Compilation;
use super::convert::{describe, key_text};
use super::fault::fresh;
use super::{place, value_names};

/// The return value of a declaration.
pub(super) struct Handle {
    pub(super) draft: usize,
    pub(super) id: String,
    pub(super) compilation: Rc<Compilation>,
    /// Adds a table of properties to the declaration.
    pub(super) give: Give,
}

/// The function that adds a table of properties to a declaration.
pub(super) type Give = fn(&Rc<Compilation>, &Lua, usize, &LuaValue) -> mlua::Result<()>;

impl UserData for Handle {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        value_names::add(fields, "a resource");
    }

    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_meta_function(MetaMethod::Call, |lua, (this, table): (AnyUserData, LuaValue)| {
            let (compilation, draft, give) = {
                let handle = this.borrow::<Self>()?;
                (Rc::clone(&handle.compilation), handle.draft, handle.give)
            };
            give(&compilation, lua, draft, &table)?;
            Ok(this)
        });
        methods.add_meta_method(MetaMethod::ToString, |_, this, ()| Ok(this.id.clone()));
        methods.add_meta_method(MetaMethod::Index, |lua, this, key: LuaValue| -> mlua::Result<LuaValue> {
            let diagnostic = Diagnostic::error(format!("{} has no field `{}`", this.id, key_text(&key).unwrap_or_else(|| describe(&key))))
                .hint("the return value of a declaration is for `notifies` and `subscribes`; keep values in variables");
            Err(fresh(match place::here(lua) {
                Some(location) => diagnostic.at(location),
                None => diagnostic,
            }))
        });
        methods.add_meta_method(
            MetaMethod::NewIndex,
            |lua, this, (key, _): (LuaValue, LuaValue)| -> mlua::Result<()> {
                let key = key_text(&key).unwrap_or_default();
                let diagnostic =
                    Diagnostic::error(format!("properties of {} can't be assigned one by one", this.id))
                        .hint(format!("write them in its table: {{ {key} = … }}"));
                Err(this.compilation.refuse(lua, diagnostic))
            },
        );
    }
}
