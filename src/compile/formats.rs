//! The functions that write and read formats: `json`, `toml`, `yaml`, `base64` and `sha256`. They only compute, and what
//! they take is limited.

use std::rc::Rc;

use base64::engine::general_purpose::{GeneralPurpose, STANDARD};
use base64::engine::{DecodePaddingMode, general_purpose::PAD};
use base64::{DecodeError, Engine as _};
use mlua::{Lua, LuaString, Table, Value as LuaValue};
use serde_json::Value;

use crate::model::content;
use crate::model::english::{shorten, suggestion};
use crate::model::error::Diagnostic;
use crate::model::schema::size;

use super::compilation::Compilation;
use super::convert::{describe, key_text, to_text_data};
use super::deferred::{Deferred, LATER};
use super::fault::raised;
use super::lua_values::to_lua_from_text;

use layout::Layout;
use unread::UnreadText;

mod decoded;
mod json;
mod layout;
mod toml;
mod unread;
mod yaml;

/// Most bytes of a text that is read or digested.
const TEXT: usize = 1 << 20;

/// Most characters of a path in a message.
const PATH: usize = 80;

/// Base64 with or without the `=` at its end.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    PAD.with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A format of structured data.
#[derive(Clone, Copy)]
struct DataFormat {
    name: &'static str,
    write: fn(&Value, Layout) -> Result<String, String>,
    read: fn(&str) -> Result<Value, UnreadText>,
    /// How a template writes a value that is known later.
    helper: &'static str,
    /// Whether it is written on as few lines as possible unless `pretty` is asked for.
    has_layouts: bool,
}

const FORMATS: [DataFormat; 3] = [
    DataFormat {
        name: "json",
        write: json::write,
        read: json::read,
        helper: "{{json value}}",
        has_layouts: true,
    },
    DataFormat {
        name: "toml",
        write: toml::write,
        read: toml::read,
        helper: "{{toml value}}",
        has_layouts: true,
    },
    // JSON is YAML.
    DataFormat {
        name: "yaml",
        write: |value, _| Ok(yaml::write(value)),
        read: yaml::read,
        helper: "{{json value}}",
        has_layouts: false,
    },
];

/// Adds the functions to the globals.
pub(super) fn install(compilation: &Rc<Compilation>, lua: &Lua, into: &Table) -> mlua::Result<()> {
    for format in FORMATS {
        let table = lua.create_table()?;
        let this = Rc::clone(compilation);
        let encode = move |lua: &Lua, (value, options): (LuaValue, LuaValue)| {
            encoded(&this, format, &value, &options).map_err(|diagnostic| raised(lua, *diagnostic))
        };
        table.raw_set("encode", lua.create_function(encode)?)?;
        let this = Rc::clone(compilation);
        let decode = move |lua: &Lua, text: LuaValue| match decoded(&this, format, &text) {
            Ok(value) => to_lua_from_text(lua, &value),
            Err(diagnostic) => Err(raised(lua, *diagnostic)),
        };
        table.raw_set("decode", lua.create_function(decode)?)?;
        finished(lua, &table, format.name, into)?;
    }
    let table = lua.create_table()?;
    let encode = |lua: &Lua, text: LuaValue| {
        let text = given("base64.encode", &text).map_err(|diagnostic| raised(lua, *diagnostic))?;
        Ok(STANDARD.encode(text.as_bytes()))
    };
    table.raw_set("encode", lua.create_function(encode)?)?;
    let decode = |lua: &Lua, text: LuaValue| {
        let bytes = given("base64.decode", &text).and_then(|text| from_base64(&text));
        lua.create_string(bytes.map_err(|diagnostic| raised(lua, *diagnostic))?)
    };
    table.raw_set("decode", lua.create_function(decode)?)?;
    finished(lua, &table, "base64", into)?;
    let sha256 = |lua: &Lua, text: LuaValue| {
        let text = given("sha256", &text).map_err(|diagnostic| raised(lua, *diagnostic))?;
        Ok(content::sha256(&text.as_bytes()))
    };
    into.raw_set("sha256", lua.create_function(sha256)?)
}

/// Adds the table of a format to the globals. Another function than its two is an error.
fn finished(lua: &Lua, table: &Table, name: &'static str, into: &Table) -> mlua::Result<()> {
    let functions = ["encode", "decode"];
    Compilation::make_strict(lua, table, move |_, key| {
        Diagnostic::error(format!("there is no `{name}.{key}`")).hint(suggestion(
            key,
            &functions,
            &format!("the functions of `{name}` are"),
        ))
    })?;
    into.raw_set(name, table)
}

