//! Computes the values of attributes from the default and the layers. A default may be a function of `node`; the
//! attributes that it reads are computed on demand.

use std::rc::Rc;

use mlua::{Lua, MetaMethod, UserData, UserDataMethods, Value as LuaValue};
use serde_json::Value;

use super::all_layers::layers;
use crate::compile::compilation::Compilation;
use crate::compile::convert::{describe, key_text, path_components, to_json};
use crate::compile::fault::told;
use crate::compile::handed::{fit, hand};
use crate::compile::lua_values::to_lua;
use crate::compile::node::{missing, not_set};
use crate::compile::reference;
use crate::compile::types::{Declaration, Default as Fallback};
use crate::model::error::Diagnostic;
use crate::model::node::{self, lookup};

impl Compilation {
    /// The value of a declared attribute: its default with all layers merged over it. None if it is not set.
    pub(super) fn attribute_value(self: &Rc<Self>, book: &str, path: &str) -> mlua::Result<Option<Value>> {
        let declaration = {
            let mut attributes = self.attributes.borrow_mut();
            let Some(entry) = attributes.books.get_mut(book) else { return Ok(None) };
            if let Some(value) = entry.values.get(path) {
                return Ok(value.clone());
            }
            let Some(declaration) = entry.declared.get(path).cloned() else { return Ok(None) };
            if entry.pending.iter().any(|pending| pending == path) {
                let mut walk: Vec<String> =
                    entry.pending.iter().map(|path| format!("{book}.{path}")).collect();
                walk.push(format!("{book}.{path}"));
                let cycle = walk.join(" -> ");
                drop(attributes);
                let diagnostic = Diagnostic::error(format!("attributes depend on each other: {cycle}"));
                return Err(self.refuse_at(Some(declaration.location.clone()), diagnostic));
            }
            entry.pending.push(path.to_owned());
            declaration
        };
        let wrappers = self.attributes.borrow().wrappers.clone();
        let dotted = format!("{book}.{path}");
        let default = self.default_value(book, path, &declaration)?;
        let is_sound = |value: &Value| declaration.kind.examine_part(value).misfits.is_empty();
        let mut value = default.clone();
        // A file name belongs to the cookbook that gave it, or to the project.
        let mut owner = book;
        let (mut is_said, mut all_sound) = (false, true);
        for (of, source) in layers(&wrappers, &self.layers) {
            value = source.over(&dotted, default.as_ref(), value);
            if source.unsets(&dotted) {
                (owner, is_said, all_sound) = (book, false, true);
            }
            if let Some(said) = lookup(&source.values, &dotted) {
                (owner, is_said) = (of, true);
                all_sound &= is_sound(said);
            }
        }
        if let Some(value) = &mut value {
            // What is wrong in one layer alone is known already.
            let misfit = if is_said && all_sound {
                fit(value, &declaration.kind, &self.allowance).into_iter().next()
            } else {
                None
            };
            if let Err(misfit) =
                misfit.map_or(Ok(()), Err).and_then(|()| hand(value, &declaration.kind, owner))
            {
                let sentence = misfit.sentence(&dotted, "");
                let diagnostic = told(&misfit, Diagnostic::error(format!("attribute {sentence}")));
                return Err(self.refuse_merged(&dotted, &declaration, diagnostic));
            }
        }
        let mut attributes = self.attributes.borrow_mut();
        if let Some(entry) = attributes.books.get_mut(book) {
            entry.pending.pop();
            entry.values.insert(path.to_owned(), value.clone());
            if let Some(default) = default {
                entry.defaults.insert(path.to_owned(), default);
            }
        }
        drop(attributes);
        if value.is_none() && declaration.required {
            let diagnostic = Diagnostic::error(format!("attribute `{book}.{path}` must be set"))
                .caused_by(not_set(&format!("{book}.{path}")))
                .hint(format!("set it in chefrs.toml, for the node, or with --set {book}.{path}=…"));
            let diagnostic =
                if declaration.doc.is_empty() { diagnostic } else { diagnostic.note(&declaration.doc) };
            self.refuse_at(Some(declaration.location.clone()), diagnostic);
        }
        Ok(value)
    }

    fn default_value(
        self: &Rc<Self>,
        book: &str,
        path: &str,
        declared: &Declaration,
    ) -> mlua::Result<Option<Value>> {
        let function = match &declared.default {
            Fallback::Nothing => return Ok(None),
            Fallback::Plain(value) => return Ok(Some(value.clone())),
            Fallback::Lazy(function) => function,
        };
        let made = function.call::<LuaValue>(LazyNode::root(self, book))?;
        let what = format!("the default of attribute `{book}.{path}`");
        let refuse = |problem| self.refuse_at(Some(declared.location.clone()), Diagnostic::error(problem));
        let mut value = to_json(&made, &what, &self.allowance).map_err(refuse)?;
        if value.is_null() {
            return Ok(None);
        }
        match fit(&mut value, &declared.kind, &self.allowance).first() {
            None => Ok(Some(value)),
            Some(misfit) => {
                let sentence = misfit.sentence(&format!("{book}.{path}"), "");
                let diagnostic = Diagnostic::error(format!("the default of attribute {sentence}"));
                Err(self.refuse_at(Some(declared.location.clone()), told(misfit, diagnostic)))
            }
        }
    }
}

