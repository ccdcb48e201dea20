//! Creates sandboxed Lua states for untrusted cookbooks. Code can't escape from one, or make it hang.

use std::rc::Rc;

use memchr::memmem;
use mlua::{Function, Lua, LuaOptions, LuaString, StdLib, Table, Value as LuaValue, VmState};

use crate::model::error::Diagnostic;

use super::compilation::Compilation;
use super::fault::fresh;
use super::{language, place, strict};

/// Removed from every state: loaders, access to other scopes, functions that depend on time, chance or addresses, and
/// control of the garbage collector.
const REMOVED: &[&str] = &[
    "loadstring",
    "getfenv",
    "setfenv",
    "newproxy",
    "collectgarbage",
    "gcinfo",
    "require",
    "os",
    "debug",
    "print",
    "_G",
    "_VERSION",
];

/// Most parts that `string.split` may return.
const PIECES: usize = 1_000_000;
/// Most elements that `table.move` may move.
const MOVED: i64 = 1_000_000;

/// Enables fixes that are behind flags in Luau. Must be called before the first state is created.
pub(super) fn prepare() -> Result<(), Diagnostic> {
    for flag in ["LuauTableMoveTimeoutFix", "LuauTableRobustOom"] {
        if Lua::set_fflag(flag, true).is_err() {
            return Err(Diagnostic::error(format!("this build of Luau has no flag `{flag}`"))
                .note("without it a cookbook could hang the compile"));
        }
    }
    Ok(())
}

/// Creates a state without the removed functions, with read-only libraries and limits.
pub(super) fn state(compilation: &Rc<Compilation>) -> mlua::Result<Lua> {
    let libraries = StdLib::COROUTINE
        | StdLib::TABLE
        | StdLib::STRING
        | StdLib::UTF8
        | StdLib::BIT
        | StdLib::MATH
        | StdLib::BUFFER;
    let lua = Lua::new_with(libraries, LuaOptions::new())?;
    // Values that are joined take memory outside of the heap.
    lua.set_app_data(Rc::clone(&compilation.allowance));
    let globals = lua.globals();
    let this = Rc::clone(compilation);
    language::install(&lua, move |lua| this.out_of_memory(lua))?;
    for name in REMOVED {
        globals.raw_set(*name, LuaValue::Nil)?;
    }
    let math: Table = globals.raw_get("math")?;
    for name in ["random", "randomseed", "noise"] {
        math.raw_set(name, LuaValue::Nil)?;
    }
    bound_strings(&lua, &globals.raw_get("string")?)?;
    bound_tables(&lua, &globals.raw_get("table")?)?;
    strict::install(compilation, &lua)?;
    lua.sandbox(true)?;
    let this = Rc::clone(compilation);
    lua.set_interrupt(move |lua| this.tick(lua).map(|()| VmState::Continue));
    compilation.allowance.count(&lua);
    Ok(lua)
}

/// Replaces searches that Luau does in one uninterruptible loop with quadratic time.
fn bound_strings(lua: &Lua, string: &Table) -> mlua::Result<()> {
    let original: Function = string.raw_get("find")?;
    let find = move |_: &Lua, (text, pattern, init, plain): (LuaValue, LuaValue, LuaValue, LuaValue)| {
        if let (LuaValue::String(text), LuaValue::String(pattern)) = (&text, &pattern)
            && (truthy(&plain) || literal(&pattern.as_bytes()))
            && let Some(from) = start(&init, text.as_bytes().len())
        {
            return Ok(find_plain(text, pattern, from));
        }
        original.call((text, pattern, init, plain))
    };
    string.raw_set("find", lua.create_function(find)?)?;

    let split = |lua: &Lua, (text, separator): (LuaString, Option<LuaString>)| {
        let (text, separator) = (text.as_bytes(), separator);
        let separator =
            separator.as_ref().map_or_else(|| b",".to_vec(), |separator| separator.as_bytes().to_vec());
        let pieces = lua.create_table()?;
        let mut from = 0;
        if separator.is_empty() {
            for byte in text.iter().take(PIECES) {
                pieces.raw_push(lua.create_string([*byte])?)?;
            }
            return Ok(pieces);
        }
        for (count, at) in memmem::find_iter(&text, &separator).enumerate() {
            if count >= PIECES {
                return Err(too_much(lua, "string.split", "pieces"));
            }
            pieces.raw_push(lua.create_string(&text[from..at])?)?;
            from = at + separator.len();
        }
        pieces.raw_push(lua.create_string(&text[from..])?)?;
        Ok(pieces)
    };
    string.raw_set("split", lua.create_function(split)?)
}

fn bound_tables(lua: &Lua, table: &Table) -> mlua::Result<()> {
    let original: Function = table.raw_get("move")?;
    let bounded = move |lua: &Lua, args: mlua::MultiValue| {
        let number = |index: usize| match args.get(index) {
            Some(LuaValue::Number(number)) => Some(*number),
            #[expect(clippy::cast_precision_loss, reason = "only its size counts")]
            Some(LuaValue::Integer(number)) => Some(*number as f64),
            _ => None,
        };
        #[expect(clippy::cast_precision_loss, reason = "a small constant")]
        if let (Some(from), Some(to)) = (number(1), number(2))
            && to - from > MOVED as f64
        {
            return Err(too_much(lua, "table.move", "elements"));
        }
        original.call::<mlua::MultiValue>(args)
    };
    table.raw_set("move", lua.create_function(bounded)?)
}

fn too_much(lua: &Lua, function: &str, what: &str) -> mlua::Error {
    let diagnostic = Diagnostic::error(format!("`{function}` would make more than {MOVED} {what}"));
    fresh(match place::here(lua) {
        Some(location) => diagnostic.at(location),
        None => diagnostic,
    })
}

fn truthy(value: &LuaValue) -> bool {
    !matches!(value, LuaValue::Nil | LuaValue::Boolean(false))
}

fn literal(pattern: &[u8]) -> bool {
    !pattern.iter().any(|byte| b"^$*+?.([%-".contains(byte))
}

/// The offset that `init` means. None if the original function should handle it.
fn start(init: &LuaValue, length: usize) -> Option<usize> {
    let init = match init {
        LuaValue::Nil => 1.0,
        LuaValue::Number(number) if number.is_finite() => *number,
        // mlua converts whole numbers to integers.
        #[expect(clippy::cast_precision_loss, reason = "clamped to the string")]
        LuaValue::Integer(number) => *number as f64,
        _ => return None,
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "clamped to the string"
    )]
    let from =
        if init < 0.0 { (length as f64 + init).max(0.0) as usize } else { (init - 1.0).max(0.0) as usize };
    Some(from)
}

fn find_plain(text: &LuaString, pattern: &LuaString, from: usize) -> mlua::MultiValue {
    let (text, pattern) = (text.as_bytes(), pattern.as_bytes());
    let found = text.get(from..).and_then(|rest| memmem::find(rest, &pattern));
    match found {
        Some(at) => {
            #[expect(clippy::cast_precision_loss, reason = "strings are far shorter than 2^53")]
            let number = |n: usize| LuaValue::Number(n as f64);
            mlua::MultiValue::from_vec(vec![number(from + at + 1), number(from + at + pattern.len())])
        }
        None => mlua::MultiValue::from_vec(vec![LuaValue::Nil]),
    }
}
