//! The function `render`: a rendered template as a value.

use crate::model::sorted;

use std::rc::Rc;

use mlua::{Lua, Table, Value as LuaValue};
use serde_json::{Map, Value, json};

use crate::cookbook::Cookbook;
use crate::model::collection::deferred;
use crate::model::content::{Content, Template, UNKNOWN};
use crate::model::error::Diagnostic;
use crate::model::schema::{Kind, found, size};
use crate::template;

use super::compilation::Compilation;
use super::convert::{describe, has_deferred, text, to_json};
use super::deferred::Deferred;
use super::reference::{self, Reference};
use super::{place, seal};

const EXAMPLE: &str = "render(\"site.conf.hbs\", { name = \"blog\" })";

/// What a rendered template is.
enum Rendered {
    Text(String),
    /// A variable is deferred.
    Later(Value),
}

/// Adds the function to the globals of the files of a cookbook.
pub(super) fn install(
    compilation: &Rc<Compilation>,
    lua: &Lua,
    book: &str,
    into: &Table,
) -> mlua::Result<()> {
    let (this, book) = (Rc::clone(compilation), book.to_owned());
    let render = move |lua: &Lua, (source, variables): (LuaValue, LuaValue)| {
        match rendered(&this, &book, &source, &variables) {
            Ok(Rendered::Text(text)) => lua.create_string(text).map(LuaValue::String),
            Ok(Rendered::Later(value)) => lua.create_userdata(Deferred(value)).map(LuaValue::UserData),
            Err(mut diagnostic) => {
                // An error inside of a template keeps its place.
                if let (Some(_), Some(here)) = (&diagnostic.location, place::here(lua)) {
                    diagnostic.notes.push(format!("rendered at {here}"));
                }
                Err(this.refuse(lua, *diagnostic))
            }
        }
    };
    into.raw_set("render", lua.create_function(render)?)
}

fn rendered(
    compilation: &Compilation,
    book: &str,
    source: &LuaValue,
    variables: &LuaValue,
) -> Result<Rendered, Box<Diagnostic>> {
    let template = sealed(compilation, book, source)?;
    let variables = read(compilation, variables)?;
    let too_much = |_| Box::new(Diagnostic::error("`render`: the rendered templates hold too much data"));
    if !variables.values().any(has_deferred) {
        let Content::Text(text) = template::render(&template, &variables)? else {
            return Err(Box::new(Diagnostic::error("`render`: the template is not rendered to text")));
        };
        compilation.allowance.take(text.len()).map_err(too_much)?;
        return Ok(Rendered::Text(text));
    }
    // With a variable that is not known yet, the template is only checked.
    template::render(&template, &sorted::collected([(UNKNOWN.to_owned(), Value::from(""))]))?;
    let template =
        serde_json::to_value(template).map_err(|error| Box::new(Diagnostic::error(error.to_string())))?;
    let value = json!({ deferred::RENDERED: { "template": template, "variables": variables } });
    compilation.allowance.take(size(&value)).map_err(too_much)?;
    Ok(Rendered::Later(value))
}

/// The template, of the cookbook whose file calls the function, or of the one that has handed it over.
fn sealed(compilation: &Compilation, book: &str, source: &LuaValue) -> Result<Template, Box<Diagnostic>> {
    let handed = match source {
        LuaValue::UserData(data) => data.borrow::<Reference>().ok().map(|reference| reference.0.clone()),
        _ => None,
    };
    let target = handed.as_ref().and_then(reference::read).filter(|target| target.fits(&Kind::Template));
    let named = text(source).filter(|source| !source.is_empty());
    let (book, source) = match (&target, &named) {
        (Some(target), _) => (target.cookbook, target.path),
        (None, Some(source)) => (book, source.as_str()),
        (None, None) => {
            let message = format!("`render` takes {}, not {}", Kind::Template.describe(), describe(source));
            return Err(Box::new(Diagnostic::error(message).hint(EXAMPLE)));
        }
    };
    let owner: Option<&Cookbook> = compilation.book(book);
    let Some(owner) = owner else { return Err(Box::new(Diagnostic::error("the cookbook does not exist"))) };
    seal::template(owner, source)
}

fn read(compilation: &Compilation, variables: &LuaValue) -> Result<Map<String, Value>, Box<Diagnostic>> {
    let wrong = |found: String| {
        Box::new(Diagnostic::error(format!("`render` takes a table of variables, not {found}")).hint(EXAMPLE))
    };
    match variables {
        LuaValue::Nil => Ok(Map::new()),
        LuaValue::Table(_) => {
            let what = "`render`: the table of variables";
            let read = to_json(variables, what, &compilation.allowance);
            match read.map_err(|problem| Box::new(Diagnostic::error(problem)))? {
                Value::Object(map) => Ok(map),
                // An empty list is no variable, too.
                Value::Array(items) if items.is_empty() => Ok(Map::new()),
                other => Err(wrong(found(&other))),
            }
        }
        other => Err(wrong(describe(other))),
    }
}