/// The text of a value.
fn encoded(
    compilation: &Compilation,
    format: DataFormat,
    value: &LuaValue,
    options: &LuaValue,
) -> Result<String, Box<Diagnostic>> {
    let word = format!("{}.encode", format.name);
    let layout = if format.has_layouts { layout(&word, options)? } else { no_layout(&word, options)? };
    let read = to_text_data(value, format_args!("`{word}`: the value"), &compilation.allowance);
    let value = read.map_err(|why| {
        let diagnostic = Diagnostic::error(why.problem);
        Box::new(if why.is_deferred {
            let helper = format.helper;
            diagnostic
                .note(LATER)
                .hint(format!("let a template write it, with the value as a variable: `{helper}`"))
        } else {
            diagnostic
        })
    })?;
    (format.write)(&value, layout)
        .map_err(|problem| Box::new(Diagnostic::error(format!("`{word}`: the value {problem}"))))
}

/// For a format with one layout.
fn no_layout(word: &str, options: &LuaValue) -> Result<Layout, Box<Diagnostic>> {
    match options {
        LuaValue::Nil => Ok(Layout::Short),
        _ => Err(Box::new(Diagnostic::error(format!("`{word}` has no options")))),
    }
}

fn layout(word: &str, options: &LuaValue) -> Result<Layout, Box<Diagnostic>> {
    const EXAMPLE: &str = "{ pretty = true }";
    let wrong = |message: String| Err(Box::new(Diagnostic::error(message).hint(EXAMPLE)));
    let table = match options {
        LuaValue::Nil => return Ok(Layout::Short),
        LuaValue::Table(table) => table,
        other => return wrong(format!("`{word}` takes a table of options, not {}", describe(other))),
    };
    let mut layout = Layout::Short;
    for pair in table.pairs::<LuaValue, LuaValue>() {
        let (key, value) = pair.map_err(|error| Box::new(Diagnostic::error(error.to_string())))?;
        match (&key, &value) {
            (LuaValue::String(name), LuaValue::Boolean(flag)) if name.as_bytes() == &b"pretty"[..] => {
                layout = if *flag { Layout::Pretty } else { Layout::Short };
            }
            (LuaValue::String(name), other) if name.as_bytes() == &b"pretty"[..] => {
                return wrong(format!("`pretty` of `{word}` takes true or false, not {}", describe(other)));
            }
            _ => {
                let key = key_text(&key).map_or_else(|| describe(&key), |key| format!("`{key}`"));
                return wrong(format!("`{word}` has no option {key}"));
            }
        }
    }
    Ok(layout)
}

/// The data in a text.
fn decoded(compilation: &Compilation, format: DataFormat, text: &LuaValue) -> Result<Value, Box<Diagnostic>> {
    let word = format!("{}.decode", format.name);
    let text = given(&word, text)?;
    let text = text
        .to_str()
        .map_err(|_| Box::new(Diagnostic::error(format!("`{word}` takes UTF-8 text, not other bytes"))))?;
    let value = (format.read)(&text).map_err(|unread| Box::new(unread.explain(&word, &text)))?;
    decoded::check(&value).map_err(|misfit| {
        let place = match misfit.path.trim_start_matches('.') {
            "" => String::new(),
            path => format!(" at `{}`", shorten(path, PATH)),
        };
        let diagnostic = Diagnostic::error(format!("`{word}`: the text {}{place}", misfit.problem));
        Box::new(misfit.hint.into_iter().fold(diagnostic, Diagnostic::hint))
    })?;
    match compilation.allowance.take(size(&value)) {
        Ok(()) => Ok(value),
        Err(_) => Err(Box::new(Diagnostic::error(format!("`{word}`: the text holds too much data")))),
    }
}

/// The text that a function takes.
fn given(word: &str, value: &LuaValue) -> Result<LuaString, Box<Diagnostic>> {
    match value {
        LuaValue::String(text) if text.as_bytes().len() <= TEXT => Ok(text.clone()),
        LuaValue::String(text) => Err(Box::new(
            Diagnostic::error(format!(
                "`{word}` takes at most {TEXT} bytes, and the text has {}",
                text.as_bytes().len()
            ))
            .hint("a large file belongs in `files/` of a cookbook"),
        )),
        LuaValue::UserData(data) if data.is::<Deferred>() => Err(Box::new(
            Diagnostic::error(format!("`{word}` takes a string, not {}", describe(value)))
                .note(LATER)
                .hint("give it to a template as a variable, or to the `input` of an `execute`"),
        )),
        other => {
            Err(Box::new(Diagnostic::error(format!("`{word}` takes a string, not {}", describe(other)))))
        }
    }
}

fn from_base64(text: &LuaString) -> Result<Vec<u8>, Box<Diagnostic>> {
    // Programs that write it break it into lines.
    let packed: Vec<u8> =
        text.as_bytes().iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    BASE64.decode(packed).map_err(|error| {
        let problem = match error {
            DecodeError::InvalidByte(at, byte) if byte.is_ascii_graphic() => {
                format!("`{}` at character {} is not one of Base64", char::from(byte), at + 1)
            }
            DecodeError::InvalidByte(at, _) => format!("character {} is not one of Base64", at + 1),
            _ => "it is not complete".to_owned(),
        };
        Box::new(Diagnostic::error(format!("`base64.decode` can't read this text: {problem}")))
    })
}
