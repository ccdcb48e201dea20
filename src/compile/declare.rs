//! Declarations: `type "name" { … }` in all its forms opens a draft, which accepts properties until it is closed.

use std::collections::BTreeSet;
use std::rc::Rc;

use mlua::{AnyUserData, Lua, MultiValue, Table, Value as LuaValue};
use serde_json::{Map, Value};

use crate::model::collection::{Parent, Row};
use crate::model::error::{Diagnostic, Location};
use crate::model::sorted;

use super::allowance::ROW;
use super::compilation::Compilation;
use super::convert::{describe, key_text, to_json};
use super::deferred::Deferred;
use super::fault::recorded;
use super::handle::Handle;
use super::place;
use super::session::{Draft, ScriptKind, scope};
use super::types::Declared;

/// Longest name in bytes, the same as for paths.
const NAME: usize = 4096;

fn too_long(kind: &str, name: &str) -> Diagnostic {
    Diagnostic::error(format!("the name of a `{kind}` is longer than {NAME} bytes: it has {}", name.len()))
}

impl Compilation {
    /// Opens a declaration and closes the previous one.
    pub(super) fn declare(
        self: &Rc<Self>,
        lua: &Lua,
        declared: Declared,
        args: MultiValue,
    ) -> mlua::Result<AnyUserData> {
        let kind = declared.type_name();
        let refuse = |diagnostic| Err(self.refuse(lua, diagnostic));
        self.close();
        let frame = self.session.borrow().frame().cloned();
        let Some(frame) = frame.filter(|frame| frame.kind == ScriptKind::Recipe || frame.parent.is_some())
        else {
            let message = format!(
                "`{kind}` can't be declared here: resources belong in recipes and in actions of custom resources"
            );
            let refused = Diagnostic::error(message);
            let is_test = self.session.borrow().frame().is_some_and(|frame| frame.kind == ScriptKind::Tests);
            return refuse(if is_test {
                refused.hint("in a test, declare it inside of `recipe = function() … end`")
            } else {
                refused
            });
        };
        if let Some(refused) = self.foreign_code(lua) {
            return refuse(refused);
        }
        if self.session.borrow().drafts.len() >= self.limits.resources {
            return refuse(Diagnostic::error(format!(
                "more than {} resources are declared",
                self.limits.resources
            )));
        }
        let mut args = args.into_iter();
        let (name, items) = match self.read_name(&kind, args.next().as_ref()) {
            Ok(name) => name,
            Err(diagnostic) => return refuse(*diagnostic),
        };
        // The row and its indexes hold several copies of the name.
        if self.allowance.take(ROW + 4 * name.len()).is_err() {
            return Err(recorded("stopped"));
        }
        let table = args.next();
        if let Some(extra) = args.next() {
            return refuse(Diagnostic::error(format!(
                "`{kind}` takes only a name and a table of properties, not {} as well",
                describe(&extra)
            )));
        }
        let location = place::here(lua).unwrap_or_else(|| Location::new("", 0));
        let (draft, id) = {
            let on_behalf = Self::on_behalf(&self.session.borrow(), &self.books);
            let mut session = self.session.borrow_mut();
            let row = Row {
                r#type: kind,
                name,
                actions: Vec::new(),
                properties: Map::new(),
                only_if: Vec::new(),
                not_if: Vec::new(),
                notifies: Vec::new(),
                requires: Vec::new(),
                retries: 0,
                retry_delay: 2,
                ignore_failure: false,
                sensitive: false,
                diff: true,
                why: None,
                tags: Vec::new(),
                left_out: None,
                unsent: Vec::new(),
                parent: frame.parent.map(|(row, action)| Parent { row, action }),
                custom: matches!(declared, Declared::Custom(_)),
                cookbook: frame.cookbook,
                on_behalf,
                recipe: frame.recipe,
                location: session.quote(location),
            };
            let id = row.id();
            session.drafts.push(Draft {
                declared,
                row,
                items,
                broken: false,
                cut_off: false,
                expanded: BTreeSet::new(),
            });
            let draft = session.drafts.len() - 1;
            let row = &session.drafts[draft].row;
            let key = (scope(row), row.r#type.clone(), row.name.clone());
            session.names.insert(key, draft);
            session.open = Some(draft);
            (draft, id)
        };
        if let Some(table) = table {
            self.give(lua, draft, &table)?;
        }
        lua.create_userdata(Handle { draft, id, compilation: Rc::clone(self), give: Self::give })
    }

    /// Reads the name: a string or a list of strings.
    fn read_name(
        &self,
        kind: &str,
        value: Option<&LuaValue>,
    ) -> Result<(String, Option<Vec<String>>), Box<Diagnostic>> {
        let nameless = |found: String| {
            Box::new(
                Diagnostic::error(format!("`{kind}` needs a name, not {found}"))
                    .hint(format!("{kind} \"name\" {{ … }}")),
            )
        };
        match value {
            Some(given @ LuaValue::String(_)) => {
                let name = to_json(given, "the name", &self.allowance)
                    .map_err(|problem| Box::new(Diagnostic::error(problem)))?;
                match name {
                    Value::String(name) if name.trim().is_empty() => Err(nameless("an empty string".into())),
                    Value::String(name) if name.chars().any(char::is_control) => {
                        Err(Box::new(Diagnostic::error(format!(
                            "the name of a `{kind}` can't hold a newline or another control character"
                        ))))
                    }
                    Value::String(name) if name.len() > NAME => Err(Box::new(too_long(kind, &name))),
                    Value::String(name) => Ok((name, None)),
                    _ => Err(nameless("nothing".into())),
                }
            }
            Some(LuaValue::Table(table)) => {
                let list = to_json(&LuaValue::Table(table.clone()), "the list of names", &self.allowance)
                    .map_err(|problem| Box::new(Diagnostic::error(problem)))?;
                let Value::Array(items) = list else { return Err(nameless("a table of properties".into())) };
                let names: Option<Vec<String>> = items
                    .into_iter()
                    .map(|item| match item {
                        Value::String(name) if !name.trim().is_empty() => Some(name),
                        _ => None,
                    })
                    .collect();
                match names {
                    Some(names) => match names.iter().find(|name| name.len() > NAME) {
                        Some(name) => Err(Box::new(too_long(kind, name))),
                        None => Ok((names.join(", "), Some(names))),
                    },
                    None => Err(Box::new(Diagnostic::error(format!(
                        "an item in the list of names for `{kind}` is not a string"
                    )))),
                }
            }
            Some(LuaValue::UserData(data)) if data.is::<Deferred>() => Err(Box::new(
                Diagnostic::error(format!("the name of a `{kind}` can't be deferred"))
                    .note("names tell resources apart before anything on the machine is asked")
                    .hint("take it from an attribute or a fact in `node`, or let a command of an `execute` find it"),
            )),
            Some(other) => Err(nameless(describe(other))),
            None => Err(nameless("nothing".into())),
        }
    }

    /// Adds a table of properties to an open declaration. Mistakes are recorded, and the recipe goes on.
    fn give(self: &Rc<Self>, lua: &Lua, draft: usize, table: &LuaValue) -> mlua::Result<()> {
        // A test may keep a resource until after the compile, when there are no drafts.
        let id = || {
            let session = self.session.borrow();
            session.drafts.get(draft).map_or_else(|| "the resource".to_owned(), |draft| draft.row.id())
        };
        let refuse = |diagnostic| Err(self.refuse(lua, diagnostic));
        let LuaValue::Table(table) = table else {
            let id = id();
            return refuse(
                Diagnostic::error(format!("{id} takes a table of properties, not {}", describe(table)))
                    .hint("{ property = value, … }"),
            );
        };
        if self.session.borrow().open != Some(draft) {
            let id = id();
            return refuse(
                Diagnostic::error(format!("{id} is complete: another resource was declared after it"))
                    .hint("give all properties at once, and declare what they refer to before them"),
            );
        }
        for (key, value) in sorted(table)? {
            match key {
                Ok(key) => self.give_one(draft, &key, &value),
                Err(key) => self.mistake(
                    draft,
                    None,
                    Diagnostic::error(format!(
                        "{} takes named properties, and has {key} without a name",
                        id()
                    ))
                    .hint("{ property = value, … }"),
                ),
            }
        }
        Ok(())
    }

    fn give_one(self: &Rc<Self>, draft: usize, key: &str, value: &LuaValue) {
        if self.give_common(draft, key, value) {
            return;
        }
        match to_json(value, format_args!("property `{key}`"), &self.allowance) {
            Ok(value) => {
                self.session.borrow_mut().drafts[draft].row.properties.insert(key.to_owned(), value);
            }
            Err(problem) => {
                let id = {
                    let draft = &mut self.session.borrow_mut().drafts[draft];
                    draft.cut_off = true;
                    draft.row.id()
                };
                self.mistake(draft, Some(key), Diagnostic::error(format!("{id}: {problem}")));
            }
        }
    }
}

/// The name of a property, or a description of the key if it is not a string.
type Key = Result<String, String>;

/// The entries of a table sorted by key, so that mistakes are always reported in the same order.
fn sorted(table: &Table) -> mlua::Result<Vec<(Key, LuaValue)>> {
    let mut entries = Vec::new();
    table.for_each(|key: LuaValue, value: LuaValue| {
        let key = key_text(&key).ok_or_else(|| describe(&value));
        entries.push((key, value));
        Ok(())
    })?;
    sorted::sort_by(&mut entries, |a, b| a.0.cmp(&b.0));
    Ok(entries)
}
