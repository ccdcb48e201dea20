//! Deferred values, which are known only when the resource converges: the contents of a file, the output of a command,
//! a secret, the text of fragments, a rendered template, and text that is made of these.

use std::rc::Rc;

use mlua::{Lua, LuaString, MetaMethod, Table, UserData, UserDataFields, UserDataMethods, Value as LuaValue};
use serde_json::{Value, json};

use crate::model::collection::deferred;
use crate::model::error::Diagnostic;
use crate::model::schema::{VALUE, size};

use super::allowance::Allowance;
use super::fault::{address, out_of_memory, raised};
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
        methods.add_meta_function(MetaMethod::Concat, |lua, (left, right): (LuaValue, LuaValue)| {
            joined(lua, [left, right])
        });
        methods.add_meta_function(
            MetaMethod::Index,
            |lua, (_, key): (LuaValue, LuaValue)| -> mlua::Result<()> {
                let is_of_text = is_function_of_text(lua, &key);
                Err(raised(
                    lua,
                    if is_of_text {
                        unformatted("changed by text functions")
                    } else {
                        misused("looked into")
                    },
                ))
            },
        );
    }
}

/// Whether a key names a function of `string`: `value:upper()`.
fn is_function_of_text(lua: &Lua, key: &LuaValue) -> bool {
    let library = lua.globals().get::<Table>("string");
    library.is_ok_and(|library| library.raw_get::<LuaValue>(key).is_ok_and(|function| function.is_function()))
}

/// Why nothing can be done with a deferred value in a recipe.
pub(super) const LATER: &str = "it is only known when the resource that uses it is converged";

/// The error for using a deferred value where that is impossible.
pub(super) fn misused(used: &str) -> Diagnostic {
    impossible(used)
        .hint("give it to a property that takes a string, join it with `..`, or pass it to a template as a variable")
}

/// The error for a text function with a deferred value.
pub(super) fn unformatted(used: &str) -> Diagnostic {
    impossible(used)
        .hint("pass it to a template as a variable: a template has helpers such as `{{upper value}}`")
}

fn impossible(used: &str) -> Diagnostic {
    Diagnostic::error(format!("a deferred value can't be {used} in a recipe")).note(LATER)
}

/// Joins strings, numbers and deferred values to one deferred value.
///
/// # Errors
/// One of them has no text, or the memory is used up.
fn joined(lua: &Lua, values: impl IntoIterator<Item = LuaValue>) -> mlua::Result<Deferred> {
    let mut text = JoinedText { lua, parts: Vec::new() };
    for value in values {
        text.add(&value)?;
    }
    Ok(text.finish())
}

/// What `table.concat` does, for a list or a separator with a deferred value.
///
/// # Errors
/// As [`joined`].
pub(super) fn concatenated(
    lua: &Lua,
    (list, separator, from, to): (Table, LuaValue, i64, i64),
) -> mlua::Result<Deferred> {
    let mut text = JoinedText { lua, parts: Vec::new() };
    for at in from..=to {
        if at > from && !separator.is_nil() {
            text.add(&separator)?;
        }
        text.add(&list.raw_get(at)?)?;
    }
    Ok(text.finish())
}

/// A back-quoted string with a deferred value in it. Luau calls `string.format` for one, with `%*` for each value.
///
/// # Errors
/// As [`joined`], or the format has something else than `%*` in it.
pub(super) fn interpolated(
    lua: &Lua,
    (format, values): (LuaString, mlua::Variadic<LuaValue>),
) -> mlua::Result<Deferred> {
    let format = format.as_bytes();
    let mut text = JoinedText { lua, parts: Vec::new() };
    let mut values = values.into_iter();
    let mut rest = &format[..];
    while let Some(at) = memchr::memchr(b'%', rest) {
        text.add_bytes(&rest[..at])?;
        match rest.get(at + 1) {
            Some(b'%') => text.add_bytes(b"%")?,
            Some(b'*') => match values.next() {
                Some(LuaValue::Boolean(flag)) => text.add_bytes(flag.to_string().as_bytes())?,
                Some(value @ LuaValue::Table(_)) => text.add_bytes(value.to_string()?.as_bytes())?,
                Some(value) => text.add(&value)?,
                None => {
                    return Err(raised(
                        lua,
                        Diagnostic::error("`string.format` has fewer values than its format"),
                    ));
                }
            },
            _ => return Err(raised(lua, unformatted("put into text by `string.format`"))),
        }
        rest = &rest[at + 2..];
    }
    text.add_bytes(rest)?;
    Ok(text.finish())
}

/// Parts that are joined. Strings that follow each other are one part.
struct JoinedText<'a> {
    lua: &'a Lua,
    parts: Vec<Value>,
}

impl JoinedText<'_> {
    fn add(&mut self, value: &LuaValue) -> mlua::Result<()> {
        let found = match value {
            LuaValue::String(text) => return self.add_bytes(&text.as_bytes()),
            LuaValue::Integer(_) | LuaValue::Number(_) => {
                let text = self.lua.coerce_string(value.clone())?;
                return text.map_or(Ok(()), |text| self.add_bytes(&text.as_bytes()));
            }
            LuaValue::UserData(data) => match data.borrow::<Deferred>() {
                Ok(deferred) => return self.add_deferred(&deferred.0),
                Err(_) => value_names::of(data).unwrap_or_else(|| "a value without text".to_owned()),
            },
            LuaValue::Nil => "nil".to_owned(),
            other => format!("a {}", other.type_name()),
        };
        let diagnostic = Diagnostic::error(format!("{found} can't be joined to a deferred value"));
        Err(raised(
            self.lua,
            if value.is_nil() {
                diagnostic.hint("`(x or \"…\")` gives a default for a missing `x`")
            } else {
                diagnostic
            },
        ))
    }

    fn add_deferred(&mut self, value: &Value) -> mlua::Result<()> {
        match value.get(deferred::TEXT).and_then(Value::as_array) {
            Some(parts) => parts.iter().try_for_each(|part| match part {
                Value::String(text) => self.add_bytes(text.as_bytes()),
                part => self.push(part.clone()),
            }),
            None => self.push(value.clone()),
        }
    }

    fn push(&mut self, part: Value) -> mlua::Result<()> {
        self.take(size(&part))?;
        self.parts.push(part);
        Ok(())
    }

    fn add_bytes(&mut self, bytes: &[u8]) -> mlua::Result<()> {
        self.take(VALUE + bytes.len())?;
        let refuse = |why: &str| {
            Err(raised(self.lua, Diagnostic::error(format!("text that is joined to a deferred value {why}"))))
        };
        let Ok(text) = std::str::from_utf8(bytes) else { return refuse("holds bytes that are not UTF-8") };
        if address(text) {
            return refuse("holds the address of a table or function");
        }
        match self.parts.last_mut() {
            _ if text.is_empty() => {}
            Some(Value::String(before)) => before.push_str(text),
            _ => self.parts.push(Value::from(text)),
        }
        Ok(())
    }

    /// Takes memory. Joining in a loop copies what there is again and again, outside of the heap.
    fn take(&self, bytes: usize) -> mlua::Result<()> {
        let allowance = self.lua.app_data_ref::<Rc<Allowance>>();
        match allowance.map(|allowance| allowance.take(bytes)) {
            Some(Ok(())) => Ok(()),
            _ => Err(raised(self.lua, out_of_memory())),
        }
    }

    fn finish(mut self) -> Deferred {
        match self.parts.as_slice() {
            [Value::Object(_)] => Deferred(self.parts.swap_remove(0)),
            _ => Deferred(json!({ deferred::TEXT: self.parts })),
        }
    }
}
