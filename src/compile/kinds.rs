//! The tables `property` and `attribute`, with a function for each kind of value.

use std::rc::Rc;

use mlua::{Lua, Table, Value as LuaValue};

use crate::model::english::{list, nearest, suggestion};
use crate::model::error::{Diagnostic, Location};
use crate::model::schema::Kind;

use super::compilation::Compilation;
use super::convert::{describe, text, to_json};
use super::kind_words::{KIND_OPTIONS, KINDS};
use super::place;
use super::types::{Declaration, Default};

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

fn read(
    compilation: &Compilation,
    lua: &Lua,
    word: &str,
    kind: &str,
    options: &LuaValue,
) -> Result<Declaration, Box<Diagnostic>> {
    let error = |message: String| Box::new(Diagnostic::error(message));
    let what = format!("{word}.{kind}");
    let mut declaration = Declaration {
        kind: plain_kind(kind),
        default: Default::Nothing,
        required: false,
        required_for: Vec::new(),
        doc: String::new(),
        name_property: false,
        location: place::here(lua).unwrap_or_else(|| Location::new("", 0)),
    };
    let mut words = None;
    let table = match options {
        LuaValue::Nil => None,
        LuaValue::Table(table) => Some(table),
        other => return Err(error(format!("`{what}` takes a table of options, not {}", describe(other)))),
    };
    for pair in table.iter().flat_map(|table| table.pairs::<LuaValue, LuaValue>()) {
        let (key, value) = pair.map_err(|problem| error(problem.to_string()))?;
        if !text(&key).is_some_and(|key| options_of(word, kind).contains(&key.as_str())) {
            return Err(unknown_option(word, kind, &key));
        }
        match (text(&key).unwrap_or_default().as_str(), &value) {
            ("doc", LuaValue::String(_)) => declaration.doc = text(&value).unwrap_or_default(),
            ("required", LuaValue::Boolean(flag)) => declaration.required = *flag,
            ("required", LuaValue::Table(_)) if word == "property" => {
                let value = to_json(&value, "`required`", &compilation.allowance).map_err(error)?;
                declaration.required_for = serde_json::from_value(value).map_err(|_| {
                    error(format!("`required` of `{what}` takes true, false, or a list of actions"))
                })?;
            }
            ("name_property", LuaValue::Boolean(flag)) if word == "property" => {
                declaration.name_property = *flag;
            }
            ("default", LuaValue::Function(function)) if word == "attribute" => {
                declaration.default = Default::Lazy(function.clone());
            }
            ("default", value) => {
                let value = to_json(value, "`default`", &compilation.allowance).map_err(error)?;
                declaration.default = Default::Plain(value);
            }
            ("values", value) if kind == "choice" => {
                let value = to_json(value, "`values`", &compilation.allowance).map_err(error)?;
                words = serde_json::from_value::<Vec<String>>(value).ok().filter(|words| !words.is_empty());
            }
            (key @ ("doc" | "required" | "name_property"), value) => {
                let wanted = if key == "doc" { "a string" } else { "true or false" };
                return Err(error(format!("`{key}` of `{what}` takes {wanted}, not {}", describe(value))));
            }
            _ => return Err(unknown_option(word, kind, &key)),
        }
    }
    if kind == "choice" {
        let Some(words) = words else {
            return Err(Box::new(
                Diagnostic::error(format!("`{what}` needs `values`, a list of strings"))
                    .hint(format!("{what} {{ values = {{ \"a\", \"b\" }} }}")),
            ));
        };
        declaration.kind = Kind::Choice(words);
    }
    if let Default::Plain(value) = &mut declaration.default {
        declaration.kind.check(value).map_err(|problem| error(format!("`default` of `{what}` {problem}")))?;
    }
    Ok(declaration)
}

fn plain_kind(name: &str) -> Kind {
    match name {
        "list" => Kind::List(Box::new(Kind::Any)),
        "map" => Kind::Map(Box::new(Kind::Any)),
        other => Kind::named(other),
    }
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
    Box::new(diagnostic.hint(suggestion(&name, &options_of(word, kind), "its options are")))
}
