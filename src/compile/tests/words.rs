//! The function `test`, which declares a test.

use std::rc::Rc;

use mlua::{Lua, Table, Value as LuaValue};

use crate::compile::compilation::Compilation;
use crate::compile::convert::{describe, key_text, text};
use crate::compile::place;
use crate::compile::session::ScriptKind;
use crate::compile::test_words::{TEST_KEYS, short_names};
use crate::model::english::suggestion;
use crate::model::error::{Diagnostic, Location};
use crate::model::unit_test::{MOST, TestTitle};

use super::declared::{DeclaredTest, TestBody, TestList};
use super::inputs::TestInput;

const EXAMPLE: &str = "test \"serves the site\" { expect = function(run) … end }";

/// Longest name of a test in characters.
const NAME: usize = 200;

/// Adds the function `test` to the globals.
pub(in crate::compile) fn install(
    compilation: &Rc<Compilation>,
    lua: &Lua,
    into: &Table,
) -> mlua::Result<()> {
    lua.set_app_data(TestList::default());
    let this = Rc::clone(compilation);
    let test = move |lua: &Lua, (name, table): (LuaValue, LuaValue)| {
        let place = place::here(lua).unwrap_or_else(|| Location::new("", 0));
        let place = this.session.borrow().quote(place);
        let index = match begun(&this, lua, &name, place) {
            Ok(index) => index,
            Err(diagnostic) => return Err(this.refuse(lua, diagnostic)),
        };
        if !table.is_nil() {
            give(&this, lua, index, &table)?;
            return Ok(LuaValue::Nil);
        }
        let this = Rc::clone(&this);
        let give = move |lua: &Lua, table: LuaValue| give(&this, lua, index, &table);
        lua.create_function(give).map(LuaValue::Function)
    };
    into.raw_set("test", lua.create_function(test)?)
}

/// Adds a test without its table.
fn begun(
    compilation: &Compilation,
    lua: &Lua,
    name: &LuaValue,
    location: Location,
) -> Result<usize, Diagnostic> {
    let Some(name) = text(name).filter(|name| !name.trim().is_empty()) else {
        let message = format!("`test` needs a name, not {}", describe(name));
        return Err(Diagnostic::error(message).hint(EXAMPLE));
    };
    if name.chars().count() > NAME || name.chars().any(char::is_control) {
        return Err(Diagnostic::error(format!(
            "the name of a test is one line of at most {NAME} characters"
        )));
    }
    let is_in_file =
        compilation.session.borrow().frame().is_some_and(|frame| frame.kind == ScriptKind::Tests);
    let Some(mut list) = lua.app_data_mut::<TestList>().filter(|list| is_in_file && !list.is_complete) else {
        return Err(Diagnostic::error("a test can't be declared inside of another test"));
    };
    if list.tests.len() >= MOST {
        return Err(Diagnostic::error(format!("a file declares more than {MOST} tests"))
            .hint("split it into several files"));
    }
    if let Some(other) = list.tests.iter().find(|test| test.title.name == name) {
        return Err(Diagnostic::error(format!("there are two tests named \"{name}\""))
            .note(format!("the other one is declared at {}", other.title.location))
            .hint("the name tells which one fails: say in it what is different"));
    }
    list.tests.push(DeclaredTest { title: TestTitle { name, location }, body: None });
    Ok(list.tests.len() - 1)
}

/// Gives a test its table.
fn give(compilation: &Compilation, lua: &Lua, index: usize, table: &LuaValue) -> mlua::Result<()> {
    let body = body(compilation, table);
    let is_second = {
        let Some(mut list) = lua.app_data_mut::<TestList>() else { return Ok(()) };
        let Some(test) = list.tests.get_mut(index) else { return Ok(()) };
        let is_second = test.body.is_some();
        test.body = test.body.take().or_else(|| body.clone().ok());
        is_second
    };
    match body {
        Ok(_) if is_second => {
            Err(compilation.refuse(lua, Diagnostic::error("the test has a table already").hint(EXAMPLE)))
        }
        Ok(_) => Ok(()),
        Err(diagnostic) => Err(compilation.refuse(lua, *diagnostic)),
    }
}

fn body(compilation: &Compilation, table: &LuaValue) -> Result<TestBody, Box<Diagnostic>> {
    let LuaValue::Table(table) = table else {
        let message = format!("a test takes a table, not {}", describe(table));
        return Err(Box::new(Diagnostic::error(message).hint(EXAMPLE)));
    };
    let mut body = TestBody { input: TestInput::default(), recipe: None, expect: None };
    for pair in table.pairs::<LuaValue, LuaValue>() {
        let (key, value) = pair.map_err(|error| Box::new(Diagnostic::error(error.to_string())))?;
        let Some(key) = key_text(&key) else {
            return Err(Box::new(Diagnostic::error("a test takes named keys, not a list").hint(EXAMPLE)));
        };
        match (key.as_str(), &value) {
            ("recipe", LuaValue::Function(function)) => body.recipe = Some(function.clone()),
            ("expect", LuaValue::Function(function)) => body.expect = Some(function.clone()),
            ("recipe" | "expect", other) => {
                let argument = if key == "expect" { "run" } else { "" };
                return Err(Box::new(
                    Diagnostic::error(format!("`{key}` takes a function, not {}", describe(other)))
                        .hint(format!("{key} = function({argument}) … end")),
                ));
            }
            (name, value) if !body.input.read(name, value, &compilation.allowance)? => {
                let keys = short_names(TEST_KEYS);
                return Err(Box::new(
                    Diagnostic::error(format!("a test has no key `{key}`")).hint(suggestion(
                        &key,
                        &keys,
                        "its keys are",
                    )),
                ));
            }
            _ => {}
        }
    }
    if body.expect.is_some() && !body.input.errors.is_empty() {
        return Err(Box::new(
            Diagnostic::error("a test can't have both `expect` and `expect_error`")
                .note("after an error there are no resources to look at"),
        ));
    }
    Ok(body)
}
