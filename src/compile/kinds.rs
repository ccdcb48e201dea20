//! The tables `property` and `attribute`, with a function for each kind of value.

use std::collections::BTreeMap;
use std::rc::Rc;

use mlua::{Lua, Table, Value as LuaValue};

use crate::model::english::{list, nearest, suggestion};
use crate::model::error::{Diagnostic, Location};

use super::compilation::Compilation;
use super::convert::{describe, text, to_json};
use super::fault::refused;
use super::handed::fit;
use super::kind_options::KIND_OPTIONS;
use super::kind_words::KINDS;
use super::place;
use super::types::{Declaration, Default};

use parts::PartsReader;

mod limits;
mod parts;

/// Adds the table of kinds to the globals, as `property` or `attribute`.
pub(super) fn install(
    compilation: &Rc<Compilation>,
    lua: &Lua,
    into: &Table,
    word: &'static str,
) -> mlua::Result<()> {
    let kinds = lua.create_table()?;
    for kind in KINDS {
        let (this, kind) = (Rc::clone(compilation), kind.name);
        let declare = move |lua: &Lua, options: LuaValue| {
            read(&this, lua, word, kind, &options).map_err(|diagnostic| this.refuse(lua, *diagnostic))
        };
        kinds.raw_set(kind, lua.create_function(declare)?)?;
    }
    Compilation::make_strict(lua, &kinds, move |_, key| {
        let diagnostic = Diagnostic::error(format!("there is no kind `{word}.{key}`"));
        match nearest(key, KINDS.iter().map(|kind| kind.name)) {
            Some(near) => diagnostic.hint(format!("did you mean `{word}.{near}`?")),
            None => diagnostic.hint({
                let names: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
                format!("the kinds are {}", list(&names, "and"))
            }),
        }
    })?;
    into.raw_set(word, kinds)
}

/// The options that were given, by name.
type GivenOptions = BTreeMap<String, LuaValue>;

fn read(
    compilation: &Compilation,
    lua: &Lua,
    word: &str,
    kind: &str,
    options: &LuaValue,
) -> Result<Declaration, Box<Diagnostic>> {
    let error = |message: String| Box::new(Diagnostic::error(message));
    let what = format!("{word}.{kind}");
    let given = given(word, kind, options)?;
    let wrong = |name: &str, wanted: &str, found: &LuaValue| {
        error(format!("`{name}` of `{what}` takes {wanted}, not {}", describe(found)))
    };
    let flag = |name: &str| match given.get(name) {
        None => Ok(false),
        Some(LuaValue::Boolean(flag)) => Ok(*flag),
        Some(other) => Err(wrong(name, "true or false", other)),
    };
    let (mut required, mut required_for) = (false, Vec::new());
    match given.get("required") {
        Some(actions @ LuaValue::Table(_)) if word == "property" => {
            let actions = to_json(actions, "`required`", &compilation.allowance).map_err(error)?;
            required_for = serde_json::from_value(actions).map_err(|_| {
                error(format!("`required` of `{what}` takes true, false, or a list of actions"))
            })?;
        }
        _ => required = flag("required")?,
    }
    let doc = match given.get("doc") {
        None => String::new(),
        Some(doc @ LuaValue::String(_)) => text(doc).unwrap_or_default(),
        Some(other) => return Err(wrong("doc", "a string", other)),
    };
    let coerce = match given.get("coerce") {
        None => None,
        Some(LuaValue::Function(function)) => Some(function.clone()),
        Some(other) => {
            let hint = "coerce = function(value) return value end";
            return Err(Box::new(wrong("coerce", "a function", other).hint(hint)));
        }
    };
    let owner = compilation.session.borrow().frame().map(|frame| frame.cookbook.clone()).unwrap_or_default();
    let allowance = &compilation.allowance;
    let kind = PartsReader { what: &what, given: &given, owner: &owner, allowance }.kind(kind)?;
    let kind = limits::limited(&what, kind, &given, &compilation.allowance)?;
    let default = match given.get("default") {
        None => Default::Nothing,
        Some(LuaValue::Function(function)) => Default::Lazy(function.clone()),
        Some(value) => {
            let mut value = to_json(value, "`default`", &compilation.allowance).map_err(error)?;
            if let Some(misfit) = fit(&mut value, &kind, &compilation.allowance).first() {
                return Err(refused(misfit, "default", &format!(" of `{what}`")));
            }
            Default::Plain(value)
        }
    };
    Ok(Declaration {
        kind,
        default,
        required,
        required_for,
        doc,
        name_property: flag("name_property")?,
        coerce,
        location: place::here(lua).unwrap_or_else(|| Location::new("", 0)),
    })
}

/// Reads the options. Each is one that the kind has.
fn given(word: &str, kind: &str, options: &LuaValue) -> Result<GivenOptions, Box<Diagnostic>> {
    let error = |message: String| Box::new(Diagnostic::error(message));
    let table = match options {
        LuaValue::Nil => return Ok(GivenOptions::new()),
        LuaValue::Table(table) => table,
        other => {
            let found = describe(other);
            return Err(error(format!("`{word}.{kind}` takes a table of options, not {found}")));
        }
    };
    let mut given = GivenOptions::new();
    for pair in table.pairs::<LuaValue, LuaValue>() {
        let (key, value) = pair.map_err(|problem| error(problem.to_string()))?;
        match text(&key).filter(|name| options_of(word, kind).contains(&name.as_str())) {
            Some(name) => given.insert(name, value),
            None => return Err(unknown_option(word, kind, &key)),
        };
    }
    Ok(given)
}

/// Names of the options of a kind.
fn options_of(word: &str, kind: &str) -> Vec<&'static str> {
    KIND_OPTIONS.iter().filter(|option| option.fits(word, kind)).map(|option| option.name).collect()
}

fn unknown_option(word: &str, kind: &str, key: &LuaValue) -> Box<Diagnostic> {
    let Some(name) = text(key) else {
        return Box::new(Diagnostic::error(format!("`{word}.{kind}` takes named options, not a list")));
    };
    let diagnostic = Diagnostic::error(format!("`{word}.{kind}` has no option `{name}`"));
    let own = options_of(word, kind);
    let elsewhere: Vec<String> = KIND_OPTIONS
        .iter()
        .filter(|option| option.name == name && option.further(word).is_some())
        .flat_map(|option| option.kinds)
        .map(|kind| format!("`{word}.{kind}`"))
        .collect();
    Box::new(match nearest(&name, own.iter().copied()) {
        None if !elsewhere.is_empty() => {
            diagnostic.hint(format!("`{name}` is an option of {}", list(&elsewhere, "and")))
        }
        _ => diagnostic.hint(suggestion(&name, &own, "its options are")),
    })
}