/// The part of a value at a path.
fn below<'a, 'b>(value: &'a Value, mut path: impl Iterator<Item = &'b str>) -> Option<&'a Value> {
    path.try_fold(value, |value, part| value.as_object()?.get(part))
}

/// The node, or a part of it below a path.
struct LazyNode {
    compilation: Rc<Compilation>,
    /// The cookbook whose defaults are being computed.
    book: String,
    path: Vec<String>,
}

impl LazyNode {
    /// The whole node.
    fn root(compilation: &Rc<Compilation>, book: &str) -> Self {
        Self { compilation: Rc::clone(compilation), book: book.to_owned(), path: Vec::new() }
    }

    fn read(&self, lua: &Lua, key: &str) -> mlua::Result<Option<LuaValue>> {
        let mut path = self.path.clone();
        path.push(key.to_owned());
        if path[0] == self.book {
            let inside = path[1..].join(".");
            let probe = path.get(1).and_then(|name| {
                let attributes = self.compilation.attributes.borrow();
                let answer = attributes.probe(&self.book, name)?;
                let parts = path[2..].iter().map(String::as_str);
                Some(below(answer, parts).cloned())
            });
            if let Some(found) = probe {
                return found.map(|value| to_lua(lua, &value)).transpose();
            }
            let (leaf, above) = {
                let attributes = self.compilation.attributes.borrow();
                (attributes.declares(&self.book, &inside), attributes.has_below(&self.book, &inside))
            };
            if leaf {
                return match self.compilation.attribute_value(&self.book, &inside)? {
                    Some(value) => to_lua(lua, &value).map(Some),
                    None => Ok(None),
                };
            }
            if above || inside.is_empty() {
                let part = Self { compilation: Rc::clone(&self.compilation), book: self.book.clone(), path };
                return Ok(Some(LuaValue::UserData(lua.create_userdata(part)?)));
            }
            return Ok(None);
        }
        let Some(part) = self.compilation.node_value(&path[0])? else { return Ok(None) };
        let found = match (&part, path.len()) {
            (_, 1) => Some(part),
            (Value::Object(map), _) => {
                node::lookup_components(map, path[1..].iter().map(String::as_str)).cloned()
            }
            _ => None,
        };
        match found {
            Some(value @ Value::Object(_)) if reference::read(&value).is_none() => {
                let part = Self { compilation: Rc::clone(&self.compilation), book: self.book.clone(), path };
                Ok(Some(LuaValue::UserData(lua.create_userdata(part)?)))
            }
            Some(value) => to_lua(lua, &value).map(Some),
            None => Ok(None),
        }
    }

    /// The value at a path. None if a component is missing.
    fn find(&self, lua: &Lua, mut parts: Vec<String>) -> mlua::Result<Option<LuaValue>> {
        let mut above = self.path.clone();
        let last = parts.pop().unwrap_or_default();
        above.extend(parts);
        let part = Self { compilation: Rc::clone(&self.compilation), book: self.book.clone(), path: above };
        part.read(lua, &last)
    }

    fn known(&self) -> Vec<String> {
        match self.path.split_first() {
            None => self.compilation.node_keys(),
            Some((first, rest)) if *first == self.book => {
                self.compilation.attributes.borrow().keys_below(&self.book, &rest.join("."))
            }
            Some(_) => Vec::new(),
        }
    }
}

impl UserData for LazyNode {
    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        // `node:get("a.b", fallback)` reads a value that may be missing.
        methods.add_method("get", |lua, this, (path, fallback): (LuaValue, LuaValue)| {
            let path = path_components(&path).map_err(|wrong| this.compilation.refuse(lua, wrong))?;
            Ok(match this.find(lua, path)? {
                Some(LuaValue::Nil) | None => fallback,
                Some(value) => value,
            })
        });
        methods.add_meta_method(MetaMethod::Index, |lua, this, key: LuaValue| {
            let key = key_text(&key).unwrap_or_else(|| describe(&key));
            match this.read(lua, &key)? {
                None => {
                    let path = std::iter::once("node")
                        .chain(this.path.iter().map(String::as_str))
                        .collect::<Vec<_>>();
                    let known = this.known();
                    Err(missing(
                        &this.compilation,
                        lua,
                        &this.book,
                        &path.join("."),
                        &key,
                        known.iter().map(String::as_str),
                    ))
                }
                Some(value) => Ok(value),
            }
        });
        methods.add_meta_method(MetaMethod::NewIndex, |lua, this, _: mlua::MultiValue| -> mlua::Result<()> {
            Err(this.compilation.refuse(lua, Diagnostic::error("the node is read-only")))
        });
    }
}
