//! The function `require`: loads libraries of the same cookbook, and exports of its dependencies.

use std::rc::Rc;

use mlua::{Function, Lua, MultiValue, Value as LuaValue};

use crate::model::english::suggestion;
use crate::model::error::Diagnostic;

use super::compilation::Compilation;
use super::convert::{describe, text, to_json};
use super::custom::{self, TypesFolder};
use super::lua_values::to_lua;
use super::session::{FileFrame, ScriptKind};
use super::tests;
use super::vm::Vm;

/// Deepest nesting of functions in a library's table.
const DEPTH: usize = 8;

/// Creates `require` for the files of a cookbook.
pub(super) fn function(compilation: &Rc<Compilation>, vm: &Vm) -> mlua::Result<Function> {
    let this = Rc::clone(compilation);
    let book = vm.book.clone();
    vm.lua.create_function(move |lua, path: LuaValue| {
        let Some(path) = text(&path) else {
            let message = format!("`require` takes a path, not {}", describe(&path));
            return Err(this.refuse(lua, Diagnostic::error(message).hint("require \"./x\", or require \"@cookbook\"")));
        };
        if path == "." {
            let own = (book.as_str(), TypesFolder::Resources);
            return custom::exports(&this, lua, own, ".").map(LuaValue::Table);
        }
        if let Some(name) = path.strip_prefix("./") {
            if name == TypesFolder::Tasks.name() {
                let own = (book.as_str(), TypesFolder::Tasks);
                return custom::exports(&this, lua, own, &path).map(LuaValue::Table);
            }
            return this.library(lua, &book, name);
        }
        let Some(rest) = path.strip_prefix('@') else {
            let diagnostic = Diagnostic::error(format!("`require` does not accept the path `{path}`"))
                .hint("\"./x\" is the library x of this cookbook, \"@nginx\" a dependency, \"@nginx/x\" a library of it");
            return Err(this.refuse(lua, diagnostic));
        };
        let (alias, library) = match rest.split_once('/') {
            Some((alias, library)) => (alias, Some(library)),
            None => (rest, None),
        };
        let Some(other) = this.books.dependencies(&book).get(alias).cloned() else {
            return Err(this.refuse(lua, this.books.not_a_dependency(&book, alias)));
        };
        if this.book(&other).is_none() {
            return Err(this.refuse(lua, this.books.missing_cookbook(&other)));
        }
        // A file of tests is read before the facts and attributes of a test are known.
        if !tests::declared::is_read_later(&this, lua, &other) {
            this.load_attributes(&other)?;
        }
        match library {
            None => {
                let theirs = (other.as_str(), TypesFolder::Resources);
                custom::exports(&this, lua, theirs, &path).map(LuaValue::Table)
            }
            Some(library) if library == TypesFolder::Tasks.name() => {
                let theirs = (other.as_str(), TypesFolder::Tasks);
                custom::exports(&this, lua, theirs, &path).map(LuaValue::Table)
            }
            Some(library) => {
                let value = this.library(lua, &other, library)?;
                carry(&this, lua, &other, &value, 0)
            }
        }
    })
}

impl Compilation {
    /// The value of a library, which is evaluated once for each cookbook that owns it.
    fn library(self: &Rc<Self>, caller: &Lua, book: &str, name: &str) -> mlua::Result<LuaValue> {
        let vm = self.vm(book)?;
        match vm.libraries.borrow().get(name) {
            Some(Some(value)) => return Ok(value.clone()),
            Some(None) => {
                let diagnostic = Diagnostic::error(format!(
                    "cyclic require: the library `{name}` is being loaded already"
                ));
                return Err(self.refuse(caller, diagnostic.hint("move the common part to a third library")));
            }
            None => {}
        }
        let names = self.book(book).map(|book| book.names("libraries", "lua")).unwrap_or_default();
        if !names.iter().any(|known| known == name) {
            let owner = if book.is_empty() { "the project".to_owned() } else { format!("cookbook `{book}`") };
            let diagnostic = Diagnostic::error(format!("{owner} has no library `{name}`"));
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let hint = if names.is_empty() {
                format!("make libraries/{name}.lua")
            } else {
                suggestion(name, &names, "it has")
            };
            return Err(self.refuse(caller, diagnostic.hint(hint)));
        }
        vm.libraries.borrow_mut().insert(name.to_owned(), None);
        let recipe = self.session.borrow().frame().map(|frame| frame.recipe.clone()).unwrap_or_default();
        let frame = FileFrame { cookbook: book.to_owned(), recipe, kind: ScriptKind::Library, parent: None };
        let result = self.evaluate(&format!("libraries/{name}.lua"), frame);
        let value = match result {
            Ok(value) => value.unwrap_or(LuaValue::Nil),
            Err(error) => {
                vm.libraries.borrow_mut().remove(name);
                return Err(error);
            }
        };
        freeze(&value)?;
        vm.libraries.borrow_mut().insert(name.to_owned(), Some(value.clone()));
        Ok(value)
    }
}

