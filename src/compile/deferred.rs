//! Deferred values, which are known only when the resource converges: the contents of a file, the output of a command,
//! a secret, the text of fragments.

use mlua::{MetaMethod, UserData, UserDataFields, UserDataMethods};
use serde_json::Value;

use crate::model::error::Diagnostic;

use super::fault::raised;
use super::value_names;

pub(super) mod words;

/// A deferred value, in the form that the collection stores.
#[derive(Debug, Clone)]
pub(super) struct Deferred(pub(super) Value);

impl UserData for Deferred {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        value_names::add(fields, "a deferred value");
    }

    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        let uses = [
            (MetaMethod::Concat, "joined to other text"),
            (MetaMethod::Len, "measured"),
            (MetaMethod::Lt, "compared"),
            (MetaMethod::Le, "compared"),
            (MetaMethod::Add, "calculated with"),
            (MetaMethod::Sub, "calculated with"),
            (MetaMethod::Mul, "calculated with"),
            (MetaMethod::Div, "calculated with"),
            (MetaMethod::IDiv, "calculated with"),
            (MetaMethod::Mod, "calculated with"),
            (MetaMethod::Pow, "calculated with"),
            (MetaMethod::Unm, "calculated with"),
            (MetaMethod::Index, "looked into"),
            (MetaMethod::NewIndex, "changed"),
            (MetaMethod::Iter, "gone through"),
            (MetaMethod::Call, "called"),
            (MetaMethod::ToString, "put into text"),
        ];
        for (method, used) in uses {
            methods.add_meta_function(method, move |lua, _: mlua::MultiValue| -> mlua::Result<()> {
                Err(raised(lua, misused(used)))
            });
        }
    }
}

/// Why nothing can be done with a deferred value in a recipe.
pub(super) const LATER: &str = "it is only known when the resource that uses it is converged";

/// The error for using a deferred value where that is impossible.
pub(super) fn misused(used: &str) -> Diagnostic {
    Diagnostic::error(format!("a deferred value can't be {used} in a recipe"))
        .note(LATER)
        .hint("pass it unchanged to a string property, or to a template as a variable")
}
