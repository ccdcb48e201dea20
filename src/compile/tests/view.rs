//! The result of a test's compile, as `expect` sees it. It is read-only.

use std::collections::BTreeSet;
use std::rc::Rc;

use mlua::{
    Lua, MetaMethod, Table, UserData, UserDataFields, UserDataMethods, UserDataRef, Value as LuaValue,
};

use crate::compile::compilation::Compilation;
use crate::compile::convert::{describe, key_text, text};
use crate::compile::fault::raised;
use crate::compile::input::Compiled;
use crate::compile::lua_values::to_lua;
use crate::compile::test_words::{RUN_WORDS, short_names};
use crate::compile::value_names;
use crate::model::collection::Row;
use crate::model::english::{list_some, nearest, suggestion};
use crate::model::error::Diagnostic;
use crate::resources;

use super::resource_view;

/// Most resources that a hint names.
const NAMED: usize = 5;

/// The result of a compile.
pub(in crate::compile) struct RunView {
    pub(in crate::compile) compilation: Rc<Compilation>,
    pub(in crate::compile) compiled: Compiled,
}

impl UserData for RunView {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        value_names::add(fields, "the result of a test");
    }

    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_function("resource", |lua, (this, id): (LuaValue, LuaValue)| {
            let this = called(lua, &this, "resource")?;
            let (kind, name) = this.read_id(lua, "resource", &id)?;
            match this.last(&kind, &name) {
                Some(row) => this.table(lua, row),
                None => Err(this.compilation.refuse(lua, this.missing(&kind, &name))),
            }
        });
        methods.add_function("resources", |lua, (this, kind): (LuaValue, LuaValue)| {
            let this = called(lua, &this, "resources")?;
            let kind = match &kind {
                LuaValue::Nil => None,
                kind => Some(this.read_type(lua, kind)?),
            };
            let found = lua.create_table()?;
            for row in this
                .compiled
                .collection
                .rows
                .iter()
                .filter(|row| kind.as_ref().is_none_or(|kind| row.r#type == *kind))
            {
                found.raw_push(this.table(lua, row)?)?;
            }
            found.set_readonly(true);
            Ok(found)
        });
        methods.add_function("absent", |lua, (this, id): (LuaValue, LuaValue)| {
            let this = called(lua, &this, "absent")?;
            let (kind, name) = this.read_id(lua, "absent", &id)?;
            let Some(row) = this.last(&kind, &name) else { return Ok(()) };
            let failed = Diagnostic::error(format!("{} is declared, and should not be", row.id()));
            Err(this.compilation.refuse(lua, failed.note(format!("declared at {}", row.location))))
        });
        methods.add_meta_method(MetaMethod::Index, |lua, this, key: LuaValue| {
            let texts: Vec<&str> = match key_text(&key).as_deref() {
                Some("warnings") => {
                    this.compiled.warnings.iter().map(|warning| warning.message.as_str()).collect()
                }
                Some("messages") => this.compiled.messages.iter().map(|(_, text)| text.as_str()).collect(),
                _ => {
                    let key = key_text(&key).unwrap_or_else(|| describe(&key));
                    let diagnostic = Diagnostic::error(format!("the result of a test has no field `{key}`"));
                    let names = short_names(RUN_WORDS);
                    return Err(raised(lua, diagnostic.hint(suggestion(&key, &names, "it has"))));
                }
            };
            to_lua(lua, &texts.into())
        });
        methods.add_meta_method(
            MetaMethod::NewIndex,
            |lua, _, _: (LuaValue, LuaValue)| -> mlua::Result<()> {
                Err(raised(lua, Diagnostic::error("the result of a test is read-only")))
            },
        );
    }
}

/// What a method is called of. Lua passes it only with a colon.
fn called(lua: &Lua, this: &LuaValue, method: &str) -> mlua::Result<UserDataRef<RunView>> {
    let view = this.as_userdata().and_then(|data| data.borrow::<RunView>().ok());
    view.ok_or_else(|| {
        let wrong = Diagnostic::error(format!("`run.{method}` is called without a colon"));
        raised(lua, wrong.hint(format!("write `run:{method}`")))
    })
}

impl RunView {
    fn table(&self, lua: &Lua, row: &Row) -> mlua::Result<Table> {
        resource_view::table(&self.compilation, lua, &self.compiled.collection, row)
    }

    /// The last resource of this type and name, as notifications find it.
    fn last(&self, kind: &str, name: &str) -> Option<&Row> {
        self.compiled.collection.rows.iter().rev().find(|row| row.r#type == kind && row.name == name)
    }

    /// Reads `type[name]`. A type that does not exist is an error, also where nothing is expected.
    fn read_id(&self, lua: &Lua, method: &str, id: &LuaValue) -> mlua::Result<(String, String)> {
        let written = text(id);
        let parts = written.as_deref().and_then(|id| id.strip_suffix(']')?.split_once('['));
        let Some((kind, name)) = parts else {
            let found = written.as_ref().map_or_else(|| describe(id), |id| format!("`{id}`"));
            let diagnostic =
                Diagnostic::error(format!("`run:{method}` takes a type and a name, not {found}"));
            let hint = format!("run:{method} \"service[nginx]\"");
            return Err(self.compilation.refuse(lua, diagnostic.hint(hint)));
        };
        self.check_type(lua, kind)?;
        Ok((kind.to_owned(), name.to_owned()))
    }

    fn read_type(&self, lua: &Lua, kind: &LuaValue) -> mlua::Result<String> {
        let Some(name) = text(kind) else {
            let message =
                format!("`run:resources` takes the name of a resource type, not {}", describe(kind));
            let diagnostic = Diagnostic::error(message).hint("run:resources \"package\"");
            return Err(self.compilation.refuse(lua, diagnostic));
        };
        self.check_type(lua, &name)?;
        Ok(name)
    }

    fn check_type(&self, lua: &Lua, kind: &str) -> mlua::Result<()> {
        if resources::find(kind).is_some() {
            return Ok(());
        }
        let mut custom = BTreeSet::new();
        for book in self.compilation.books.all() {
            for name in book.names("resources", "lua") {
                let word = name.replace('/', "_");
                custom.insert(if book.name.is_empty() { word } else { format!("{}_{word}", book.name) });
            }
        }
        if custom.contains(kind) {
            return Ok(());
        }
        let diagnostic = Diagnostic::error(format!("there is no resource type `{kind}`"));
        let all = resources::TYPES.iter().map(|known| known.name).chain(custom.iter().map(String::as_str));
        Err(self.compilation.refuse(
            lua,
            match nearest(kind, all) {
                Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
                None => diagnostic.hint("`chefrs resources` lists all of them"),
            },
        ))
    }

    /// The error for a resource that is not declared.
    fn missing(&self, kind: &str, name: &str) -> Diagnostic {
        let diagnostic = Diagnostic::error(format!("{kind}[{name}] is not declared"));
        let rows = &self.compiled.collection.rows;
        if rows.is_empty() {
            return diagnostic.note("the recipes declare no resources");
        }
        let ids: Vec<String> = rows.iter().map(Row::id).collect();
        let wanted = format!("{kind}[{name}]");
        if let Some(near) = nearest(&wanted, ids.iter().map(String::as_str)) {
            return diagnostic.hint(format!("did you mean `{near}`?"));
        }
        let same: Vec<String> =
            rows.iter().filter(|row| row.r#type == kind).map(|row| format!("`{}`", row.name)).collect();
        if same.is_empty() {
            return diagnostic.note(format!("no `{kind}` is declared"));
        }
        diagnostic.note(format!("of this type there are {}", list_some(&same, NAMED)))
    }
}