/// Makes all tables in a value read-only, so that files can't communicate through them.
fn freeze(value: &LuaValue) -> mlua::Result<()> {
    let mut waiting = vec![value.clone()];
    while let Some(next) = waiting.pop() {
        let LuaValue::Table(table) = next else { continue };
        // It was frozen here before, or is of a kind that is always read-only.
        if table.is_readonly() {
            continue;
        }
        table.set_readonly(true);
        table.for_each(|_: LuaValue, value: LuaValue| {
            if value.is_table() {
                waiting.push(value);
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// Copies a value of another cookbook's library: plain data is copied, and functions are wrapped.
fn carry(
    compilation: &Rc<Compilation>,
    lua: &Lua,
    owner: &str,
    value: &LuaValue,
    depth: usize,
) -> mlua::Result<LuaValue> {
    match value {
        LuaValue::Function(function) => {
            Ok(LuaValue::Function(bridge(compilation, lua, owner, function.clone())?))
        }
        LuaValue::Table(table) if depth < DEPTH => {
            let copy = lua.create_table()?;
            for pair in table.pairs::<LuaValue, LuaValue>() {
                let (key, value) = pair?;
                let key = match key {
                    LuaValue::String(text) => LuaValue::String(lua.create_string(text.as_bytes())?),
                    LuaValue::Number(_) | LuaValue::Integer(_) | LuaValue::Boolean(_) => key,
                    _ => continue,
                };
                copy.raw_set(key, carry(compilation, lua, owner, &value, depth + 1)?)?;
            }
            copy.set_readonly(true);
            Ok(LuaValue::Table(copy))
        }
        plain => match to_json(plain, "the value of another cookbook's library", &compilation.allowance) {
            Ok(value) => to_lua(lua, &value),
            Err(problem) => Err(compilation.refuse(lua, Diagnostic::error(problem))),
        },
    }
}

/// Wraps a function of another cookbook. Arguments and results are copied as plain data.
fn bridge(
    compilation: &Rc<Compilation>,
    lua: &Lua,
    owner: &str,
    function: Function,
) -> mlua::Result<Function> {
    let (this, owner) = (Rc::clone(compilation), owner.to_owned());
    lua.create_function(move |lua, args: MultiValue| {
        let refuse = |problem| {
            this.refuse(lua, Diagnostic::error(problem).note("only plain data can pass between cookbooks"))
        };
        let vm = this.vm(&owner)?;
        let mut carried = MultiValue::new();
        for arg in &args {
            let value = to_json(arg, "an argument", &this.allowance).map_err(refuse)?;
            carried.push_back(to_lua(&vm.lua, &value)?);
        }
        let recipe = this.session.borrow().frame().map(|frame| frame.recipe.clone()).unwrap_or_default();
        let frame = FileFrame { cookbook: owner.clone(), recipe, kind: ScriptKind::Library, parent: None };
        let results = this.within(frame, &owner, || function.call::<MultiValue>(carried))?;
        let mut back = MultiValue::new();
        for result in &results {
            let value = to_json(result, "a result", &this.allowance).map_err(refuse)?;
            back.push_back(to_lua(lua, &value)?);
        }
        Ok(back)
    })
}
